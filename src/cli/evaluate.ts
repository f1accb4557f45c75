/** `rappel evaluate`: judges a saved model on the test part of the data set that it was trained on. */
import { load } from "../index.ts";
import type { CommandContext } from "./context.ts";
import { describeEvaluation, evaluateModel } from "./evaluation.ts";
import { recipeOf } from "./recipes/index.ts";
import { readTrainingOrigin } from "./training-report.ts";

/** What `rappel evaluate --json` prints. */
export interface EvaluationReport {
  readonly dataset: string;
  /** [0, 1] */
  readonly testAccuracy: number;
  readonly testLoss: number;
  readonly examples: number;
  readonly seconds: number;
}

/**
 * @param directory Where `rappel train` saved the model.
 * @throws Error If the folder holds no model of `rappel train`; the message names the file.
 */
export async function evaluate(directory: string, { output, style }: CommandContext): Promise<EvaluationReport> {
  const { dataset, seed } = await readTrainingOrigin(directory);
  const [model, { test }] = await Promise.all([load(directory), recipeOf(dataset).load(seed)]);
  const evaluation = await evaluateModel(model, test);
  output.write(`${describeEvaluation(evaluation, style)}\n`);
  const { accuracy, loss, examples, seconds } = evaluation;
  return { dataset, testAccuracy: accuracy, testLoss: loss, examples, seconds };
}
