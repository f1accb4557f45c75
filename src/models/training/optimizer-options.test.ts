/** What fit does for an optimizer's options: incomplete groups of accumulated gradients, moving averages of the weights. */
import { expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { tensor } from "../../tensor/tensor.ts";
import * as callbacks from "../callbacks/index.ts";
import { sequential } from "../networks/sequential.ts";

/** A model of one weight, at first 0, and five examples whose gradients of the squared error it is easy to tell. */
function trained(options: optimizers.SGDOptions) {
  const layer = layers.dense({ units: 1, useBias: false, kernelInitializer: "zeros", inputShape: [1] });
  const model = sequential([layer]);
  const optimizer = optimizers.sgd(options);
  model.compile({ optimizer, loss: "meanSquaredError" });
  const x = tensor([[1], [1], [1], [1], [1]]);
  const y = tensor([[1], [1], [1], [1], [1]]);
  return { model, optimizer, weight: () => layer.weight("kernel").item(), data: { x, y } };
}

test("an epoch ends with an update by what is left of an incomplete group", async () => {
  const { model, optimizer, weight, data } = trained({ learningRate: 0.25, gradientAccumulationSteps: 2 });
  await model.fit(data, { epochs: 1, batchSize: 1, shuffle: false });
  // Every gradient is 2 · (w - 1), so that each of the three updates halves what is missing.
  expect(await weight()).toBeCloseTo(1 - 1 / 8, 6);
  expect(await optimizer.iterations.item()).toBe(3);
  await model.fit(data, { epochs: 1, batchSize: 1, shuffle: false });
  expect(await optimizer.iterations.item()).toBe(6);
});

test("the weights take their moving average when fit ends", async () => {
  const { model, weight, data } = trained({ learningRate: 0.25, useEma: true, emaMomentum: 0.5 });
  await model.fit(data, { epochs: 1, batchSize: 1, shuffle: false });
  let [w, average] = [0, 0];
  for (let step = 0; step < 5; step++) {
    w += (1 - w) / 2;
    average = step === 0 ? w : (average + w) / 2;
  }
  expect(await weight()).toBeCloseTo(average, 6);
});

test("swapEmaWeights validates the averages and trains the weights", async () => {
  const seen: number[] = [];
  const run = async (swapped: boolean) => {
    const { model, weight, data } = trained({ learningRate: 0.25, useEma: true, emaMomentum: 0.5 });
    const look = { onEpochEnd: async () => void seen.push(await weight()) };
    const list = swapped ? [callbacks.swapEmaWeights(), look] : [look];
    const options = { epochs: 2, batchSize: 5, shuffle: false, validationData: data, callbacks: list };
    const history = await model.fit(data, options);
    return { losses: history.history.valLoss ?? [], weight: await weight() };
  };
  const [plain, swapped] = [await run(false), await run(true)];
  const expected = [0.5, 0.75, 0.5, (0.5 + 0.75) / 2];
  for (const [index, value] of expected.entries()) {
    expect(seen[index]).toBeCloseTo(value, 6);
    const losses = index < 2 ? plain.losses : swapped.losses;
    expect(losses[index % 2]).toBeCloseTo((1 - value) ** 2, 6);
  }
  expect(swapped.weight).toBeCloseTo(plain.weight, 6);
});

test("swapEmaWeights can have the averages in place for the validation alone", async () => {
  const { model, weight, data } = trained({ learningRate: 0.25, useEma: true, emaMomentum: 0.5 });
  const seen: number[] = [];
  const look = {
    onValidationBegin: async () => void seen.push(await weight()),
    onEpochEnd: async () => void seen.push(await weight()),
  };
  const list = [callbacks.swapEmaWeights({ swapOnEpoch: false }), look];
  await model.fit(data, { epochs: 2, batchSize: 5, shuffle: false, validationData: data, callbacks: list });
  for (const [index, value] of [0.5, 0.5, (0.5 + 0.75) / 2, 0.75].entries()) expect(seen[index]).toBeCloseTo(value, 6);
});

test("swapEmaWeights needs averages", async () => {
  const { model, data } = trained({});
  await expect(model.fit(data, { callbacks: [callbacks.swapEmaWeights()] })).rejects.toThrow(
    "sgd: keeps no moving average of the weights; make it with the option useEma: true",
  );
});
