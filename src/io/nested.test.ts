/** Saved models that hold models, or share layers with others, come back bit by bit. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as layers from "../layers/index.ts";
import type { Model } from "../models/model.ts";
import { input, model } from "../models/networks/functional.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setSaver } from "../models/saver.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { load, saveModel } from "./model.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");
setSaver(saveModel);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-nested-"));
  setSeed(1);
});
afterEach(() => rm(folder, { recursive: true }));

const x = Array.from({ length: 12 }, (_, row) => [Math.sin(row), Math.cos(2 * row), Math.sin(3 * row)]);
const y = x.map(([a = 0, b = 0]) => a * b);

function tower() {
  return sequential(
    [
      layers.dense({ units: 4, activation: "tanh", name: "hidden", inputShape: [3] }),
      layers.batchNormalization({ name: "norm" }),
      layers.dropout({ rate: 0.3, name: "drop" }),
      layers.dense({ units: 2, name: "code" }),
    ],
    { name: "tower" },
  );
}

/** A sequential model inside a functional one inside a sequential one. */
function threeDeep(): Model {
  const source = input({ shape: [3], name: "source" });
  const inner = tower();
  const middle = model({
    inputs: source,
    outputs: layers
      .add({ name: "sum" })
      .apply([inner.apply(source), layers.dense({ units: 2, name: "skip" }).apply(source)]),
    name: "middle",
  });
  inner.trainable = false;
  (inner.layers[3] as layers.Layer).trainable = true;
  inner.trainable = true;
  (inner.layers[0] as layers.Layer).trainable = false;
  const outer = sequential([middle, layers.dense({ units: 1, name: "head" })], { name: "outer" });
  outer.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  return outer;
}

const predictions = async (from: Model) => (await from.predict(x)).data();

test("models inside models", async () => {
  const original = threeDeep();
  await original.fit(x, y, { epochs: 2, batchSize: 4 });
  await original.save(folder);
  const loaded = await load(folder);
  expect(loaded.variables.map(({ name }) => name)).toEqual(original.variables.map(({ name }) => name));
  expect(loaded.trainableVariables.map(({ name }) => name)).not.toContain("outer/middle/tower/hidden/kernel");
  expect(loaded.trainableVariables).toHaveLength(original.trainableVariables.length);
  expect(await predictions(loaded)).toEqual(await predictions(original));
  expect(loaded.config()).toEqual(original.config());
  expect(loaded.summary()).toBe(original.summary());
});

test("training of nested models goes on as if it had never stopped", async () => {
  const straight = threeDeep();
  const whole = await straight.fit(x, y, { epochs: 4, batchSize: 5, seed: 3 });
  setSeed(1);
  const stopped = threeDeep();
  await stopped.fit(x, y, { epochs: 2, batchSize: 5, seed: 3 });
  await stopped.save(folder);
  const loaded = await load(folder);
  const second = await loaded.fit(x, y, { initialEpoch: 2, epochs: 4, batchSize: 5, seed: 3 });
  expect(second.history.loss).toEqual(whole.history.loss?.slice(2));
  expect(await predictions(loaded)).toEqual(await predictions(straight));
});

test("a frozen model inside stays frozen", async () => {
  const inner = tower();
  const outer = sequential([inner, layers.dense({ units: 1 })], { name: "outer" });
  inner.trainable = false;
  await outer.save(folder);
  const loaded = await load(folder);
  expect(loaded.trainableVariables).toHaveLength(2);
  expect(loaded.countParameters()).toBe(outer.countParameters());
});

test("a layer and a model that occur twice are one after a reload", async () => {
  const shared = layers.dense({ units: 3, name: "shared" });
  const twice = sequential([layers.dense({ units: 3, name: "own" }), layers.rescaling({ scale: 0.5 })], {
    name: "twice",
  });
  const source = input({ shape: [3], name: "source" });
  const left = sequential([shared, twice], { name: "left" });
  const right = sequential([twice, shared], { name: "right" });
  const outer = model({
    inputs: source,
    outputs: layers.add({ name: "sum" }).apply([left.apply(source), right.apply(source)]),
    name: "outer",
  });
  outer.compile({ optimizer: "adam", loss: "meanSquaredError" });
  expect(outer.countParameters()).toBe(24);
  await outer.fit(x, x, { epochs: 1, seed: 2 });
  await outer.save(folder);
  const loaded = await load(folder);
  expect(loaded.countParameters()).toBe(24);
  expect(await predictions(loaded)).toEqual(await predictions(outer));
  for (const each of [outer, loaded]) await each.fit(x, x, { initialEpoch: 1, epochs: 3 });
  expect(await predictions(loaded)).toEqual(await predictions(outer));
});

test("two compiled models that share layers, saved one after the other, both reload and train on", async () => {
  const source = input({ shape: [3], name: "source" });
  const code = layers.dense({ units: 2, name: "code", activation: "tanh" }).apply(source);
  const encoder = model({ inputs: source, outputs: code, name: "encoder" });
  const autoencoder = model({
    inputs: source,
    outputs: layers.dense({ units: 3, name: "decoded" }).apply(code),
    name: "autoencoder",
  });
  for (const each of [autoencoder, encoder])
    each.compile({ optimizer: { className: "adam", config: { useEma: true } }, loss: "meanSquaredError" });
  const targets = x.map((row) => row.slice(0, 2));
  // Each in its turn, so that the state of both optimizers is made while the layers have the names of one or the other.
  await encoder.fit(x, targets, { epochs: 1, seed: 1 });
  await autoencoder.fit(x, x, { epochs: 1, seed: 1 });
  await encoder.fit(x, targets, { epochs: 1, seed: 2 });
  for (const [name, each] of Object.entries({ autoencoder, encoder })) await each.save(join(folder, name));
  for (const [name, each, y] of [
    ["encoder", encoder, targets],
    ["autoencoder", autoencoder, x],
  ] as const) {
    const loaded = await load(join(folder, name));
    expect(loaded.variables[0]?.name).toBe(`${name}/code/kernel`);
    const before = await predictions(each);
    expect(await predictions(loaded)).toEqual(before);
    const weights = each.getWeights();
    const logs = await loaded.trainOnBatch(x, y);
    expect(logs).toEqual(await each.trainOnBatch(x, y));
    expect(await predictions(loaded)).toEqual(await predictions(each));
    each.setWeights(weights);
  }
});

test("a kind of model that is not known is an error with the file's name", async () => {
  const outer = threeDeep();
  await outer.save(folder);
  const { readFile, writeFile } = await import("node:fs/promises");
  const { encodeDescription } = await import("./description.ts");
  const file = join(folder, "model.json");
  const { format, formatVersion, framework, checksum, ...content } = JSON.parse(await readFile(file, "utf8"));
  expect([format, formatVersion, typeof framework, typeof checksum]).toEqual(["rappel model", 1, "string", "string"]);
  content.model.className = "sequentiall";
  await writeFile(file, await encodeDescription(content));
  await expect(load(folder)).rejects.toThrow(
    /model\.json: unknown kind of model "sequentiall", did you mean "sequential"\?/,
  );
});
