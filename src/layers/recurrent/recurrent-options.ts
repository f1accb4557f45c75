/** The options that recurrent layers take: those of every one, and those of one with a kernel for its input and one for its state. */
import type { ConstraintLike } from "../../constraints/index.ts";
import type { OptionNames } from "../../graph/options.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { ActivationName } from "../activations/activation-names.ts";
import type { LayerOptions } from "../layer.ts";

/** How a recurrent layer, of whatever cells, goes through time. */
export interface TimeOptions extends LayerOptions {
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

/** Options that every recurrent layer of one cell takes. */
export interface RecurrentLayerOptions extends TimeOptions {
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
}

/** For `checkLayerOptions`: the names of the options of every recurrent layer. */
export const timeOptionNames: OptionNames<Omit<TimeOptions, keyof LayerOptions>> = {
  returnSequences: true,
  returnState: true,
  goBackwards: true,
  stateful: true,
  batchSize: true,
  zeroOutputForMask: true,
};

/** The same of those of one cell. */
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
  ...timeOptionNames,
};
