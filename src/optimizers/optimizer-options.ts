/** The options that every optimizer takes. */
import { checkOptions, type OptionNames } from "../graph/options.ts";
import type { SerializedObject } from "../graph/registry.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { NameSelection } from "./variable-names.ts";

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** A positive number, or a schedule of the number of updates. */
  learningRate?: number | Schedule | SerializedObject;
  /** Takes `learningRate · weightDecay · w` off each weight at each update, apart from the gradient (decoupled); default 0. */
  weightDecay?: number;
  /** The variables that `weightDecay` spares: texts of which one is part of the variable's name, or a function of the name. */
  excludeFromWeightDecay?: NameSelection;
  /** A factor on the learning rate of the variables whose name contains the key, as `{ "encoder/": 0.1 }`; the first such key counts. */
  learningRateMultipliers?: Readonly<Record<string, number>>;
  /** Scales each gradient whose L2 norm is larger down to this norm. */
  clipNorm?: number;
  /** Limits each element of the gradients to [-clipValue, clipValue]. */
  clipValue?: number;
  /** Scales all gradients together where their joint L2 norm is larger. */
  globalClipNorm?: number;
  /**
   * The number of calls of `apply` whose gradients are averaged for one update, at least 1; default 1. Clipping, weight decay,
   * schedules and `iterations` see updates only. `fit` ends each epoch with an update by what is left of an incomplete group.
   */
  gradientAccumulationSteps?: number;
  /** Whether to keep an exponential moving average of the weights, which they take when `fit` ends; default false. */
  useEma?: boolean;
  /** How much of the average stays at each update, in [0, 1]; default 0.99. */
  emaMomentum?: number;
  /** After every so many updates the weights take their average; default never. */
  emaOverwriteFrequency?: number;
  /** Default: the kind of optimizer. */
  name?: string;
}

/** For `checkOptions`: the names of the options that every optimizer takes. */
const optimizerOptionNames: OptionNames<OptimizerOptions> = {
  learningRate: true,
  weightDecay: true,
  excludeFromWeightDecay: true,
  learningRateMultipliers: true,
  clipNorm: true,
  clipValue: true,
  globalClipNorm: true,
  gradientAccumulationSteps: true,
  useEma: true,
  emaMomentum: true,
  emaOverwriteFrequency: true,
  name: true,
};

/** Checks an optimizer's options: names, with those that every optimizer takes. */
export function checkOptimizerOptions<Options extends OptimizerOptions>(
  className: string,
  options: Options,
  own: OptionNames<Omit<Options, keyof OptimizerOptions>>,
): void {
  checkOptions<OptimizerOptions>(className, options, { ...optimizerOptionNames, ...own });
}
