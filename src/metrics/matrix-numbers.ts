/**
 * Metrics that are one number of the confusion matrix over the whole data set: balanced accuracy, Matthews's correlation, Cohen's
 * kappa and the mean intersection over union.
 */
import { checkBoolean, checkChoice, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type ConfusionMatrixOptions, MatrixMetric } from "./matrix-metric.ts";
import {
  balancedAccuracyOfMatrix,
  cohenKappaOfMatrix,
  type KappaWeights,
  kappaWeights,
  matthewsOfMatrix,
  meanIoUOfMatrix,
} from "./matrix-scores.ts";
import type { Matrix } from "./scores.ts";

export interface BalancedAccuracyOptions extends ConfusionMatrixOptions {
  /** Whether to shift and scale it so that chance is 0 and perfection 1; default false. */
  adjusted?: boolean;
}

/** The mean of the recalls of the classes that have examples. */
export class BalancedAccuracy extends MatrixMetric {
  static readonly className = "balancedAccuracy";
  readonly className = BalancedAccuracy.className;
  readonly adjusted: boolean;

  constructor(options: BalancedAccuracyOptions = {}) {
    checkOptions("balancedAccuracy", options, { name: true, classes: true, threshold: true, adjusted: true });
    super("balancedAccuracy", options);
    this.adjusted = options.adjusted ?? false;
    checkBoolean("balancedAccuracy", "adjusted", this.adjusted);
  }

  protected ofMatrix(matrix: Matrix): number {
    return balancedAccuracyOfMatrix(matrix, this.adjusted);
  }

  override config(): Configuration {
    return { ...super.config(), adjusted: this.adjusted };
  }
}

/** Matthews's correlation coefficient, in [-1, 1], for any number of classes (Gorodkin 2004). */
export class MatthewsCorrelation extends MatrixMetric {
  static readonly className = "matthewsCorrelation";
  readonly className = MatthewsCorrelation.className;

  constructor(options: ConfusionMatrixOptions = {}) {
    checkOptions("matthewsCorrelation", options, { name: true, classes: true, threshold: true });
    super("matthewsCorrelation", options);
  }

  protected ofMatrix(matrix: Matrix): number {
    return matthewsOfMatrix(matrix);
  }
}

export interface CohenKappaOptions extends ConfusionMatrixOptions {
  /** How a mistake counts by the distance of its classes; default every mistake alike. */
  weights?: KappaWeights;
}

/** Cohen's kappa, the agreement beyond chance: 1 - observed / expected disagreement. */
export class CohenKappa extends MatrixMetric {
  static readonly className = "cohenKappa";
  readonly className = CohenKappa.className;
  readonly weights: KappaWeights | undefined;

  constructor(options: CohenKappaOptions = {}) {
    checkOptions("cohenKappa", options, { name: true, classes: true, threshold: true, weights: true });
    super("cohenKappa", options);
    if (options.weights !== undefined) checkChoice("cohenKappa", "weights", options.weights, kappaWeights);
    this.weights = options.weights;
  }

  protected ofMatrix(matrix: Matrix): number {
    return cohenKappaOfMatrix(matrix, this.weights);
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.weights !== undefined && { weights: this.weights }) };
  }
}

export interface MeanIoUOptions extends ConfusionMatrixOptions {
  /** Pixels with this true class are left out, such as 255 for borders; it may lie outside the classes. */
  ignoreClass?: number;
}

/**
 * The mean of intersection over union over the classes that occur. Targets are label maps `[batch, height, width]`, predictions
 * `[batch, height, width, classes]`; any number of axes between the first and the last will do.
 */
export class MeanIoU extends MatrixMetric {
  static readonly className = "meanIoU";
  readonly className = MeanIoU.className;

  constructor(options: MeanIoUOptions = {}) {
    checkOptions("meanIoU", options, { name: true, classes: true, threshold: true, ignoreClass: true });
    super("meanIoU", options);
  }

  protected ofMatrix(matrix: Matrix): number {
    return meanIoUOfMatrix(matrix);
  }
}
