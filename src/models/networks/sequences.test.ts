/** Models of sequences: masks travel from layer to layer to losses and metrics; states go from encoders to decoders. */
import { expect, test, vi } from "vitest";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import { sequenceMask } from "../../ops/sequence-mask.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Model } from "../model.ts";
import { input, model } from "./functional.ts";
import { sequential } from "./sequential.ts";

const context = { training: false };
const ids = (rows: readonly (readonly number[])[]) =>
  tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0] });

/** Sequences of 1 to `length` words, padded with 0; the label is whether the first word is odd, which must be remembered. */
function firstWordOdd(examples: number, length: number, words: number) {
  let state = 12345;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const rows = Array.from({ length: examples }, () => {
    const size = 1 + random(length);
    return Array.from({ length }, (_, at) => (at < size ? 1 + random(words) : 0));
  });
  return { x: rows, y: rows.map((row) => [(row[0] as number) % 2]) };
}

test("a masked model learns, and padding does not change what it predicts", async () => {
  setSeed(3);
  const { x, y } = firstWordOdd(192, 6, 6);
  const classifier = sequential([
    layers.input({ shape: [6], dtype: "int32" }),
    layers.embedding({ inputDim: 7, outputDim: 6, maskZero: true }),
    layers.spatialDropout1d({ rate: 0.05 }),
    layers.gru({ units: 12 }),
    layers.dense({ units: 1 }),
  ]);
  classifier.compile({
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    loss: losses.binaryCrossentropy({ fromLogits: true }),
  });
  const { history } = await classifier.fit(x, y, { epochs: 12, batchSize: 32, seed: 1, callbacks: [] });
  expect(history.loss?.at(-1)).toBeLessThan(0.25);

  const call = async (rows: number[][]) => (await classifier.call(ids(rows)).array()) as number[][];
  const [[short = 0] = []] = await call([[3, 5, 0, 0, 0, 0]]);
  expect(await call([[0, 0, 0, 0, 3, 5]])).toEqual([[expect.closeTo(short, 5)]]);
  expect(await call([[3, 0, 0, 5, 0, 0]])).toEqual([[expect.closeTo(short, 5)]]);
});

test("loss and metrics of sequences leave masked steps out", async () => {
  const tagger = sequential([
    layers.masking({ inputShape: [3, 1] }),
    layers.dense({ units: 1, kernelInitializer: "ones" }),
  ]);
  tagger.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  const x = tensor([
    [[2], [4], [0]],
    [[1], [0], [0]],
  ]);
  const y = tensor([
    [[1], [1], [70]],
    [[5], [80], [90]],
  ]);
  // Errors 1, 3 and -4; what is masked would add thousands.
  expect(
    await tagger.evaluate({ data: await x.data(), shape: x.shape }, { data: await y.data(), shape: y.shape }),
  ).toMatchObject({
    loss: expect.closeTo((1 + 9 + 16) / 3, 5),
    meanAbsoluteError: expect.closeTo((1 + 3 + 4) / 3, 5),
  });
});

test("an encoder's state begins a decoder, and the model is rebuilt from its configuration", async () => {
  const source = input({ shape: [4], dtype: "int32", name: "source" });
  const target = input({ shape: [3], dtype: "int32", name: "target" });
  const embed = layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true, name: "embed" });
  const encoder = layers.bidirectional({
    layer: layers.lstm({ units: 2, returnState: true }),
    mergeMode: null,
    name: "encoder",
  });
  const [, backward, ...state] = encoder.applyOutputs(embed.apply(source));
  expect(state.map(({ shape }) => shape)).toEqual([[2], [2], [2], [2]]);
  const decoder = layers.lstm({ units: 2, returnSequences: true, name: "decoder" });
  const decoded = decoder.apply([embed.apply(target), ...state.slice(0, 2)]);
  const translator = model({
    inputs: { source, target },
    outputs: {
      word: layers.dense({ units: 5, name: "word" }).apply(decoded),
      summary: backward as layers.SymbolicTensor,
    },
    name: "translator",
  });
  expect(translator.summary()).toContain("encoder");

  const { className, config } = JSON.parse(JSON.stringify(translator.config()));
  expect(className).toBe("functional");
  const { FunctionalModel } = await import("./functional.ts");
  const copy = FunctionalModel.fromConfig(config);
  expect(copy.config()).toEqual(translator.config());
  copy.setWeights(translator.getWeights());
  const batch = [ids([[1, 2, 0, 0]]), ids([[3, 4, 0]])];
  const results = translator.callAll(batch);
  for (const [index, output] of copy.callAll(batch).entries())
    expect(await output.data()).toEqual(await results[index]?.data());
  // The mask of the target goes to the loss of the words; a state has none.
  const { masks } = translator.run(batch, context);
  expect(await masks[0]?.array()).toEqual([[1, 1, 0]]);
  expect(masks[1]).toBeUndefined();
});

test("a mask may be an input of the model", async () => {
  const x = input({ shape: [3, 2], name: "x" });
  const kept = input({ shape: [3], name: "kept" });
  const pool = layers.globalAveragePooling1d({ name: "pool" });
  const averaged = model({ inputs: { x, kept }, outputs: pool.apply(x, { mask: kept }) });
  const copy = (await import("./functional.ts")).FunctionalModel.fromConfig(
    JSON.parse(JSON.stringify(averaged.config().config)),
  );
  const values = tensor([
    [
      [1, 2],
      [3, 4],
      [50, 60],
    ],
  ]);
  for (const each of [averaged, copy])
    expect(await each.callAll([values, tensor([[1, 1, 0]])])[0]?.array()).toEqual([[2, 3]]);
  expect(averaged.summary()).toContain("x, kept");

  expect(() => pool.apply(x, { mask: input({ shape: [4] }) })).toThrow(
    "examples of the mask have the shape [4] and those of the input [3, 2]; expected [3], one value for each step",
  );
  expect(() => layers.flatten({ name: "flat" }).apply(x, { mask: kept })).toThrow(
    "flat.apply: got a mask, but a flatten does not support masks; leave it out",
  );
  expect(() => pool.apply(x, { mask: 3 as never })).toThrow("mask is 3, expected what input({ shape: [time] }) gives");
  expect(() => pool.apply(x, { masks: kept } as never)).toThrow('unknown option "masks", did you mean "mask"?');
  expect(() => pool.apply(x, { mask: [kept, kept] })).toThrow("got 2 masks for 1 inputs; give one each");
});

test("masks given to a model go to its first layers, also inside a model inside", async () => {
  const pooled = () => layers.globalAveragePooling1d();
  const inner = sequential([layers.dense({ units: 1, kernelInitializer: "ones", inputShape: [3, 1] }), pooled()]);
  const outer = sequential([layers.rescaling({ scale: 2, inputShape: [3, 1] }), inner]);
  const x = tensor([[[1], [2], [90]]]);
  const masks = [sequenceMask(tensor([2]), 3)];
  expect(await outer.callAll([x], { training: false, masks })[0]?.array()).toEqual([[3]]);
  expect(await outer.call(x).array()).toEqual([[62]]);
});

test("a layer in the way that knows no masks warns once, and what follows sees none", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const net = sequential([
    layers.masking({ inputShape: [4, 1] }),
    layers.conv1d({ filters: 1, kernelSize: 1, kernelInitializer: "ones", name: "conv" }),
    layers.globalAveragePooling1d(),
  ]);
  const x = tensor([[[4], [0], [0], [0]]]);
  expect(await net.call(x).array()).toEqual([[1]]);
  await net.call(x).array();
  expect(warn.mock.calls.length).toBe(1);
  expect(warn.mock.calls[0]?.[0]).toContain("/conv: its input has a mask, but a conv1d does not support masks");
  warn.mockRestore();
});

test("a layer of several results has no place in a sequential model", () => {
  expect(() => sequential([layers.lstm({ units: 2, returnState: true, inputShape: [3, 2], name: "memory" })])).toThrow(
    "memory: gives several results, but in a sequential model each layer hands one to the next; connect the layers with model(",
  );
});

test("a stateful model trains over long sequences in pieces, and goes on where it stopped", async () => {
  setSeed(1);
  const layer = layers.lstm({ units: 3, stateful: true, batchSize: 2 });
  const net = sequential([layers.input({ shape: [2, 1] }), layer, layers.dense({ units: 1 })]);
  net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "meanSquaredError" });
  const pieces = tensor([1, 2, 3, 4, 5, 6, 7, 8], { shape: [4, 2, 1] });
  const data = { data: await pieces.data(), shape: pieces.shape };
  const targets = { data: new Float32Array(4), shape: [4, 1] };
  const states = async () =>
    Promise.all([...layer.weights].filter(([name]) => name.startsWith("state")).map(([, v]) => v.data()));
  const zeros = await states();
  await net.fit(data, targets, { epochs: 1, batchSize: 2, shuffle: false, callbacks: [] });
  const afterFit = await states();
  expect(afterFit).not.toEqual(zeros);
  layer.resetStates();
  expect(await states()).toEqual(zeros);
  await net.predict(data, { batchSize: 2 });
  expect(await states()).toEqual(afterFit);
  await expect(net.predict(data, { batchSize: 3 })).rejects.toThrow(
    "the batch has 3 examples, but a stateful layer keeps the states of 2",
  );
});

test("the bits are the same again for the same seed", async () => {
  const run = async () => {
    setSeed(5);
    const net = sequential([
      layers.masking({ inputShape: [4, 2] }),
      layers.bidirectional({
        layer: layers.gru({ units: 3, dropout: 0.2, recurrentDropout: 0.2, returnSequences: true }),
      }),
      layers.multiHeadAttention({ numHeads: 1, keyDim: 2 }),
      layers.globalAveragePooling1d(),
      layers.dense({ units: 1 }),
    ]);
    net.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const x = {
      data: Float32Array.from({ length: 64 }, (_, index) => (index % 8 < 5 ? Math.sin(index) : 0)),
      shape: [8, 4, 2],
    };
    const y = { data: Float32Array.from({ length: 8 }, (_, index) => Math.cos(index)), shape: [8, 1] };
    await net.fit(x, y, { epochs: 2, batchSize: 4, seed: 2, callbacks: [] });
    return Promise.all(net.getWeights().map((weight: Tensor) => weight.data()));
  };
  expect(await run()).toEqual(await run());
});

test("in a model of one's own masks go from layer to layer, to the loss and out of models inside", async () => {
  class Tagger extends Model {
    readonly embed = layers.embedding({ inputDim: 3, outputDim: 1, embeddingsInitializer: "ones", maskZero: true });
    readonly inner = sequential([layers.dense({ units: 1, kernelInitializer: "ones" })]);
    readonly pool = layers.globalAveragePooling1d();
    pools = false;
    override call(x: Tensor, context: layers.CallContext = { training: false }): Tensor {
      const hidden = this.inner.call(this.embed.call(x), context);
      const pooled = this.pool.call(hidden, context);
      return this.pools ? pooled : hidden;
    }
  }
  const tagger = new Tagger();
  tagger.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
  tagger.build([3]);
  const x = ids([
    [1, 2, 0],
    [1, 0, 0],
  ]);
  tagger.embed.weight("embeddings").assign(tensor([[50], [1], [3]]));
  expect(await tagger.run([x]).masks[0]?.array()).toEqual([
    [1, 1, 0],
    [1, 0, 0],
  ]);
  const y = { data: Float32Array.from([2, 2, 7, 2, 7, 7]), shape: [2, 3, 1] };
  const data = { data: Int32Array.from([1, 2, 0, 1, 0, 0]), shape: [2, 3] };
  expect(await tagger.evaluate(data, y)).toMatchObject({ loss: 1, meanAbsoluteError: 1 });
  tagger.pools = true;
  expect(await tagger.call(x).array()).toEqual([[2], [1]]);
  expect(Object.hasOwn(tagger.embed, "call") || Object.hasOwn(tagger.inner, "call")).toBe(false);
});
