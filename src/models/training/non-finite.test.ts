import { expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { terminateOnNaN } from "../callbacks/terminate-on-nan.ts";
import { type Sequential, sequential } from "../networks/sequential.ts";
import type { NonFiniteLossError } from "./non-finite.ts";

// What overflows depends on the device's number format; here that is float32.
setDevice("native");

/** Two layers of one weight each, called net/first and net/second, whose weights are 1. */
function net(learningRate: number, activation: layers.ActivationName = "linear"): Sequential {
  const model = sequential(
    [
      layers.dense({ units: 1, useBias: false, name: "first", inputShape: [1], activation }),
      layers.batchNormalization({ name: "normalization" }),
      layers.dense({ units: 1, useBias: false, name: "second" }),
    ],
    { name: "net" },
  );
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: "meanSquaredError" });
  for (const layer of model.layers) if (layer.name !== "normalization") layer.weight("kernel").assign(tensor([[1]]));
  return model;
}

async function failureOf(training: Promise<unknown>): Promise<NonFiniteLossError> {
  return training.then(
    () => {
      throw new Error("the training ended well");
    },
    (error) => error,
  );
}

async function weightsOf(model: Sequential): Promise<number[][]> {
  return Promise.all(model.variables.map(async (variable) => [...(await variable.data())]));
}

test("the first layer whose result is not finite is named, with epoch and step", async () => {
  const x = [[1], [2], [3], [4], [5], [1000]];
  const error = await failureOf(net(0, "exponential").fit(x, [0, 0, 0, 0, 0, 0], { batchSize: 2, shuffle: false }));
  expect(error.message).toMatch(
    /^fit: the loss of epoch 1, step 3 is not finite: the first result that is not finite is that of net\/first: .*learning rate/,
  );
  expect([error.epoch, error.step]).toEqual([0, 2]);
});

test("the model, its moving statistics and its optimizer are as they were before that step", async () => {
  const x = [[1], [2], [3], [4], [5], [1000]];
  const y = [0, 1, 0, 1, 0, 1];
  const [failed, good] = [net(0.1, "exponential"), net(0.1, "exponential")];
  await failureOf(failed.fit(x, y, { batchSize: 2, shuffle: false }));
  await good.fit(x.slice(0, 4), y.slice(0, 4), { batchSize: 2, shuffle: false });
  expect(await weightsOf(failed)).toEqual(await weightsOf(good));
  expect(await failed.optimizer.iterations.item()).toBe(2);
});

test("a weight that an update before made infinite is named", async () => {
  const error = await failureOf(net(3e38).fit([[1], [2]], [100, 0], { epochs: 3 }));
  expect(error.message).toMatch(
    /^fit: the loss of epoch 2, step 1 .* the weight net\/[a-z/]* is not finite since the update before/,
  );
});

test("a loss that overflows by itself is told as such", async () => {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[1e30]])]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  expect((await failureOf(model.fit([[1]], [0]))).message).toMatch(
    /all layers' results are finite, but the loss meanSquaredError of them is Infinity/,
  );
});

test("in a stream of batches the place is found as well", async () => {
  const batches = [[1], [2], [1000]].map((row) => ({ x: [row, row], y: [0, 0] }));
  const error = await failureOf(net(0, "exponential").fit(() => batches));
  expect(error.message).toMatch(/epoch 1, step 3 .* that of net\/first/);
});

test("terminateOnNaN ends the training without an error", async () => {
  const callback = terminateOnNaN();
  const model = net(0, "exponential");
  const { history } = await model.fit([[1000], [1]], [0, 0], { epochs: 4, callbacks: [callback] });
  expect(history.loss).toBeUndefined();
  expect(callback.error?.message).toMatch(/net\/first/);
});
