import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as layers from "../layers/index.ts";
import * as losses from "../losses/index.ts";
import * as metrics from "../metrics/index.ts";
import type { Model } from "../models/model.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setSaver } from "../models/saver.ts";
import * as optimizers from "../optimizers/index.ts";
import * as regularizers from "../regularizers/index.ts";
import * as schedules from "../schedules/index.ts";
import { defaultGenerator, setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { encodeDescription, type ModelDescription } from "./description.ts";
import { load, saveModel } from "./model.ts";
import { frameworkVersion } from "./version.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");
setSaver(saveModel);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-model-"));
  setSeed(1);
});
afterEach(() => rm(folder, { recursive: true }));

/** Small images of two classes, bright on the left or on the right. */
function images(length: number): { x: { data: Uint8Array; shape: number[] }; y: Uint8Array } {
  const y = Uint8Array.from({ length }, (_, index) => ((index * 7) % 3) % 2);
  const data = Uint8Array.from({ length: length * 36 }, (_, index) => {
    const isBright = index % 6 < 3 === (y[Math.floor(index / 36)] === 0);
    return Math.floor(Math.abs(Math.sin(index * 1.7)) * (isBright ? 255 : 120));
  });
  return { x: { data, shape: [length, 6, 6, 1] }, y };
}

/** One of every kind of state: kernels, moving statistics, random generators. */
function convolutional(): Model {
  const model = sequential([
    layers.rescaling({ scale: 1 / 255, inputShape: [6, 6, 1] }),
    layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", kernelRegularizer: regularizers.l2({ l2: 1e-3 }) }),
    layers.batchNormalization(),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dropout({ rate: 0.4 }),
    layers.dense({ units: 8, activation: "tanh" }),
    layers.dropout({ rate: 0.2 }),
    layers.dense({ units: 2 }),
  ]);
  model.compile({
    optimizer: optimizers.adam({ learningRate: 0.01, clipNorm: 1 }),
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: ["accuracy", metrics.f1Score({ name: "f1" })],
  });
  return model;
}

async function stateOf(model: Model): Promise<[string, number[]][]> {
  // Tensors hold the values of this moment, whatever training does meanwhile.
  const values = [...model.variables, ...model.optimizer.variables].map(
    ({ name, node }) => [name, new Tensor(node)] as const,
  );
  return Promise.all(
    values.map(async ([name, value]): Promise<[string, number[]]> => [name, [...(await value.data())]]),
  );
}

describe("a saved model", () => {
  test("predicts and evaluates as the one that was saved", async () => {
    const model = convolutional();
    await model.fit(images(20), { batchSize: 8 });
    await model.save(folder);
    const loaded = await load(folder);
    const predictions = async (from: Model) => (await from.predict(images(5).x)).array();
    expect(await predictions(loaded)).toEqual(await predictions(model));
    expect(await loaded.evaluate(images(9))).toEqual(await model.evaluate(images(9)));
    expect(await stateOf(loaded)).toEqual(await stateOf(model));
    expect(loaded.config()).toEqual(model.config());
    expect(loaded.summary()).toBe(model.summary());
  });

  test.each([true, false])("trains on bit by bit as if it had never stopped (with a seed: %s)", async (seeded) => {
    const options = { batchSize: 8, validationSplit: 0.2, ...(seeded && { seed: 11 }) };
    const straight = convolutional();
    setSeed(3);
    const whole = await straight.fit(images(30), { ...options, epochs: 4 });
    setSeed(1);
    const stopped = convolutional();
    setSeed(3);
    const first = await stopped.fit(images(30), { ...options, epochs: 2 });
    await stopped.save(folder);
    const loaded = await load(folder);
    const second = await loaded.fit(images(30), { ...options, initialEpoch: 2, epochs: 4 });
    for (const [name, values] of Object.entries(whole.history))
      expect([...(first.history[name] ?? []), ...(second.history[name] ?? [])], name).toEqual(values);
    const values = (state: [string, number[]][]) => state.map(([, numbers]) => numbers);
    expect(values(await stateOf(loaded))).toEqual(values(await stateOf(straight)));
  });

  test("keeps class names, metadata and learning rate", async () => {
    const model = convolutional();
    await model.fit({ ...images(6), classNames: ["left", "right"] });
    model.metadata = { trainedOn: ["bars", 6] };
    model.setLearningRate(0.125);
    await model.save(folder);
    const loaded = await load(folder);
    expect(loaded.classNames).toEqual(["left", "right"]);
    expect((await loaded.evaluate(images(6))).perClass?.map(({ name }) => name)).toEqual(["left", "right"]);
    expect(loaded.metadata).toEqual({ trainedOn: ["bars", 6] });
    expect(await loaded.getLearningRate()).toBe(0.125);
  });

  test("may be without compile settings, or have a schedule", async () => {
    const plain = sequential([layers.dense({ units: 1, inputShape: [3] })]);
    await plain.save(join(folder, "plain"));
    expect((await load(join(folder, "plain"))).compiled).toBe(false);
    const scheduled = convolutional();
    scheduled.compile({
      optimizer: optimizers.sgd({ learningRate: schedules.constant({ learningRate: 0.25 }), momentum: 0.9 }),
      loss: "sparseCategoricalCrossentropy",
    });
    await scheduled.save(folder);
    expect(await (await load(folder)).getLearningRate()).toBe(0.25);
  });

  test("is loaded without drawing from the default generator", async () => {
    await convolutional().save(folder);
    const before = await defaultGenerator().state.array();
    await load(folder);
    expect(await defaultGenerator().state.array()).toEqual(before);
  });

  test("replaces an older one, and leaves no other files", async () => {
    const model = convolutional();
    await model.save(folder);
    await model.fit(images(8));
    await model.save(folder);
    expect(await stateOf(await load(folder))).toEqual(await stateOf(model));
    expect((await readdir(folder)).toSorted()).toEqual(["model.json", "weights.safetensors"]);
  });

  test("is one moment of a training that goes on meanwhile", async () => {
    const model = convolutional();
    const saved: Promise<void>[] = [];
    const states: Promise<[string, number[]][]>[] = [];
    const onEpochEnd = () => {
      if (saved.length > 0) return;
      states.push(stateOf(model));
      saved.push(model.save(folder));
    };
    await model.fit(images(16), { epochs: 5, batchSize: 4, callbacks: [{ onEpochEnd }] });
    await Promise.all(saved);
    expect(await stateOf(await load(folder))).toEqual(await states[0]);
  });

  test("must be built", async () => {
    await expect(sequential([layers.dense({ units: 1 })], { name: "net" }).save(folder)).rejects.toThrow(
      "net.save: the model is not built",
    );
  });
});

test("files name the version of the package that wrote them", async () => {
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  expect(frameworkVersion).toBe(version);
});

describe("damage is an error that names the file", () => {
  const path = (file: string) => join(folder, file);
  /** Writes model.json anew with a right checksum, as another version or another hand might. */
  async function rewrite(change: (description: Record<string, unknown>) => void): Promise<void> {
    const {
      checksum: _,
      format: _f,
      formatVersion: _v,
      framework: _w,
      ...content
    } = JSON.parse(await readFile(path("model.json"), "utf8"));
    change(content);
    await writeFile(path("model.json"), await encodeDescription(content as ModelDescription));
  }

  beforeEach(async () => {
    await convolutional().save(folder);
  });

  test("weights cut off", async () => {
    const { length } = await readFile(path("weights.safetensors"));
    await truncate(path("weights.safetensors"), length - 1);
    await expect(load(folder)).rejects.toThrow(
      `weights.safetensors: has ${length - 1} bytes, expected ${length}; it is truncated`,
    );
  });

  test("a bit turned over in the weights", async () => {
    const bytes = await readFile(path("weights.safetensors"));
    bytes[bytes.length - 5] = (bytes.at(-5) as number) ^ 1;
    await writeFile(path("weights.safetensors"), bytes);
    await expect(load(folder)).rejects.toThrow(/weights\.safetensors: was altered since it was saved: its SHA-256 is/);
  });

  test("a description cut off", async () => {
    await truncate(path("model.json"), 100);
    await expect(load(folder)).rejects.toThrow(/model\.json: is not JSON .* truncated or damaged/);
  });

  test("an option changed in the description", async () => {
    const text = await readFile(path("model.json"), "utf8");
    await writeFile(path("model.json"), text.replace('"relu"', '"tanh"'));
    await expect(load(folder)).rejects.toThrow(/model\.json: was altered since it was saved: its checksum/);
  });

  test("a file missing", async () => {
    await rm(path("weights.safetensors"));
    await expect(load(folder)).rejects.toThrow(/weights\.safetensors: there is no such file/);
    await expect(load(path("nowhere"))).rejects.toThrow(
      /model\.json: there is no such file, so ".*nowhere" is not a saved model/,
    );
  });

  test("another format, and a later version", async () => {
    await writeFile(path("model.json"), '{"format":"other"}');
    await expect(load(folder)).rejects.toThrow(/model\.json: does not describe a Rappel model; its format is "other"/);
    await writeFile(path("model.json"), '{"format":"rappel model","formatVersion":2,"framework":"9.0.0"}');
    await expect(load(folder)).rejects.toThrow(/is of format version 2, written by Rappel "9.0.0"; .* update Rappel/);
  });

  test("a layer that is not known, suggesting one that is", async () => {
    await rewrite(({ model }) => {
      (model as { config: { layers: { className: string }[] } }).config.layers[1] = {
        className: "conv2",
        ...{ config: {} },
      };
    });
    await expect(load(folder)).rejects.toThrow(/model\.json: unknown layer "conv2", did you mean "conv2d"\?/);
  });

  test("weights that lead out of the folder", async () => {
    await rewrite((content) => {
      content.weights = { ...(content.weights as object), file: "../elsewhere" };
    });
    await expect(load(folder)).rejects.toThrow(/names the weights "..\/elsewhere"/);
  });

  test("a description that does not fit the weights", async () => {
    await rewrite(({ model }) => {
      const { config } = model as { config: { layers: { config: { units?: number } }[] } };
      for (const layer of config.layers) if (layer.config.units === 8) layer.config.units = 7;
    });
    await expect(load(folder)).rejects.toThrow(
      /weights\.safetensors: ".*kernel" is float32\[\d+, 8\], but the model in model\.json has float32\[\d+, 7\]/,
    );
  });

  test("something missing in the description", async () => {
    await rewrite((content) => {
      delete content.inputShape;
    });
    await expect(load(folder)).rejects.toThrow(/model\.json: lacks something that describes a model/);
  });
});
