/** Metrics that follow from a confusion matrix, which is accumulated on the device: the matrix, precision, recall, specificity and F-scores. */
import { checkChoice, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type ConfusionMatrixOptions, MatrixMetric } from "./matrix-metric.ts";
import { type Normalization, normalizations, normalizeMatrix } from "./matrix-scores.ts";
import { ScoreMetric, type ScoreOptions, scoreOptionNames } from "./score-metric.ts";
import { f1Of, fbetaOf, jaccardOf, type Matrix, precisionOf, recallOf, specificityOf } from "./scores.ts";

export interface CountedMatrixOptions extends ConfusionMatrixOptions {
  /** Shares instead of counts: of the true class (rows sum to 1), of the predicted one (columns do), or of all examples. */
  normalize?: Normalization;
}

/** The confusion matrix: `result()[label][prediction]` examples of a class were given another. */
export class ConfusionMatrix extends MatrixMetric {
  static readonly className = "confusionMatrix";
  readonly className = ConfusionMatrix.className;

  readonly normalize: Normalization | undefined;

  constructor(options: CountedMatrixOptions = {}) {
    checkOptions("confusionMatrix", options, { name: true, classes: true, threshold: true, normalize: true });
    super("confusionMatrix", options);
    if (options.normalize !== undefined) checkChoice("confusionMatrix", "normalize", options.normalize, normalizations);
    this.normalize = options.normalize;
  }

  protected ofMatrix(matrix: Matrix): Matrix {
    return normalizeMatrix(matrix, this.normalize);
  }

  override async result(): Promise<Matrix> {
    return this.ofMatrix(await this.matrix());
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.normalize !== undefined && { normalize: this.normalize }) };
  }
}

/** Of the examples given a class, the share that has it. */
export class Precision extends ScoreMetric {
  static readonly className = "precision";
  readonly className = Precision.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("precision", options, scoreOptionNames);
    super("precision", precisionOf, options);
  }
}

/** Of the examples of a class, the share given it. */
export class Recall extends ScoreMetric {
  static readonly className = "recall";
  readonly className = Recall.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("recall", options, scoreOptionNames);
    super("recall", recallOf, options);
  }
}

/** The harmonic mean of precision and recall. */
export class F1Score extends ScoreMetric {
  static readonly className = "f1Score";
  readonly className = F1Score.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("f1Score", options, scoreOptionNames);
    super("f1Score", f1Of, options);
  }
}

/** Intersection over union: of the examples of a class or given it, the share that is both; the Jaccard index. */
export class JaccardScore extends ScoreMetric {
  static readonly className = "jaccardScore";
  readonly className = JaccardScore.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("jaccardScore", options, scoreOptionNames);
    super("jaccardScore", jaccardOf, options);
  }
}

export interface FBetaScoreOptions extends ScoreOptions {
  /** How many times as much recall counts as precision, at least 0; 0.5 and 2 are usual; default 1, the F1 score. */
  beta?: number;
}

/** The harmonic mean of precision and recall with recall counted `beta` times as much. */
export class FBetaScore extends ScoreMetric {
  static readonly className = "fbetaScore";
  readonly className = FBetaScore.className;
  readonly beta: number;

  constructor(options: FBetaScoreOptions = {}) {
    checkOptions("fbetaScore", options, { ...scoreOptionNames, beta: true });
    const { beta = 1, ...others } = options;
    checkNumber("fbetaScore", "beta", beta, { minimum: 0 });
    super("fbetaScore", fbetaOf(beta), others);
    this.beta = beta;
  }

  override config(): Configuration {
    return { ...super.config(), beta: this.beta };
  }
}

/** Of the examples without a class, the share not given it: the recall of "not this class". */
export class Specificity extends ScoreMetric {
  static readonly className = "specificity";
  readonly className = Specificity.className;

  constructor(options: ScoreOptions = {}) {
    checkOptions("specificity", options, scoreOptionNames);
    super("specificity", specificityOf, options);
  }
}
