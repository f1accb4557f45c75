/** Judging a classifier on the test part, and how that is told. */
import type { ClassScores, Dataset, Model } from "../index.ts";
import { formatClassification } from "./classification-report.ts";
import { duration, integer, metric, percent } from "./numbers.ts";
import type { Style } from "./style.ts";

/** How well a classifier does on some examples. */
export interface ClassifierEvaluation {
  readonly examples: number;
  readonly loss: number;
  /** [0, 1] */
  readonly accuracy: number;
  readonly perClass: readonly ClassScores[];
  /** `confusionMatrix[label][prediction]`, counts. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly seconds: number;
}

const evaluationBatchSize = 256;

/** @throws If the model is no classifier that was compiled with the metric accuracy. */
export async function evaluateModel(model: Model, test: Dataset): Promise<ClassifierEvaluation> {
  const begin = performance.now();
  const { loss, accuracy, perClass, confusionMatrix } = await model.evaluate(test, {
    batchSize: evaluationBatchSize,
    report: true,
  });
  if (accuracy === undefined || perClass === undefined || confusionMatrix === undefined)
    throw new Error(`${model.name}: the command line needs a classifier compiled with the metric accuracy`);
  const seconds = (performance.now() - begin) / 1000;
  return { examples: test.length, loss, accuracy, perClass, confusionMatrix, seconds };
}

/** Accuracy and loss in one line, and under it the scores of every class, the confusion matrix and the worst confusions. */
export function describeEvaluation(evaluation: ClassifierEvaluation, style: Style): string {
  const { accuracy, loss, examples, seconds, perClass, confusionMatrix } = evaluation;
  const headline = style.bold(`Test accuracy ${style.good(percent(accuracy, 2))}, loss ${metric(loss)}`);
  return [
    `${headline}  ${style.dim(`(${integer(examples)} images in ${duration(seconds)})`)}`,
    formatClassification({ classes: perClass, confusionMatrix }, style),
  ].join("\n\n");
}
