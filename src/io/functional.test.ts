/** Saved functional models: the graph, several inputs and outputs, and shared layers come back bit by bit. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import * as layers from "../layers/index.ts";
import * as losses from "../losses/index.ts";
import type { Model } from "../models/model.ts";
import { input, model } from "../models/networks/functional.ts";
import { setSaver } from "../models/saver.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { load, saveModel } from "./model.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");
setSaver(saveModel);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-functional-"));
  setSeed(1);
});
afterEach(() => rm(folder, { recursive: true }));

function twoByTwo(): Model {
  const image = input({ shape: [4, 4, 1], name: "image" });
  const token = input({ shape: [], dtype: "int32", name: "token" });
  const conv = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" });
  const first = layers.batchNormalization().apply(conv.apply(image));
  const doubled = layers.average().apply([first, first]);
  const pooled = layers.globalAveragePooling2d().apply(doubled);
  const embedded = layers.embedding({ inputDim: 5, outputDim: 3 }).apply(token);
  const merged = layers.multiply().apply([pooled, layers.dropout({ rate: 0.2 }).apply(embedded)]);
  const shared = layers.dense({ units: 3, activation: "tanh" });
  const deep = layers.subtract().apply([shared.apply(shared.apply(merged)), merged]);
  const both = model({
    inputs: { picture: image, word: token },
    outputs: {
      kind: layers.dense({ units: 2 }).apply(deep),
      value: layers.dot({ axes: -1, normalize: true }).apply([deep, pooled]),
    },
    name: "net",
  });
  both.compile({
    optimizer: "adam",
    loss: { kind: losses.sparseCategoricalCrossentropy({ fromLogits: true }), value: "meanSquaredError" },
    lossWeights: { value: 0.3 },
    metrics: { kind: ["accuracy"] },
  });
  return both;
}

function examples(length: number) {
  const random = numbers(5);
  const picture = { data: Float32Array.from({ length: length * 16 }, random), shape: [length, 4, 4, 1] };
  const integers = (below: number) => Int32Array.from({ length }, () => Math.floor(below * random()));
  return { x: { picture, word: integers(5) }, y: { kind: integers(2), value: Float32Array.from({ length }, random) } };
}

test("predictions and evaluation have the same bits after a reload", async () => {
  const original = twoByTwo();
  await original.fit(examples(20), { batchSize: 8 });
  await original.save(folder);
  const loaded = await load(folder);
  const predictions = async (from: Model) => {
    const { kind, value } = await from.predictAll(examples(7).x);
    return [await kind?.data(), await value?.data()];
  };
  expect(await predictions(loaded)).toEqual(await predictions(original));
  expect(await loaded.evaluate(examples(9))).toEqual(await original.evaluate(examples(9)));
  expect(loaded.config()).toEqual(original.config());
  expect(loaded.summary()).toBe(original.summary());
});

test("training goes on bit by bit as if it had never stopped", async () => {
  const options = { batchSize: 8, validationSplit: 0.2, seed: 11 };
  const straight = twoByTwo();
  const whole = await straight.fit(examples(30), { ...options, epochs: 4 });
  setSeed(1);
  const stopped = twoByTwo();
  const first = await stopped.fit(examples(30), { ...options, epochs: 2 });
  await stopped.save(folder);
  const loaded = await load(folder);
  const second = await loaded.fit(examples(30), { ...options, initialEpoch: 2, epochs: 4 });
  for (const [name, values] of Object.entries(whole.history))
    expect([...(first.history[name] ?? []), ...(second.history[name] ?? [])], name).toEqual(values);
  const weights = async (of: Model) => Promise.all(of.getWeights().map((each) => each.data()));
  expect(await weights(loaded)).toEqual(await weights(straight));
});

test("a model that shares its layers with another is saved under its own names", async () => {
  const x = input({ shape: [2], name: "x" });
  const code = layers.dense({ units: 1, name: "code" }).apply(x);
  const encoder = model({ inputs: x, outputs: code, name: "encoder" });
  model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(code), name: "autoencoder" });
  await encoder.save(folder);
  const loaded = await load(folder);
  expect(loaded.variables.map(({ name }) => name)).toEqual(["encoder/code/kernel", "encoder/code/bias"]);
  expect(await (await loaded.predict([[1, 2]])).array()).toEqual(await (await encoder.predict([[1, 2]])).array());
});
