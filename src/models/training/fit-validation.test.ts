/** How often, on how much and in what batches `fit` judges; and epochs of a given number of steps. */
import { beforeEach, expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { earlyStopping } from "../callbacks/early-stopping.ts";
import { sequential } from "../networks/sequential.ts";
import type { FitOptions } from "./fit-options.ts";

setDevice("reference");
beforeEach(() => setSeed(1));

const x = Array.from({ length: 10 }, (_, index) => [index / 10]);
const y = x.map(([value = 0]) => 3 * value);

/** y = w · x, from w = 0. */
function line(learningRate = 0.1) {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[0]])]);
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: "meanSquaredError" });
  return model;
}

const weightAfter = async (options: FitOptions) => {
  const model = line();
  const { history } = await model.fit(x, y, options);
  return { weight: await model.getWeights()[0]?.item(), history };
};

test("validationFreq judges after every so many epochs, or those of a list", async () => {
  const validated = async (validationFreq: number | number[]) =>
    (await weightAfter({ epochs: 6, validationSplit: 0.2, validationFreq })).history.valLoss?.length;
  expect(await validated(1)).toBe(6);
  expect(await validated(4)).toBe(1);
  expect(await validated([1, 2, 5])).toBe(3);
  const model = line();
  await model.fit(x, y, { epochs: 3 });
  const later = await model.fit(x, y, { initialEpoch: 3, epochs: 7, validationFreq: 2, validationSplit: 0.5 });
  expect(later.history.valLoss).toHaveLength(2);
});

test("a callback that watches the validation waits for the epochs that have one", async () => {
  const model = line(0);
  const callbacks = [earlyStopping({ monitor: "valLoss", patience: 1 })];
  const { epoch } = await model.fit(x, y, { epochs: 20, validationSplit: 0.2, validationFreq: 3, callbacks });
  expect(epoch).toHaveLength(6);
});

test("validationSteps judges the first batches, validationBatchSize says how large they are", async () => {
  const data = { x: [[1], [1], [1], [5]], y: [1, 1, 1, 1] };
  const valLoss = async (options: FitOptions) => {
    const model = line(0);
    model.setWeights([tensor([[2]])]);
    return (await model.fit(x, y, { validationData: data, ...options })).history.valLoss?.[0];
  };
  expect(await valLoss({})).toBeCloseTo((3 + 81) / 4, 10);
  expect(await valLoss({ validationBatchSize: 3, validationSteps: 1 })).toBeCloseTo(1, 10);
  expect(await valLoss({ batchSize: 2, validationSteps: 1 })).toBeCloseTo(1, 10);
  expect(await valLoss({ validationBatchSize: 3, validationSteps: 9 })).toBeCloseTo(21, 10);
});

test("stepsPerEpoch cuts epochs; the next goes on with the examples that follow", async () => {
  for (const shuffle of [true, false]) {
    const common = { batchSize: 2, shuffle, seed: 4 };
    const whole = await weightAfter({ ...common, epochs: 2 });
    // Ten steps either way: as five epochs of two.
    const cut = await weightAfter({ ...common, epochs: 5, stepsPerEpoch: 2 });
    expect(cut.weight).toBe(whole.weight);
    expect(cut.history.loss).toHaveLength(5);
    // Three passes in one epoch.
    const long = await weightAfter({ ...common, epochs: 1, stepsPerEpoch: 15 });
    expect(long.weight).toBe((await weightAfter({ ...common, epochs: 3 })).weight);
  }
});

test("stopped in the middle of the data and trained on, it takes the same batches", async () => {
  const common = { batchSize: 3, stepsPerEpoch: 3, seed: 4 };
  const straight = await weightAfter({ ...common, epochs: 4 });
  const model = line();
  await model.fit(x, y, { ...common, epochs: 2 });
  await model.fit(x, y, { ...common, initialEpoch: 2, epochs: 4 });
  expect(await model.getWeights()[0]?.item()).toBe(straight.weight);
});
