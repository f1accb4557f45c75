/** A model of layers of volumes and of spectral normalization learns, is saved, and trains on after a reload as if it had not been. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import * as layers from "../layers/index.ts";
import * as losses from "../losses/index.ts";
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
  folder = await mkdtemp(join(tmpdir(), "rappel-volumes-"));
  setSeed(1);
});
afterEach(() => rm(folder, { recursive: true }));

const size = 6;

/** Volumes with a bright rod along one of the three axes, which is the class. */
function rods(count: number) {
  const random = numbers(3);
  const x = new Float32Array(count * size ** 3);
  const y = new Int32Array(count);
  for (let example = 0; example < count; example++) {
    const axis = example % 3;
    y[example] = axis;
    const [first, second] = [Math.floor(size * random()), Math.floor(size * random())];
    for (let place = 0; place < size; place++) {
      const at = [first, second];
      at.splice(axis, 0, place);
      const [z = 0, row = 0, column = 0] = at;
      x[((example * size + z) * size + row) * size + column] = 1;
    }
    for (let voxel = 0; voxel < size ** 3; voxel++) {
      const index = example * size ** 3 + voxel;
      x[index] = (x[index] as number) + 0.4 * (random() - 0.5);
    }
  }
  return { x: { data: x, shape: [count, size, size, size, 1] }, y };
}

function network() {
  const model = sequential([
    layers.zeroPadding3d({ padding: [0, 1, 0] }),
    layers.spectralNormalization({ layer: layers.conv3d({ filters: 6, kernelSize: 3, padding: "same" }) }),
    layers.activation({ activation: "relu" }),
    layers.spatialDropout3d({ rate: 0.05 }),
    layers.maxPooling3d(),
    layers.conv3d({ filters: 12, kernelSize: 2, activation: "relu" }),
    layers.adaptiveMaxPooling3d({ outputSize: 1 }),
    layers.flatten(),
    layers.spectralNormalization({ layer: layers.dense({ units: 3 }), powerIterations: 2 }),
    layers.rescaling({ scale: 8 }),
  ]);
  model.compile({
    optimizer: { className: "adam", config: { learningRate: 0.02 } },
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: ["accuracy"],
  });
  return model;
}

test("it tells rods along different axes apart, and goes on after a reload bit by bit", async () => {
  const options = { batchSize: 16, seed: 11 };
  const straight = network();
  await straight.fit(rods(96), { ...options, epochs: 30 });
  const scores = await straight.evaluate(rods(48));
  expect(scores.accuracy).toBeGreaterThan(0.9);

  setSeed(1);
  const first = network();
  await first.fit(rods(96), { ...options, epochs: 20 });
  await first.save(folder);
  const second = await load(folder);
  expect(second.config()).toEqual(first.config());
  await second.fit(rods(96), { ...options, epochs: 30, initialEpoch: 20 });
  expect(await second.evaluate(rods(48))).toEqual(scores);
});
