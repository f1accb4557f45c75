/** Transformers in models: a small GPT learns a text by heart with the same bits each time; an encoder and a decoder with masks learn to reverse. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import {
  input,
  layers,
  load,
  model,
  ops,
  optimizers,
  sequential,
  setDevice,
  setSeed,
  tensor,
} from "../../src/index.ts";

beforeAll(() => setDevice("native"));

const text = "the quick brown fox jumps over the lazy dog; a wizard's job is to vex chumps quickly in fog. ";
const vocabulary = [...new Set(text)].sort();
const tokens = Int32Array.from(text, (letter) => vocabulary.indexOf(letter));
const time = 16;

/** Windows of the text, and the same windows one letter later. */
function windows(): { x: Int32Array<ArrayBuffer>; y: Int32Array<ArrayBuffer>; count: number } {
  const count = tokens.length - time;
  const cut = (shift: number) =>
    Int32Array.from({ length: count * time }, (_, index) => {
      const window = Math.floor(index / time);
      return tokens[window + (index % time) + shift] as number;
    });
  return { x: cut(0), y: cut(1), count };
}

function gpt() {
  setSeed(3);
  const block = {
    intermediateDim: 64,
    numHeads: 4,
    normalizeFirst: true,
    activation: "geluTanh",
    dropout: 0.05,
  } as const;
  return sequential([
    layers.input({ shape: [time] }),
    layers.tokenAndPositionEmbedding({ vocabularySize: vocabulary.length, sequenceLength: time, embeddingDim: 32 }),
    layers.transformerDecoder(block),
    layers.transformerDecoder({ ...block, numKeyValueHeads: 2, useRotaryEmbedding: true, useBias: false }),
    layers.layerNormalization({ epsilon: 1e-5 }),
    layers.dense({ units: vocabulary.length }),
  ]);
}

async function trained() {
  const network = gpt();
  network.compile({
    optimizer: optimizers.adamW({ learningRate: 0.004, weightDecay: 0.01 }),
    loss: { className: "sparseCategoricalCrossentropy", config: { fromLogits: true } },
  });
  const { x, y, count } = windows();
  const data = { x: { data: x, shape: [count, time] }, y: { data: y, shape: [count, time] } };
  const { history } = await network.fit(data, { epochs: 60, batchSize: 16, seed: 5, callbacks: [] });
  const weights = await Promise.all(network.variables.map((variable) => variable.data()));
  return { network, losses: history.loss as readonly number[], weights };
}

test("a small GPT learns a text by heart, and does so with the same bits again", async () => {
  const { network, losses, weights } = await trained();
  expect(losses.at(-1)).toBeLessThan(0.5);
  // It goes on with what it has read.
  let written = text.slice(10, 10 + time);
  for (let step = 0; step < 20; step++) {
    const seen = Int32Array.from(written.slice(-time), (letter) => vocabulary.indexOf(letter));
    const logits = network.call(tensor(seen, { shape: [1, time] }));
    const best = await ops.argMax(ops.sliceAxis(logits, 1, -1)).array();
    written += vocabulary[(best as number[][])[0]?.[0] as number];
  }
  expect(written).toBe(text.slice(10, 10 + time + 20));
  const again = await trained();
  expect(again.losses).toEqual(losses);
  expect(again.weights).toEqual(weights);
}, 120_000);

test("an encoder and a decoder with masks learn to turn sequences around, are saved and loaded", async () => {
  setSeed(1);
  const [length, letters, examples] = [5, 6, 384];
  const source = input({ shape: [length], name: "source" });
  const isToken = input({ shape: [length], name: "isToken" });
  const begun = input({ shape: [length], name: "begun" });
  const block = { intermediateDim: 32, numHeads: 2, dropout: 0 };
  const embed = () =>
    layers.tokenAndPositionEmbedding({ vocabularySize: letters + 1, sequenceLength: length, embeddingDim: 16 });
  const encoded = layers
    .transformerEncoder({ ...block, useAttentionMask: true })
    .apply([embed().apply(source), isToken]);
  const decoded = layers
    .transformerDecoder({ ...block, useCrossAttentionMask: true })
    .apply([embed().apply(begun), encoded, isToken]);
  const network = model({
    inputs: { source, isToken, begun },
    outputs: layers.dense({ units: letters + 1 }).apply(decoded),
  });
  // Sequences of 3 to 5 letters, with 0 behind them, and turned around; the decoder gets what comes before each letter.
  const arrays = { source: [] as number[], isToken: [] as number[], begun: [] as number[] };
  const targets: number[] = [];
  for (let example = 0; example < examples; example++) {
    const word = Array.from(
      { length: 3 + (example % 3) },
      (_, at) => 1 + ((example * 7 + at * at * 5 + at * (example >> 2)) % letters),
    );
    const padded = (list: readonly number[]) => [...list, 0, 0, 0, 0, 0].slice(0, length);
    const turned = [...word].reverse();
    arrays.source.push(...padded(word));
    arrays.isToken.push(...padded(word.map(() => 1)));
    arrays.begun.push(...padded([0, ...turned.slice(0, -1)]));
    targets.push(...padded(turned));
  }
  const shaped = (list: readonly number[]) => ({ data: Int32Array.from(list), shape: [examples, length] });
  const x = { source: shaped(arrays.source), isToken: shaped(arrays.isToken), begun: shaped(arrays.begun) };
  network.compile({
    optimizer: optimizers.adam({ learningRate: 0.005 }),
    loss: { className: "sparseCategoricalCrossentropy", config: { fromLogits: true } },
  });
  const { history } = await network.fit(
    { x, y: shaped(targets) },
    { epochs: 40, batchSize: 32, seed: 1, callbacks: [] },
  );
  expect((history.loss as readonly number[]).at(-1)).toBeLessThan(0.1);

  const folder = await mkdtemp(join(tmpdir(), "rappel-transformer-"));
  try {
    await network.save(join(folder, "model"));
    const loaded = await load(join(folder, "model"));
    expect(await loaded.predict(x)).toEqual(await network.predict(x));
  } finally {
    await rm(folder, { recursive: true });
  }
}, 120_000);

test("tied weights are one variable, which learns from both its uses and stays one when it is saved and loaded", async () => {
  setSeed(4);
  const sizes = { vocabularySize: vocabulary.length, sequenceLength: time, embeddingDim: 16 };
  const embedding = layers.tokenAndPositionEmbedding(sizes);
  const network = sequential([
    layers.input({ shape: [time] }),
    embedding,
    layers.transformerDecoder({ intermediateDim: 32, numHeads: 2, normalizeFirst: true }),
    layers.layerNormalization(),
    layers.reverseEmbedding({ embedding: embedding.tokenEmbedding, logitSoftCap: 30 }),
  ]);
  network.compile({
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    loss: { className: "sparseCategoricalCrossentropy", config: { fromLogits: true } },
  });
  const { x, y, count } = windows();
  const data = { x: { data: x, shape: [count, time] }, y: { data: y, shape: [count, time] } };
  const { history } = await network.fit(data, { epochs: 10, batchSize: 16, seed: 5, callbacks: [] });
  const losses = history.loss as readonly number[];
  expect(losses.at(-1)).toBeLessThan(0.6 * (losses[0] as number));
  expect(network.variables.filter(({ shape }) => shape[0] === vocabulary.length)).toHaveLength(1);

  const folder = await mkdtemp(join(tmpdir(), "rappel-tied-"));
  try {
    await network.save(join(folder, "model"));
    const loaded = await load(join(folder, "model"));
    expect(loaded.variables).toHaveLength(network.variables.length);
    expect(await loaded.predict(data.x)).toEqual(await network.predict(data.x));
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
