/** The options of `evaluate`, by which its data are told from them. */
import type { OptionNames } from "../../graph/options.ts";
import type { BootstrapOptions } from "../../metrics/bootstrap.ts";
import type { ArrayInput } from "../examples/arrays.ts";

export interface EvaluateOptions {
  /** Examples computed at once. Default 32; the result does not depend on it but for rounding. A stream decides it itself. */
  readonly batchSize?: number;
  /** How many batches are judged, from the first. Default all; needed where a stream has no end. */
  readonly steps?: number;
  /** `[examples]`: how much each example's loss counts. Default 1. */
  readonly sampleWeight?: ArrayInput;
  /** Whether to add `confusionMatrix` and `perClass`. Default: for classifiers of at most 1000 classes. */
  readonly report?: boolean;
  /**
   * Whether to add `intervals`, confidence intervals of accuracy, precision, recall and F1 from resampled examples, and how. Default
   * false; only for classifiers.
   */
  readonly bootstrap?: boolean | BootstrapOptions;
}

/** For `checkOptions`. */
export const evaluateOptionNames: OptionNames<EvaluateOptions> = {
  batchSize: true,
  steps: true,
  sampleWeight: true,
  report: true,
  bootstrap: true,
};
