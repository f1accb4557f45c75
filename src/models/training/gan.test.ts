/** A model with a training step of its own and two optimizers: it learns, in one program a step, with the same bits each time. */
import { beforeEach, expect, test } from "vitest";
import { countingDevice } from "../../../test/support/counting-device.ts";
import { RingGan, ringModes, ringOfGaussians } from "../../../test/support/ring-gan.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { getDevice, setDevice } from "../../tensor/storage.ts";

beforeEach(() => {
  setDevice("native");
  setSeed(1);
});

function compiledGan() {
  const gan = new RingGan({ name: "gan" });
  gan.compile({
    discriminatorOptimizer: optimizers.adam({ learningRate: 2e-3, beta1: 0.5 }),
    generatorOptimizer: optimizers.adam({ learningRate: 1e-3, beta1: 0.5 }),
  });
  return gan;
}

const latent = (count: number) => {
  const noise = ringOfGaussians(4 * count, 99).data;
  return { data: noise.map((value, index) => value * 2 * Math.sin(7 * index)), shape: [count, 8] };
};

test("it learns a ring of Gaussians: most points lie near a mode, and all modes are found", async () => {
  const gan = compiledGan();
  const { history } = await gan.fit({ x: ringOfGaussians(4096, 5) }, { epochs: 60, batchSize: 128, seed: 3 });
  expect(Object.keys(history)).toEqual(["discriminatorLoss", "generatorLoss", "loss"]);
  const points = await (await gan.predict(latent(1000), { batchSize: 500 })).data();
  const found = new Array(8).fill(0);
  for (let index = 0; index < 1000; index++) {
    const [x = 0, y = 0] = points.subarray(2 * index, 2 * index + 2);
    const distances = ringModes.map(([a, b]) => Math.hypot(x - a, y - b));
    const nearest = distances.indexOf(Math.min(...distances));
    if ((distances[nearest] as number) < 0.3) found[nearest]++;
  }
  const near = found.reduce((total, count) => total + count, 0);
  expect(near, found.join()).toBeGreaterThan(700);
  expect(found.filter((count) => count > 10).length, found.join()).toBeGreaterThanOrEqual(7);
}, 60_000);

test("one program is one step, with both updates in it", async () => {
  const counting = countingDevice(getDevice());
  setDevice(counting);
  const gan = compiledGan();
  await gan.fit({ x: ringOfGaussians(256, 5) }, { epochs: 2, batchSize: 32 });
  const steps = counting.runs.filter(({ times }) => times >= 16);
  expect(steps).toHaveLength(1);
  expect(steps[0]?.times).toBe(16);
  // 12 weights, each with two moments; two counters of updates; the noise; position, place of NaN, three sums with errors.
  expect(steps[0]?.updates).toBe(12 * 3 + 2 + 1 + 2 + 6);
});

test("the same seed gives the same bits", async () => {
  const train = async () => {
    setSeed(1);
    const gan = compiledGan();
    const { history } = await gan.fit({ x: ringOfGaussians(256, 5) }, { epochs: 3, batchSize: 32, seed: 7 });
    return { history, weights: await Promise.all(gan.getWeights().map((each) => each.data())) };
  };
  expect(await train()).toEqual(await train());
});

test("its weights are named after its fields, and its parts can be used alone", async () => {
  const gan = compiledGan();
  expect(gan.variables.map(({ name }) => name).slice(0, 3)).toEqual([
    "gan/noise",
    "gan/generator/first/kernel",
    "gan/generator/first/bias",
  ]);
  expect([...gan.optimizers.keys()]).toEqual(["discriminatorOptimizer", "generatorOptimizer"]);
  const points = await gan.predict(latent(3));
  expect(await (await gan.generator.predict(latent(3))).data()).toEqual(await points.data());
  await gan.trainOnBatch(ringOfGaussians(32, 1));
});

test("what only a compiled loss can do is an error that says so", async () => {
  const gan = compiledGan();
  const x = ringOfGaussians(8, 1);
  await expect(gan.evaluate({ x })).rejects.toThrow(
    "gan: was compiled without a loss; give compile one, or define testStep to do without",
  );
  expect(() => gan.optimizer).toThrow("gan: was compiled without an optimizer");
});

test("a loss that is not finite names the layer", async () => {
  const gan = compiledGan();
  gan.setWeights(gan.getWeights());
  gan.compile({
    discriminatorOptimizer: optimizers.sgd({ learningRate: 1e30 }),
    generatorOptimizer: optimizers.sgd({ learningRate: 1e-3 }),
  });
  await expect(gan.fit({ x: ringOfGaussians(256, 5) }, { epochs: 3, batchSize: 32, seed: 7 })).rejects.toThrow(
    /the loss of epoch 1, step \d is not finite: the (weight gan\/|first result that is not finite is that of gan\/discriminator\/)/,
  );
});
