/** Sequence layers in one model: it learns, and what it is made of, adapted statistics included, is saved and loaded. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { layers, load, optimizers, sequential, setDevice, setSeed, tensor } from "../../src/index.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");

const [examples, length, channels] = [96, 12, 2];

test("a model of sequence layers learns, is saved and is loaded with what adapt took from data", async () => {
  setSeed(1);
  const x = Float32Array.from({ length: examples * length * channels }, (_, index) => 50 + 20 * Math.sin(index * 1.3));
  const y = Float32Array.from({ length: examples }, (_, index) => ((x[index * length * channels] as number) - 50) / 20);
  const normalization = layers.normalization();
  normalization.adapt(tensor(x, { shape: [examples, length, channels] }));
  const model = sequential([
    layers.input({ shape: [length, channels] }),
    normalization,
    layers.gaussianNoise({ standardDeviation: 0.01 }),
    layers.zeroPadding1d(),
    layers.conv1d({ filters: 8, kernelSize: 3, activation: "relu" }),
    layers.groupNormalization({ groups: 2 }),
    layers.spatialDropout1d({ rate: 0.05 }),
    layers.maxPooling1d(),
    layers.pReLU(),
    layers.rmsNormalization(),
    layers.flatten(),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: "meanSquaredError" });
  const targets = { data: y, shape: [examples, 1] };
  const data = { x: { data: x, shape: [examples, length, channels] }, y: targets };
  const { history } = await model.fit(data, { epochs: 30, batchSize: 16, seed: 1, callbacks: [] });
  const losses = history.loss as readonly number[];
  expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] as number));

  const folder = await mkdtemp(join(tmpdir(), "rappel-sequence-"));
  try {
    await model.save(join(folder, "model"));
    const loaded = await load(join(folder, "model"));
    const some = tensor(x.subarray(0, 2 * length * channels), { shape: [2, length, channels] });
    expect(await loaded.call(some).data()).toEqual(await model.call(some).data());
  } finally {
    await rm(folder, { recursive: true });
  }
});
