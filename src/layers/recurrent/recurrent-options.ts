/** The options that every recurrent layer takes, and what the three kinds of weights are made of. */
import type { Constraint } from "../../constraints/constraint.ts";
import { type ConstraintLike, resolveConstraint } from "../../constraints/index.ts";
import type { OptionNames } from "../../graph/options.ts";
import { type Configuration, serialize } from "../../graph/registry.ts";
import { type InitializerLike, resolveInitializer } from "../../initializers/index.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { type RegularizerLike, resolveRegularizer } from "../../regularizers/index.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import type { ActivationName } from "../activations/activation-names.ts";
import { type LayerOptions, serializeOptional } from "../layer.ts";

/** Options that every recurrent layer takes. */
export interface RecurrentLayerOptions extends LayerOptions {
  /** The width of the state and of the output, at least 1. */
  units: number;
  /** Default `"tanh"`. */
  activation?: ActivationName;
  /** Whether to add a bias; default true. */
  useBias?: boolean;
  /** Of the weights for the input; default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Of the weights for the state; default `"orthogonal"`. */
  recurrentInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on the weights for the input; default none. */
  kernelRegularizer?: RegularizerLike;
  /** A penalty on the weights for the state; default none. */
  recurrentRegularizer?: RegularizerLike;
  /** A penalty on the bias; default none. */
  biasRegularizer?: RegularizerLike;
  /** A penalty on the output, averaged over the batch; default none. */
  activityRegularizer?: RegularizerLike;
  /** A condition that each update of the weights for the input restores; default none. */
  kernelConstraint?: ConstraintLike;
  /** A condition that each update of the weights for the state restores; default none. */
  recurrentConstraint?: ConstraintLike;
  /** A condition that each update of the bias restores; default none. */
  biasConstraint?: ConstraintLike;
  /** The fraction of input features dropped in training, the same ones at every step of an example; default 0. */
  dropout?: number;
  /**
   * The fraction of the state dropped before it meets its weights, the same at every step of an example; default 0. Above 0,
   * each gate drops others, of the input too.
   */
  recurrentDropout?: number;
  /** The seed of the dropouts; default drawn from the default generator. */
  seed?: number;
  /** Whether to give the output of every step, `[batch, time, units]`, or of the last; default false. */
  returnSequences?: boolean;
  /** Whether to give the last state as further results, each `[batch, units]`; default false. */
  returnState?: boolean;
  /** Whether to go through time backwards; sequences come out in the order in which they were computed. Default false. */
  goBackwards?: boolean;
  /** Whether each batch goes on where the one before ended, example by example, until `resetStates`; default false. */
  stateful?: boolean;
  /** The number of examples of every batch of a stateful layer. */
  batchSize?: number;
  /** Whether a masked step gives zeros rather than the output of the step before; default false. */
  zeroOutputForMask?: boolean;
}

/** For `checkLayerOptions`: the names of these options. */
export const recurrentLayerOptionNames: OptionNames<Omit<RecurrentLayerOptions, keyof LayerOptions>> = {
  units: true,
  activation: true,
  useBias: true,
  kernelInitializer: true,
  recurrentInitializer: true,
  biasInitializer: true,
  kernelRegularizer: true,
  recurrentRegularizer: true,
  biasRegularizer: true,
  activityRegularizer: true,
  kernelConstraint: true,
  recurrentConstraint: true,
  biasConstraint: true,
  dropout: true,
  recurrentDropout: true,
  seed: true,
  returnSequences: true,
  returnState: true,
  goBackwards: true,
  stateful: true,
  batchSize: true,
  zeroOutputForMask: true,
};

/** The weights of a recurrent layer, as the options' names begin. */
const kinds = ["kernel", "recurrent", "bias"] as const;
export type RecurrentWeight = (typeof kinds)[number];

/** What one kind of weight begins as, and what it is kept to. */
export interface WeightSettings {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;
}

const defaultInitializers = { kernel: "glorotUniform", recurrent: "orthogonal", bias: "zeros" } as const;

/** What the options say of each kind of weight. @throws If a name is not known. */
export function weightSettings(
  className: string,
  options: RecurrentLayerOptions,
): Readonly<Record<RecurrentWeight, WeightSettings>> {
  const settingsOf = (kind: RecurrentWeight): WeightSettings => {
    const initializer = options[`${kind}Initializer`] ?? defaultInitializers[kind];
    const regularizer = options[`${kind}Regularizer`];
    const constraint = options[`${kind}Constraint`];
    return {
      initializer: resolveInitializer(`${className}: ${kind}Initializer`, initializer),
      regularizer:
        regularizer === undefined ? undefined : resolveRegularizer(`${className}: ${kind}Regularizer`, regularizer),
      constraint:
        constraint === undefined ? undefined : resolveConstraint(`${className}: ${kind}Constraint`, constraint),
    };
  };
  return { kernel: settingsOf("kernel"), recurrent: settingsOf("recurrent"), bias: settingsOf("bias") };
}

/** The same as data. */
export function weightConfiguration(settings: Readonly<Record<RecurrentWeight, WeightSettings>>): Configuration {
  return Object.assign(
    {},
    ...kinds.map((kind): Configuration => {
      const { initializer, regularizer, constraint } = settings[kind];
      return {
        [`${kind}Initializer`]: serialize(initializer),
        ...serializeOptional(`${kind}Regularizer`, regularizer),
        ...serializeOptional(`${kind}Constraint`, constraint),
      };
    }),
  );
}
