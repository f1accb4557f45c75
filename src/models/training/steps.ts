/** Steps: what a training step and a test step compute of a batch, whether every model's or one that a class defines. */
import { formatSignature } from "../../graph/node.ts";
import { describe } from "../../graph/options.ts";
import { formatShape } from "../../graph/shape.ts";
import type { Mask } from "../../layers/mask.ts";
import type { Metric } from "../../metrics/metric.ts";
import { add, cast, multiply } from "../../ops/elementwise.ts";
import { reshape } from "../../ops/movement.ts";
import { mean } from "../../ops/reduce.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { tryOut } from "../networks/network.ts";
import { type Batch, modelInput, stepBatch } from "./batch.ts";
import { type Compilation, inPrecisionOf, type OutputCompilation } from "./compilation.ts";
import { lossNames } from "./log-names.ts";
import type { StepBatch, StepLogs } from "./step-batch.ts";
import type { TrainableModel } from "./trainable.ts";

/** The loss of a batch, with and without penalties, and what the model made of it. */
export interface BatchLoss {
  readonly outputs: readonly Tensor[];
  /** Which steps of each output count. */
  readonly masks: readonly Mask[];
  readonly loss: Tensor;
  /** The sum of the outputs' losses, each times its weight. */
  readonly dataLoss: Tensor;
  /** Each output's own, not yet weighted. */
  readonly outputLosses: readonly Tensor[];
  /** What a step reports of them: `loss`, `dataLoss` where there are penalties, and each output's where there are several. */
  readonly logs: StepLogs;
}

/** Runs the model on a batch and takes its loss: the data's, plus the penalties of weight and activity regularizers. */
export function batchLoss(model: TrainableModel, { x, y, sampleWeight }: Batch, training: boolean): BatchLoss {
  const judged = model.compilation.outputs;
  if (judged.length === 0)
    throw new Error(
      `${model.name}: was compiled without a loss; give compile one, or define ${training ? "trainStep" : "testStep"} to do without`,
    );
  const penalties: Tensor[] = [];
  const { outputs, masks } = inPrecisionOf(model.compilation, () =>
    model.run(x.map(modelInput), { training, penalties }),
  );
  const outputLosses = judged.map(({ loss }, index) => {
    const losses = loss.call(y[index] as Tensor, outputs[index] as Tensor, sampleWeight, masks[index]);
    return losses.rank === 0 ? losses : mean(losses);
  });
  const dataLoss = outputLosses.map((loss, index) => weighted(loss, judged[index]?.lossWeight ?? 1)).reduce(add);
  for (const [variable, regularizer] of model.regularizers) penalties.push(regularizer.call(variable));
  const loss = penalties.reduce(add, dataLoss);
  const reported = [loss, ...(penalties.length > 0 ? [dataLoss] : []), ...(judged.length > 1 ? outputLosses : [])];
  const names = lossNames(model.compilation, penalties.length > 0);
  const logs = Object.fromEntries(names.map((name, index) => [name, reported[index] as Tensor]));
  return { outputs, masks, loss, dataLoss, outputLosses, logs };
}

function weighted(loss: Tensor, weight: number): Tensor {
  return weight === 1 ? loss : multiply(loss, weight);
}

/** Whether the loss holds penalties beside the data's loss. */
export function isRegularized(model: TrainableModel): boolean {
  const penalties: Tensor[] = [];
  const shapes = model.inputSpecs.map(({ shape = [] }) => shape);
  tryOut(model, shapes, { training: false, penalties });
  return penalties.length > 0 || model.regularizers.size > 0;
}

/** What a step of the model's own makes of a batch. */
function takeOwn(model: TrainableModel, name: string, step: (batch: StepBatch) => StepLogs, batch: Batch): StepLogs {
  const logs = inPrecisionOf(model.compilation, () => step(stepBatch(batch)));
  for (const [key, value] of Object.entries(checkedLogs(`${model.name}.${name}`, logs)))
    if (!(value instanceof Tensor) || value.size !== 1)
      throw new TypeError(
        `${model.name}.${name}: gives ${value instanceof Tensor ? formatSignature(value) : describe(value)} as "${key}", expected a scalar tensor; ` +
          "take its mean, or leave it out",
      );
  return Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, reshape(cast(value, "float32"), [])]));
}

function checkedLogs(owner: string, logs: StepLogs): StepLogs {
  if (typeof logs === "object" && logs !== null && Object.keys(logs).length > 0) return logs;
  throw new TypeError(`${owner}: gives ${describe(logs)}, expected the values to report, such as { loss }`);
}

/**
 * A training step: loss, gradients, the optimizer's update, sums and metrics; or what the model says.
 *
 * @param byModel Whether to ask the model; false gives the step that every model has.
 */
export function takeTrainingStep(model: TrainableModel, batch: Batch, byModel = true): StepLogs {
  const train = byModel ? model.ownSteps.train : undefined;
  if (train) return takeOwn(model, "trainStep", train, batch);
  const { compilation } = model;
  const result = batchLoss(model, batch, true);
  optimizerOf(model).minimize(result.loss, model.trainableVariables);
  updateMetrics(compilation, batch, result);
  return result.logs;
}

/** A test step: loss, sums and metrics, and further metrics of the first output for a report; or what the model says. */
export function takeTestStep(
  model: TrainableModel,
  batch: Batch,
  further: readonly Metric[],
  byModel = true,
): StepLogs {
  const test = byModel ? model.ownSteps.test : undefined;
  if (test) return takeOwn(model, "testStep", test, batch);
  const result = batchLoss(model, batch, false);
  updateMetrics(model.compilation, batch, result);
  const weights = stepWeights(result.masks[0]);
  for (const metric of further) metric.update(batch.y[0] as Tensor, result.outputs[0] as Tensor, weights);
  return result.logs;
}

/** What `compile` was given to train by. @throws If it was given none. */
export function optimizerOf({ name, compilation }: Pick<TrainableModel, "name" | "compilation">): Optimizer {
  if (compilation.optimizer) return compilation.optimizer;
  throw new Error(`${name}: was compiled without an optimizer; give compile one, such as optimizer: "adam"`);
}

/** Gives metrics a batch. */
export function updateMetrics(
  { outputs: judged }: Compilation,
  { y, sampleWeight }: Batch,
  { outputs, masks = [] }: { readonly outputs: readonly Tensor[]; readonly masks?: readonly Mask[] },
): void {
  for (const [index, output] of outputs.entries()) {
    const { name, metrics, weightedMetrics } = judged[index] as OutputCompilation;
    const targets = y[index] as Tensor;
    const update = (metric: Metric, weights: Tensor | undefined) => {
      try {
        metric.update(targets, output, weights);
      } catch (error) {
        if (error instanceof Error)
          error.message =
            `the metric ${metric.name}${judged.length > 1 ? ` of the output ${name}` : ""} does not fit predictions ${formatShape(output.shape)} ` +
            `and targets ${formatShape(targets.shape)}; take another one: ${error.message}`;
        throw error;
      }
    };
    for (const metric of metrics) update(metric, stepWeights(masks[index]));
    for (const metric of weightedMetrics) update(metric, stepWeights(masks[index], sampleWeight));
  }
}

/** How much each step counts, `[batch, time]`, or each example where there is no mask; undefined where all count alike. */
function stepWeights(mask: Mask, sampleWeight?: Tensor): Tensor | undefined {
  if (!mask) return sampleWeight;
  const kept = cast(mask, "float32");
  if (!sampleWeight) return kept;
  const examples = mask.shape.map((size, axis) => (axis === 0 ? size : 1));
  const fitting = sampleWeight.size === mask.shape[0] ? reshape(sampleWeight, examples) : sampleWeight;
  return multiply(kept, cast(fitting, "float32"));
}
