/** mixup and CutMix: what batches become, how training goes with them, and what they refuse. */
import { beforeEach, describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import * as layers from "../../layers/index.ts";
import { oneHot } from "../../ops/linear.ts";
import { jit } from "../../tensor/jit.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { type Sequential, sequential } from "../networks/sequential.ts";
import type { Batch } from "../training/batch.ts";
import * as augmentations from "./index.ts";

beforeEach(() => {
  setDevice(reference);
  setSeed(1);
});

const length = 64;
const side = 6;

/** Images that are all of their index, and one-hot rows of it: so it is seen what was mixed with what. */
function batchOf(): Batch {
  const pixels = side * side;
  const image = Float32Array.from({ length: length * pixels }, (_, index) => Math.floor(index / pixels));
  return {
    x: [tensor(image, { shape: [length, side, side, 1] })],
    y: [oneHot(tensor(Int32Array.from({ length }, (_, index) => index)), length)],
    sampleWeight: undefined,
  };
}

async function rowsOf(x: Tensor | undefined): Promise<number[][]> {
  const data = [...((await x?.data()) ?? [])];
  const size = data.length / length;
  return Array.from({ length }, (_, row) => data.slice(row * size, (row + 1) * size));
}

/** Of each row of targets: which labels have a share in it. */
function sharesOf(rows: readonly number[][]): Map<number, number>[] {
  return rows.map((row) => new Map([...row.entries()].filter(([, share]) => share > 0)));
}

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  beforeEach(() => {
    setDevice(device);
  });

  test("mixup mixes features and targets of two examples by one weight", async () => {
    const { x, y } = augmentations.mixup({ alpha: 0.4, seed: 5 }).call(batchOf());
    const [images, shares] = [await rowsOf(x[0]), sharesOf(await rowsOf(y[0]))];
    const partners = new Set<number>();
    for (const [own, labels] of shares.entries()) {
      const other = [...labels.keys()].find((label) => label !== own) ?? own;
      partners.add(other);
      expect([...labels.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      const weight = other === own ? 1 : (labels.get(own) ?? 0);
      for (const pixel of images[own] ?? []) expect(pixel).toBeCloseTo(weight * own + (1 - weight) * other, 3);
    }
    expect(partners.size).toBeGreaterThan(length - 8); // an order of the batch, but for weights that round to 1
  });

  test("CutMix fills a rectangle from another image, and mixes targets by its area", async () => {
    const { x, y } = augmentations.cutMix({ seed: 7 }).call(batchOf());
    const [images, shares] = [await rowsOf(x[0]), sharesOf(await rowsOf(y[0]))];
    let mixed = 0;
    for (const [own, labels] of shares.entries()) {
      const image = images[own] ?? [];
      expect(new Set(image).size).toBeLessThanOrEqual(2);
      for (const label of labels.keys())
        expect(labels.get(label)).toBeCloseTo(image.filter((pixel) => pixel === label).length / image.length, 5);
      const places = [...image.keys()].filter((place) => image[place] !== own);
      const rows = new Set(places.map((place) => Math.floor(place / side)));
      const columns = new Set(places.map((place) => place % side));
      expect(places.length).toBe(rows.size * columns.size);
      if (places.length > 0) mixed++;
    }
    expect(mixed).toBeGreaterThan(length / 2);
  });

  test("a program draws anew at each run, and the same after reseed", async () => {
    const augmentation = augmentations.randomChoice([augmentations.mixup(), augmentations.cutMix()]);
    const batch = batchOf();
    const run = jit(() => augmentation.call(batch).x[0] as Tensor);
    augmentation.reseed(9);
    const first = [await run().data(), await run().data()];
    expect(first[0]).not.toEqual(first[1]);
    augmentation.reseed(9);
    expect([await run().data(), await run().data()]).toEqual(first);
  });
});

test("the probability is that with which an example is mixed", async () => {
  const { x } = augmentations.mixup({ alpha: 1, probability: 0.25, seed: 2 }).call(batchOf());
  const mixed = (await rowsOf(x[0])).filter(([pixel], own) => pixel !== own);
  expect(Math.abs(mixed.length / length - 0.25)).toBeLessThan(0.25);
  expect(mixed.length).toBeGreaterThan(2);
});

test("sample weights are mixed as the targets are", async () => {
  const batch = { ...batchOf(), sampleWeight: tensor(Float32Array.from({ length }, (_, index) => index)) };
  const { x, sampleWeight } = augmentations.mixup({ alpha: 1, seed: 2 }).call(batch);
  for (const [own, [pixel]] of (await rowsOf(x[0])).entries())
    expect((await sampleWeight?.data())?.[own]).toBeCloseTo(pixel as number, 4);
});

test("a choice applies one to a batch, as often as its probability says", async () => {
  const none = augmentations.randomChoice([augmentations.mixup({ alpha: 5 })], { probabilities: [0.3], seed: 3 });
  const batch = batchOf();
  const before = (await batch.x[0]?.data())?.join();
  const run = jit(() => none.call(batch).x[0] as Tensor);
  let changed = 0;
  for (let step = 0; step < 100; step++) if ((await run().data()).join() !== before) changed++;
  expect(Math.abs(changed / 100 - 0.3)).toBeLessThan(0.2);
});

const features = Float32Array.from({ length: 40 * 4 }, (_, index) => ((index * 37) % 100) / 100);
const x = { data: features, shape: [40, 4] };
const labels = Float32Array.from({ length: 40 * 3 }, (_, index) => (Math.floor(index / 3) % 3 === index % 3 ? 1 : 0));
const y = { data: labels, shape: [40, 3] };

function classifier(): Sequential {
  setSeed(3);
  const model = sequential([layers.dense({ units: 3, inputShape: [4] })], { name: "net" });
  model.compile({ optimizer: "adam", loss: { className: "categoricalCrossentropy", config: { fromLogits: true } } });
  return model;
}

const weightsOf = async (model: Sequential) =>
  Promise.all(model.getWeights().map(async (each) => [...(await each.data())]));

test("training with mixup learns otherwise than without, and by its seed alone", async () => {
  const train = async (augmented: boolean) => {
    const model = classifier();
    const augmentation = augmentations.mixup({ alpha: 1 });
    await model.fit(x, y, { epochs: 3, batchSize: 16, seed: 5, ...(augmented && { augmentation }) });
    return weightsOf(model);
  };
  const first = await train(true);
  expect(await train(true)).toEqual(first);
  expect(await train(false)).not.toEqual(first);
});

test("a training that goes on draws what it would have drawn", async () => {
  const augmentation = augmentations.mixup();
  const options = { batchSize: 16, seed: 5, augmentation };
  const whole = classifier();
  await whole.fit(x, y, { ...options, epochs: 4 });
  const parts = classifier();
  await parts.fit(x, y, { ...options, epochs: 2 });
  augmentation.reseed(99);
  await parts.fit(x, y, { ...options, epochs: 4, initialEpoch: 2 });
  expect(await weightsOf(parts)).toEqual(await weightsOf(whole));
});

test("an augmentation of one's own is started anew for each epoch, by a number that the seed decides", async () => {
  const seedsOf = async (seed: number) => {
    const seeds: number[] = [];
    const augmentation = {
      name: "probe",
      variables: [],
      reseed: (each: number) => seeds.push(each),
      check: () => {},
      call: (batch: Batch) => batch,
    };
    await classifier().fit(x, y, { epochs: 3, seed, augmentation });
    return seeds;
  };
  const seeds = await seedsOf(5);
  expect(new Set(seeds).size).toBe(3);
  expect(await seedsOf(5)).toEqual(seeds);
  expect(await seedsOf(6)).not.toEqual(seeds);
});

test("validation sees the examples as they are, and a stream is augmented too", async () => {
  const model = classifier();
  const augmentation = augmentations.mixup({ alpha: 1 });
  const { history } = await model.fit(
    function* () {
      yield { x, y };
    },
    { epochs: 2, validationData: { x, y }, augmentation, seed: 1 },
  );
  const { loss } = await model.evaluate(x, y);
  expect(history.valLoss?.at(-1)).toBeCloseTo(loss, 5);
  expect(Math.abs((history.loss?.[0] as number) - (history.valLoss?.[0] as number))).toBeGreaterThan(1e-4);
});

test("what cannot be mixed is refused, with its mend", async () => {
  const sparse = classifier();
  sparse.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
  const augmentation = augmentations.mixup();
  await expect(sparse.fit(x, new Int32Array(40), { augmentation })).rejects.toThrow(
    "fit: mixup: mixes the targets of examples, but the loss sparseCategoricalCrossentropy takes one label for each, of which there is " +
      "no half; compile with categoricalCrossentropy, and give one-hot rows: dataset.oneHot(), or ops.oneHot(tensor(labels), classes)",
  );
  await expect(classifier().fit(x, y, { augmentation: augmentations.cutMix() })).rejects.toThrow(
    "fit: cutMix: the features have the shapes [32, 4], expected images [batch, height, width, channels] as the only input",
  );
  const indices = { data: new Int32Array(40 * 4), shape: [40, 4] };
  await expect(classifier().fit(indices, y, { augmentation })).rejects.toThrow("fit: mixup: the features are int32");
  expect(() => augmentations.mixup({ alpha: 0 })).toThrow("mixup: alpha is 0, expected a finite number > 0");
  expect(() => augmentations.mixup(JSON.parse('{ "alpa": 1 }'))).toThrow(
    'unknown option "alpa", did you mean "alpha"?',
  );
  expect(() => augmentations.randomChoice([augmentations.mixup()], { probabilities: [0.5, 0.6] })).toThrow(
    "randomChoice: probabilities is [0.5, 0.6], expected 1 numbers whose sum is at most 1",
  );
  await expect(classifier().fit(x, y, JSON.parse('{ "augmentation": "mixup" }'))).rejects.toThrow(
    'fit: augmentation is "mixup", expected an augmentation such as augmentations.mixup({ alpha: 0.2 })',
  );
});
