/** What went wrong when a loss is NaN or infinite: the batch is computed again, layer by layer, to name the first place. */

import * as elementwise from "../../ops/elementwise.ts";
import { all } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { allLayers, withoutChange } from "../networks/network.ts";
import { watchLayers } from "../networks/watch-layers.ts";
import { type Batch, modelInput } from "./batch.ts";
import { batchLoss, takeTrainingStep } from "./steps.ts";
import type { TrainableModel } from "./trainable.ts";

/** A training that left the finite numbers. The model is in the state it had before the step that is named. */
export class NonFiniteLossError extends Error {
  override readonly name = "NonFiniteLossError";
  /** Counted from 0. */
  readonly epoch: number;
  /** Counted from 0. */
  readonly step: number;

  constructor(message: string, epoch: number, step: number) {
    super(message);
    this.epoch = epoch;
    this.step = step;
  }
}

/**
 * The error for a batch whose loss is not finite.
 *
 * @param model In the state before that batch.
 */
export async function explainNonFiniteLoss(
  model: TrainableModel,
  batch: Batch,
  { epoch, step }: { readonly epoch: number; readonly step: number },
): Promise<NonFiniteLossError> {
  const where = `fit: the loss of epoch ${epoch + 1}, step ${step + 1}`;
  const cause = await findCause(model, batch);
  return new NonFiniteLossError(`${where} is not finite: ${cause}`, epoch, step);
}

async function findCause(model: TrainableModel, batch: Batch): Promise<string> {
  const weight = await firstNonFinite(model.variables);
  if (weight)
    return (
      `the weight ${weight.name} is not finite since the update before, whose gradient overflowed or was not a number; ` +
      "lower the learning rate, or give the optimizer clipNorm"
    );
  if (await firstNonFinite(batch.x.map(modelInput)))
    return "the batch itself holds NaN or infinite values; remove or replace them";
  const outputs: { readonly name: string; readonly output: Tensor }[] = [];
  const { train } = model.ownSteps;
  const compute = () => (train ? { logs: takeTrainingStep(model, batch) } : batchLoss(model, batch, true));
  const ofOptimizers = [...model.optimizers.values()].flatMap(({ variables }) => variables);
  const result = withoutChange([...model.variables, ...ofOptimizers], () =>
    watchLayers(
      allLayers(model.layers),
      {
        after({ path }, [output]) {
          if (output) outputs.push({ name: path, output });
        },
      },
      compute,
    ),
  );
  const layer = await firstNonFinite(outputs, ({ output }) => output);
  if (layer)
    return (
      `the first result that is not finite is that of ${layer.name}: its weights have grown too large; ` +
      "lower the learning rate, scale the data to about [-1, 1], or give the optimizer clipNorm"
    );
  if (!("loss" in result)) {
    const value = await firstNonFinite(Object.entries(result.logs), ([, each]) => each);
    return (
      `all layers' results are finite, but ${value ? `${value[0]}, which the model's trainStep computes of them, is ${await value[1].item()}` : "what the model's trainStep computes of them is not"}; ` +
      "lower the learning rate, or look for a logarithm or a division of something near 0"
    );
  }
  const { loss, dataLoss, outputLosses } = result;
  const names = model.compilation.outputs.map((output, _, { length }) =>
    length === 1 ? output.loss.name : `${output.loss.name} of the output ${output.name}`,
  );
  if (await isAllFinite(dataLoss))
    return (
      `all layers' results and the loss ${names.join(", ")} of the data are finite, ` +
      "but the regularizers' penalties are not; weaken them"
    );
  const worst = await firstNonFinite([...outputLosses.entries()], ([, each]) => each);
  return (
    `all layers' results are finite, but the loss ${worst ? names[worst[0]] : names.join(", ")} of them is ${await loss.item()}; ` +
    "the predictions are too far from the targets: lower the learning rate, and scale both to about [-1, 1]"
  );
}

async function firstNonFinite<T extends Tensor>(list: readonly T[]): Promise<T | undefined>;
async function firstNonFinite<T>(list: readonly T[], tensorOf: (item: T) => Tensor): Promise<T | undefined>;
async function firstNonFinite<T>(list: readonly T[], tensorOf?: (item: T) => Tensor): Promise<T | undefined> {
  for (const item of list) {
    const value = tensorOf ? tensorOf(item) : item;
    if (!(await isAllFinite(value as Tensor))) return item;
  }
  return undefined;
}

async function isAllFinite(x: Tensor): Promise<boolean> {
  return x.dtype !== "float32" || (await all(elementwise.isFinite(x)).item()) === 1;
}
