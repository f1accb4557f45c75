/** What transformers' layers say when they are given what they cannot take, and what masks and seeds do. */
import { beforeEach, expect, test } from "vitest";
import { notEqual } from "../../ops/elementwise.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import { randomNormal, setSeed } from "../../tensor/random.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const inference = { training: false };
const block = { intermediateDim: 8, numHeads: 2 };

beforeEach(() => {
  setSeed(1);
});

test("heads that do not divide the features or each other say so", () => {
  expect(() => layers.transformerEncoder({ ...block, numHeads: 3, name: "block" }).build([5, 8])).toThrow(
    "block: an example has the shape [5, 8], but 3 heads do not divide its 8 features; choose numHeads that do, or put a dense before it",
  );
  const shared = { numHeads: 4, numKeyValueHeads: 3 };
  expect(() => layers.multiHeadAttention({ ...shared, keyDim: 2 })).toThrow(
    "multiHeadAttention: numKeyValueHeads is 3, which does not divide numHeads, 4",
  );
  expect(() => layers.transformerDecoder({ ...block, ...shared })).toThrow(
    "transformerDecoder: numKeyValueHeads is 3, which does not divide numHeads, 4",
  );
  expect(() => layers.multiHeadAttention({ numHeads: 1, keyDim: 3, useRotaryEmbedding: true })).toThrow(
    "keyDim is 3, expected an even number with useRotaryEmbedding",
  );
});

test("a mask of another shape tells both that fit", () => {
  const encoder = layers.transformerEncoder({ ...block, useAttentionMask: true, name: "block" });
  expect(() => encoder.buildAll([[5, 8], [4]])).toThrow(
    "block: the attention mask of an example has the shape [4], expected [5] (the keys that every query may see) or [5, 5] (queries, keys)",
  );
  const attention = layers.multiHeadAttention({ numHeads: 1, keyDim: 2, useAttentionMask: true, name: "attention" });
  expect(() =>
    attention.outputShapeAll([
      [3, 4],
      [5, 4],
      [5, 3],
    ]),
  ).toThrow("has the shape [5, 3], expected [5] (the keys that every query may see) or [3, 5] (queries, keys)");
});

test("a wrong number of inputs names those that are expected", () => {
  const masked = layers.transformerEncoder({ ...block, useAttentionMask: true, name: "block" });
  expect(() => masked.build([5, 8])).toThrow(
    "block: got 1 input, but takes 2: the sequence and, because of useAttentionMask, the mask",
  );
  const plain = layers.transformerEncoder({ ...block, name: "plain" });
  expect(() => plain.buildAll([[5, 8], [5]])).toThrow(
    "plain: got 2 inputs, but takes 1: the sequence; for a mask set useAttentionMask",
  );
  const decoder = layers.transformerDecoder({ ...block, name: "decoder" });
  const x = randomNormal([1, 5, 8]);
  decoder.buildAll([
    [5, 8],
    [3, 8],
  ]);
  expect(() => decoder.call(x, inference)).toThrow(
    "decoder: got 1 input, but was built for 2; give it the encoder's sequence as well",
  );
  const cross = layers.transformerDecoder({ ...block, useCrossAttentionMask: true, name: "cross" });
  expect(() => cross.buildAll([[5, 8], [5]])).toThrow(
    "cross: got 2 inputs, but takes the sequence, the encoder's sequence, the mask of the attention to the encoder",
  );
  const attention = layers.multiHeadAttention({ numHeads: 1, keyDim: 2, useAttentionMask: true, name: "attention" });
  expect(() => attention.build([5, 8])).toThrow(
    "attention: got 1 input, but takes 2 to 4: query, value, key and, because of useAttentionMask, the mask",
  );
});

test("sequences longer than there are positions, and odd widths, are refused", () => {
  expect(() => layers.positionEmbedding({ sequenceLength: 4, name: "positions" }).build([5, 8])).toThrow(
    "positions: an example has the shape [5, 8], 5 positions, but sequenceLength is 4; cut the sequences, or make sequenceLength larger",
  );
  const both = { vocabularySize: 9, sequenceLength: 4, embeddingDim: 2 };
  expect(() => layers.tokenAndPositionEmbedding(both).outputShape([5])).toThrow("5 positions, but sequenceLength is 4");
  expect(() => layers.sinusoidalPositionEncoding().build([4, 3])).toThrow("expected an even number of features");
  expect(() => layers.rotaryEmbedding().build([4, 3])).toThrow("with 3 features, expected an even number");
  expect(() => layers.rotaryEmbedding({ sequenceAxis: -1 }).build([4, 4])).toThrow(
    "sequenceAxis is -1 and featureAxis -1 in inputs of 3 axes; they must be two axes other than the batch axis",
  );
});

test("mistyped options suggest the nearest", () => {
  expect(() => Reflect.construct(layers.TransformerEncoder, [{ ...block, intermediate_dim: 4 }])).toThrow(
    'did you mean "intermediateDim"?',
  );
  expect(() => Reflect.construct(layers.TransformerDecoder, [{ ...block, normFirst: true }])).toThrow(
    /transformerDecoder: unknown option "normFirst"/,
  );
});

test("what a mask hides changes nothing, and a query that may see nothing gives no NaN", async () => {
  const encoder = layers.transformerEncoder({ ...block, useAttentionMask: true });
  encoder.buildAll([[4, 8], [4]]);
  const mask = tensor([[1, 1, 0, 0]], { dtype: "bool" });
  const x = randomNormal([1, 4, 8]);
  const start = sliceAxis(encoder.callAll([x, mask], inference), 1, 0, 2);
  const shorter = sliceAxis(x, 1, 0, 2);
  const all = tensor([[1, 1]]);
  const expected = await encoder.callAll([shorter, all], inference).data();
  for (const [index, value] of (await start.data()).entries()) expect(value).toBeCloseTo(expected[index] as number, 5);
  const nothing = await encoder.callAll([x, tensor([[0, 0, 0, 0]])], inference).data();
  expect(nothing.every(Number.isFinite)).toBe(true);
});

test("a decoder sees nothing of what comes later", async () => {
  const decoder = layers.transformerDecoder({ ...block, useRotaryEmbedding: true, normalizeFirst: true });
  decoder.build([5, 8]);
  const x = randomNormal([2, 5, 8]);
  const whole = await sliceAxis(decoder.call(x, inference), 1, 0, 3).data();
  const start = await decoder.call(sliceAxis(x, 1, 0, 3), inference).data();
  for (const [index, value] of whole.entries()) expect(value).toBeCloseTo(start[index] as number, 5);
});

test("a seed fixes what a block drops; each of its dropouts draws other numbers", async () => {
  const make = () => {
    setSeed(2);
    const encoder = layers.transformerEncoder({ ...block, dropout: 0.5, intermediateDropout: 0.5, seed: 7 });
    encoder.build([4, 8]);
    return encoder;
  };
  const x = randomNormal([2, 4, 8]);
  const [first, second] = [make(), make()];
  const dropped = await first.call(x, { training: true }).data();
  expect(await second.call(x, { training: true }).data()).toEqual(dropped);
  const seeds = await Promise.all(
    [...first.weights].filter(([name]) => name.endsWith("generator")).map(async ([, state]) => (await state.data())[0]),
  );
  expect(new Set(seeds).size).toBe(4);
});

test("a mask that comes with the tokens hides padding from attention, as the one among the inputs does, and is handed on", async () => {
  const embed = layers.tokenAndPositionEmbedding({
    vocabularySize: 5,
    sequenceLength: 4,
    embeddingDim: 8,
    maskZero: true,
  });
  embed.build([4]);
  const tokens = tensor([
    [1, 2, 0, 0],
    [3, 4, 1, 0],
  ]);
  const embedded = embed.run([tokens], inference);
  const [masked, given] = [{ ...block }, { ...block, useAttentionMask: true }].map((options) =>
    layers.transformerEncoder(options),
  ) as [layers.TransformerEncoder, layers.TransformerEncoder];
  masked.build([4, 8]);
  given.buildAll([[4, 8], [4]]);
  for (const [name, weight] of masked.weights) given.weight(name).assign(weight);
  const { outputs, masks } = masked.run(embedded.outputs, { ...inference, masks: embedded.masks });
  expect(await masks[0]?.array()).toEqual([
    [1, 1, 0, 0],
    [1, 1, 1, 0],
  ]);
  const met = (await outputs[0]?.array()) as number[][][];
  const isToken = notEqual(tokens, 0);
  const x = embedded.outputs[0] as Tensor;
  const expected = (await given.callAll([x, isToken], inference).array()) as number[][][];
  for (const [example, length] of [2, 3].entries()) {
    const [actual, wanted] = [met, expected].map((each) => each[example]?.slice(0, length).flat() ?? []);
    expect(actual).toHaveLength(length * 8);
    for (const [index, value] of wanted?.entries() ?? []) expect(actual?.[index]).toBeCloseTo(value, 5);
  }

  const decoder = layers.transformerDecoder(block);
  decoder.buildAll([
    [3, 8],
    [4, 8],
  ]);
  const target = randomNormal([2, 3, 8]);
  const told = await decoder
    .run([target, x], { ...inference, masks: [undefined, embedded.masks[0]] })
    .outputs[0]?.data();
  const cross = layers.transformerDecoder({ ...block, useCrossAttentionMask: true });
  cross.buildAll([[3, 8], [4, 8], [4]]);
  for (const [name, weight] of decoder.weights) cross.weight(name).assign(weight);
  const toldByMask = await cross.callAll([target, x, isToken], inference).data();
  for (const [index, value] of toldByMask.entries()) expect(told?.[index]).toBeCloseTo(value, 5);
});

test("an embedding is used backwards only where it fits", () => {
  const embedding = layers.embedding({ inputDim: 9, outputDim: 4 });
  expect(() => layers.reverseEmbedding({ embedding, name: "scores" }).build([5, 3])).toThrow(
    "scores: an example has the shape [5, 3], but the embedding's vectors have 4 features; put a dense of 4 units before it",
  );
  expect(() => Reflect.construct(layers.ReverseEmbedding, [{ embedding: layers.dense({ units: 4 }) }])).toThrow(
    /reverseEmbedding: embedding is an object of Dense, expected an embedding/,
  );
  const sizes = { vocabularySize: 9, sequenceLength: 5, embeddingDim: 3, tokenEmbedding: embedding };
  expect(() => layers.tokenAndPositionEmbedding(sizes)).toThrow(
    "tokenEmbedding has 9 tokens, vectors of 4 and maskZero false, but vocabularySize is 9, embeddingDim 3",
  );
});

test("positions: learned ones by index, fixed ones as waves, both for every example alike", async () => {
  const learned = layers.positionEmbedding({ sequenceLength: 5 });
  learned.build([3, 2]);
  const table = (await learned.weight("embeddings").array()) as number[][];
  expect(await learned.call(randomNormal([2, 3, 2])).array()).toEqual([table.slice(0, 3), table.slice(0, 3)]);

  const fixed = layers.sinusoidalPositionEncoding({ maxWavelength: 100 });
  fixed.build([4, 6]);
  const waves = (await fixed.call(randomNormal([2, 4, 6])).array()) as number[][][];
  for (const example of waves)
    for (const [position, row] of example.entries())
      for (const [column, value] of row.entries()) {
        const angle = position / 100 ** ((column - (column % 2)) / 6);
        expect(value).toBeCloseTo(column % 2 === 0 ? Math.sin(angle) : Math.cos(angle), 5);
      }
});
