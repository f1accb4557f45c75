/** Models that take texts: training, judging and predicting from them, saved and loaded, and what they refuse. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import { load, saveModel } from "../../io/model.ts";
import * as layers from "../../layers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { input, model } from "../networks/functional.ts";
import { type Sequential, sequential } from "../networks/sequential.ts";

beforeEach(() => {
  setDevice(reference);
  setSeed(1);
});

const good = [
  "a good film",
  "good, good acting",
  "I loved it",
  "loved the good music",
  "such a good ending",
  "a film I loved",
];
const bad = [
  "a bad film",
  "bad bad acting",
  "I hated it",
  "hated the bad music!",
  "such a bad ending",
  "A film I hated",
];
const texts = [...good, ...bad];
const labels = Float32Array.from(texts, (_, index) => (index < good.length ? 1 : 0));

async function vectorizer(options: layers.TextVectorizationOptions = { outputSequenceLength: 5 }) {
  const layer = layers.textVectorization({ name: "words", ...options });
  await layer.adapt(texts);
  return layer;
}

async function sequenceModel(): Promise<Sequential> {
  const words = await vectorizer();
  const network = sequential(
    [
      words,
      layers.embedding({ inputDim: words.vocabularySize(), outputDim: 4, maskZero: true }),
      layers.globalAveragePooling1d(),
      layers.dense({ units: 1, activation: "sigmoid" }),
    ],
    { name: "reviews" },
  );
  network.compile({
    optimizer: { className: "adam", config: { learningRate: 0.1 } },
    loss: "binaryCrossentropy",
    metrics: ["accuracy"],
  });
  return network;
}

async function bagModel(): Promise<Sequential> {
  const network = sequential([await vectorizer({ outputMode: "tfIdf", ngrams: 2 }), layers.dense({ units: 1 })], {
    name: "bag",
  });
  network.compile({
    optimizer: { className: "adam", config: { learningRate: 0.1 } },
    loss: { className: "binaryCrossentropy", config: { fromLogits: true } },
    metrics: [{ className: "binaryAccuracy", config: { threshold: 0, name: "accuracy" } }],
  });
  return network;
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "texts-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test.each([
    ["indices", sequenceModel],
    ["tf-idf", bagModel],
  ])("a model over %s learns from texts, and predicts from them after it was saved and loaded", async (_, make) => {
    setDevice(device);
    const network = await make();
    const { history } = await network.fit(texts, labels, {
      epochs: 30,
      batchSize: 4,
      seed: 1,
      validationData: { x: ["a good ending", "I hated the acting"], y: [1, 0] },
    });
    expect(history.valAccuracy?.at(-1)).toBe(1);
    expect((await network.evaluate({ x: texts, y: labels })).accuracy).toBe(1);
    const queries = ["what a good film", "they hated such music", ""];
    const before = await (await network.predict(queries)).data();
    expect(before[0]).toBeGreaterThan(before[1] as number);
    const after = await inFolder(async (folder) => {
      await saveModel(network, folder);
      const loaded = await load(folder);
      expect((await loaded.evaluate(texts, labels)).accuracy).toBe(1);
      return (await loaded.predict(queries)).data();
    });
    // The reference device computes in float64, of which files keep float32.
    if (device === reference)
      for (const [index, value] of after.entries()) expect(value).toBeCloseTo(before[index] as number, 5);
    else expect(after).toEqual(before);
    expect(await (await network.predict(queries.map((text) => [text]))).data()).toEqual(before);
  });
});

test("texts and numbers enter one model side by side, by name; one layer may look up two inputs", async () => {
  const colours = layers.stringLookup({ vocabulary: ["red", "green", "blue"], outputMode: "oneHot", name: "colours" });
  const [front, back] = [
    input({ shape: [1], dtype: "string", name: "front" }),
    input({ shape: [], dtype: "string", name: "back" }),
  ];
  const size = input({ shape: [2], name: "size" });
  const joined = layers
    .concatenate()
    .apply([colours.apply(front), layers.hashing({ numBins: 3, outputMode: "oneHot" }).apply(back), size]);
  const network = model({
    inputs: [front, back, size],
    outputs: layers.dense({ units: 1 }).apply(joined),
    name: "both",
  });
  network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const x = { front: ["red", "pink"], back: ["a", "b"], size: [[1, 2], [3, 4]] }; // biome-ignore format: one line
  await network.fit({ x, y: [1, 2] }, { epochs: 2 });
  const before = await (await network.predict(x)).data();
  const after = await inFolder(async (folder) => {
    await saveModel(network, folder);
    return (await (await load(folder)).predict(x)).data();
  });
  expect(after).toEqual(before);
  expect(network.summary()).toContain("colours (stringLookup)");
});

test("a stream of batches, a batch of its own, and a validation split take texts", async () => {
  const network = await bagModel();
  await network.fit(
    function* () {
      for (let start = 0; start < texts.length; start += 4)
        yield { x: texts.slice(start, start + 4), y: labels.slice(start, start + 4) };
    },
    { epochs: 2 },
  );
  expect((await network.trainOnBatch(texts, labels)).loss).toBeGreaterThan(0);
  const { history } = await network.fit(texts, labels, { validationSplit: 0.25 });
  expect(history.valLoss).toHaveLength(1);
});

test("a declared input may stand before the text layer", async () => {
  const words = await vectorizer();
  const network = sequential([
    layers.input({ shape: [1], dtype: "string" }),
    words,
    layers.embedding({ inputDim: 30, outputDim: 2 }),
  ]);
  expect(network.outputShape).toEqual([5, 2]);
  expect((await network.predict(["a film", "good"])).shape).toEqual([2, 5, 2]);
});

test("texts for numbers, numbers for texts and unknown shapes are refused with their mend", async () => {
  const numeric = sequential([layers.dense({ units: 1, inputShape: [2] })], { name: "net" });
  numeric.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await expect(numeric.fit(["a", "b"], [1, 2])).rejects.toThrow(
    "fit: x holds texts, expected numbers; for features put layers.textVectorization or layers.stringLookup first in the model",
  );
  await expect(numeric.fit([[1, 2]], ["yes"])).rejects.toThrow("fit: y holds texts, expected numbers");
  const network = await sequenceModel();
  await expect(network.predict([1, 2])).rejects.toThrow(
    'predict: x holds numbers, but reviews/words takes texts: give arrays of them, such as ["one", "two"] for two examples',
  );
  await expect(network.predict(tensor([[1]]))).rejects.toThrow(
    "predict: x is the tensor float32[1, 1], but reviews/words takes texts",
  );
  await expect(network.predict([["one", "two"]])).rejects.toThrow(
    "reviews/words: an example has the shape [2], but the layer takes one text, [] or [1]",
  );
  await expect(network.predict(JSON.parse('["a", 1]'))).rejects.toThrow("predict: x[1] is 1, expected a text");
  await expect(network.predict("one")).rejects.toThrow('predict: x is "one", expected an array of texts');
  await expect(network.fit(texts, labels.slice(1))).rejects.toThrow("fit: x has 12 examples and y has 11");
});

test("a text layer stands where data enter a model, and nowhere else", async () => {
  const words = await vectorizer();
  expect(() => sequential([layers.dense({ units: 1, name: "d" }), words], { name: "net" })).toThrow(
    "net/words: takes texts, but net/d before it gives numbers; put it first in a sequential model, or apply it to " +
      'input({ shape, dtype: "string" })',
  );
  const text = input({ shape: [], dtype: "string", name: "text" });
  expect(() => layers.dense({ units: 1, name: "d" }).apply(text)).toThrow(
    "d: takes numbers, but text before it gives texts; put layers.textVectorization or layers.stringLookup between them",
  );
  expect(() => layers.stringLookup({ vocabulary: ["a"], name: "s" }).apply(input({ shape: [2], name: "n" }))).toThrow(
    "s: takes texts, but n before it gives numbers",
  );
  const [first, second] = ["l", "r"].map((name) =>
    layers.stringLookup({ vocabulary: ["a"], outputMode: "oneHot", name }).apply(text),
  );
  if (first && second)
    expect(() => model({ inputs: text, outputs: layers.add().apply([first, second]), name: "two" })).toThrow(
      'two: l and r are applied to the texts of the input "text"; declare an input for each, and give both the same texts',
    );
  const inner = sequential([layers.stringLookup({ vocabulary: ["a"], outputMode: "oneHot", inputShape: [1] })], {
    name: "inner",
  });
  expect(() => inner.apply(input({ shape: [1] }))).toThrow("inner: takes texts, but input");
});

test("what is not adapted says so", async () => {
  const words = layers.textVectorization({ outputSequenceLength: 3, name: "words" });
  expect(() => words.transform(["a"])).toThrow(
    "words: has no vocabulary; call adapt with the training data, or give vocabulary",
  );
  const network = sequential([words, layers.embedding({ inputDim: 9, outputDim: 2 })], { name: "net" });
  await expect(network.predict(["a"])).rejects.toThrow("net/words: has no vocabulary");
  await words.adapt(["a", "b b"]);
  expect((await network.predict(["a b c d"])).shape).toEqual([1, 3, 2]);
  expect(() => sequential([layers.textVectorization({ outputMode: "count", inputShape: [] })])).toThrow(
    "has no vocabulary",
  );
  expect(() => sequential([layers.textVectorization({ vocabulary: ["a"], inputShape: [] })])).toThrow(
    "has no outputSequenceLength, which a model needs",
  );
  const integers = layers.integerLookup({ name: "numbers" });
  expect(() => integers.build([2])).toThrow("numbers: has no vocabulary");
});
