/** Every optimizer's state is saved: a training that is stopped and loaded goes on as if it had never stopped. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as constraints from "../constraints/index.ts";
import * as layers from "../layers/index.ts";
import type { Model } from "../models/model.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setSaver } from "../models/saver.ts";
import * as optimizers from "../optimizers/index.ts";
import * as schedules from "../schedules/index.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { tensor } from "../tensor/tensor.ts";
import { load, saveModel } from "./model.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");
setSaver(saveModel);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-optimizers-"));
});
afterEach(() => rm(folder, { recursive: true }));

const data = {
  x: tensor([
    [1, 0, 2],
    [0, 1, -1],
    [2, 2, 1],
    [-1, 1, 0],
  ]),
  y: tensor([[1], [0], [3], [-1]]),
};
const options = { batchSize: 1, shuffle: false };

async function weightsOf(model: Model): Promise<number[][]> {
  return Promise.all(model.variables.map(async (variable) => [...(await variable.data())]));
}

const all: readonly (() => optimizers.Optimizer)[] = [
  () => optimizers.adadelta(),
  () => optimizers.adafactor(),
  () => optimizers.adamax(),
  () => optimizers.ftrl({ learningRate: 0.1 }),
  () => optimizers.lamb(),
  () => optimizers.lion(),
  () => optimizers.muon({ excludeFromMuon: (name) => name.includes("output") }),
  () => optimizers.nadam({ gradientAccumulationSteps: 3 }),
  () =>
    optimizers.adamW({
      excludeFromWeightDecay: (name) => name.endsWith("bias"),
      learningRateMultipliers: { output: 2 },
    }),
  () => optimizers.adam({ useEma: true, emaMomentum: 0.9 }),
  () => optimizers.sgd({ learningRate: schedules.oneCycle({ maxLearningRate: 0.01, totalSteps: 16 }), momentum: 0.9 }),
];

test.each(all.map((make) => [`${make().className} ${JSON.stringify(make().config())}`, make] as const))(
  "%s",
  async (_, make) => {
    setSeed(5);
    const model = sequential([
      layers.dense({
        units: 4,
        name: "hidden",
        inputShape: [3],
        kernelConstraint: constraints.maxNorm({ maxValue: 1 }),
      }),
      layers.dense({ units: 1, name: "output" }),
    ]);
    model.compile({ optimizer: make(), loss: "meanSquaredError" });
    await model.fit(data, { ...options, epochs: 2 });
    await model.save(folder);
    const loaded = await load(folder);
    await model.fit(data, { ...options, epochs: 4, initialEpoch: 2 });
    await loaded.fit(data, { ...options, epochs: 4, initialEpoch: 2 });
    expect(await weightsOf(loaded)).toEqual(await weightsOf(model));
  },
);
