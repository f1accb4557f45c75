/** trainOnBatch and testOnBatch: one step on one batch from the host. */
import { checkOptions } from "../../graph/options.ts";
import type { Logs } from "../callbacks/callback.ts";
import type { ArrayInput, LabelledExamples } from "../examples/arrays.ts";
import { type ClassWeight, withClassWeight } from "../examples/class-weight.ts";
import { prepareExamples, releaseBatch, toDevice } from "../examples/examples.ts";
import { metricsOf, readLogs } from "./judge.ts";
import { checkLookups, explaining } from "./lookups.ts";
import type { ModelPrograms } from "./programs.ts";
import type { TrainableModel } from "./trainable.ts";
import { warnOfSingleExamples } from "./training-warnings.ts";
import { traitsOf } from "./traits.ts";

export interface OnBatchOptions {
  /** `[batch]`: how much each example counts. Default 1. */
  readonly sampleWeight?: ArrayInput;
  /** How much the examples of each class count, by label. Default 1. */
  readonly classWeight?: ClassWeight;
}

/** Takes one step and resolves to the batch's loss and metrics, before an update. */
export async function runOnBatch(
  model: TrainableModel,
  programs: ModelPrograms,
  kind: "training" | "test",
  { x, y }: Pick<LabelledExamples, "x" | "y">,
  options: OnBatchOptions,
): Promise<Logs> {
  const owner = kind === "training" ? "trainOnBatch" : "testOnBatch";
  const { totals, onBatch } = programs[kind];
  checkOptions(owner, options, { sampleWeight: true, classWeight: true });
  model.setPaths();
  const { sampleWeight, classWeight } = options;
  const given = await prepareExamples(model, { x, y, sampleWeight }, owner);
  await checkLookups(model, given.x, owner);
  const examples = classWeight ? withClassWeight(given, classWeight, owner) : given;
  if (kind === "training") warnOfSingleExamples(model, [examples.length], owner);
  return programs.exclusively(async () => {
    totals.reset();
    for (const metric of metricsOf(model)) metric.reset();
    const batch = toDevice(examples);
    const logs = await explaining(model, owner, { inputs: () => [batch.x] }, async () => {
      onBatch(batch, traitsOf(model));
      return readLogs(totals, model);
    });
    releaseBatch(batch);
    return logs;
  });
}
