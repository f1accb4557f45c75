/** Indices that a layer has nothing for are told with layer, example and value, wherever the layer stands. */
import { beforeEach, describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import * as layers from "../../layers/index.ts";
import type { CallContext } from "../../layers/layer.ts";
import { add, multiply } from "../../ops/elementwise.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Model } from "../model.ts";
import { input, model } from "../networks/functional.ts";
import { sequential } from "../networks/sequential.ts";

beforeEach(() => {
  setDevice(reference);
  setSeed(1);
});

const words = () => layers.embedding({ inputDim: 3, outputDim: 2, name: "words" });
const end = () => [layers.flatten(), layers.dense({ units: 1 })];

class Own extends Model {
  readonly words = words();
  readonly head = layers.dense({ units: 1 });
  readonly flat = layers.flatten();
  /** The first number is a size, the others are words. */
  override call(x: Tensor, context: CallContext) {
    return this.head.call(this.flat.call(this.words.call(sliceAxis(x, 1, 1, 3))), context);
  }
}

const [size, tokens] = [input({ shape: [1], name: "size" }), input({ shape: [2], name: "tokens" })];

/** Models for examples of which the last number is looked up. */
const models: Readonly<
  Record<
    string,
    () => { net: Model; path: string; x: (value: number) => Parameters<Model["predict"]>[0]; label?: string }
  >
> = {
  "behind a reshape": () => ({
    net: sequential([layers.reshape({ targetShape: [2], inputShape: [2, 1] }), words(), ...end()], { name: "net" }),
    path: "net/words",
    x: (value) => [
      [[0], [2]],
      [[1], [value]],
    ],
  }),
  "in a model inside": () => ({
    net: sequential([sequential([words()], { name: "inner" }), ...end()], { name: "net" }),
    path: "net/inner/words",
    x: (value) => [
      [0, 2],
      [1, value],
    ],
  }),
  "for each step": () => ({
    net: sequential([layers.timeDistributed({ layer: words(), name: "each" }), ...end()], { name: "net" }),
    path: "net/each/layer",
    x: (value) => [
      [[0], [2]],
      [[1], [value]],
    ],
  }),
  "behind a concatenation of two inputs": () => ({
    net: model({
      inputs: [size, tokens],
      outputs: layers
        .dense({ units: 1 })
        .apply(
          layers
            .flatten()
            .apply(words().apply(layers.concatenate().apply([layers.permute({ dims: [1] }).apply(size), tokens]))),
        ),
      name: "net",
    }),
    path: "net/words",
    x: (value) => ({
      size: [[0], [1]],
      tokens: [
        [0, 2],
        [1, value],
      ],
    }),
    label: "x.tokens",
  }),
  "in a part of the input, by a class": () => ({
    net: new Own("net"),
    path: "net/words",
    x: (value) => [
      [7.5, 1, 2],
      [-3, 1, value],
    ],
  }),
  "with positions": () => ({
    net: sequential(
      [
        layers.tokenAndPositionEmbedding({ vocabularySize: 3, sequenceLength: 2, embeddingDim: 2, name: "both" }),
        ...end(),
      ],
      { name: "net" },
    ),
    path: "net/both",
    x: (value) => [
      [0, 2],
      [1, value],
    ],
  }),
};

describe.each(Object.entries(models))("%s", (_, make) => {
  test.each([3, -1, 0.5])("the index %s", async (value) => {
    const { net, path, x, label = "x" } = make();
    net.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const message = (owner: string) =>
      `${owner}: ${label} holds ${value} in example 1 (counted from 0), but ${path} takes whole numbers in [0, 3); make the layer for more of them`;
    const wrong = x(value) as Parameters<Model["trainOnBatch"]>[0];
    const right = x(2) as Parameters<Model["trainOnBatch"]>[0];
    await expect(net.predict(wrong)).rejects.toThrow(message("predict"));
    await expect(net.fit({ x: wrong, y: [1, 2] })).rejects.toThrow(message("fit"));
    await expect(net.evaluate({ x: wrong, y: [1, 2] })).rejects.toThrow(message("evaluate"));
    await expect(net.trainOnBatch(wrong, [1, 2])).rejects.toThrow(message("trainOnBatch"));
    await expect(
      net.fit(() => [
        { x: right, y: [1, 2] },
        { x: wrong, y: [1, 2] },
      ]),
    ).rejects.toThrow(message("fit: batch 1 of the stream"));
    await net.fit({ x: right, y: [1, 2] });
    expect((await net.predict(right)).shape).toEqual([2, 1]);
  });
});

test("texts with more tokens than the embedding has vectors", async () => {
  const vectorize = layers.textVectorization({
    vocabulary: ["a", "b", "c"],
    outputSequenceLength: 2,
    name: "vectorize",
  });
  const net = sequential([vectorize, words()], { name: "net" });
  await expect(net.predict(["a", "a b"])).rejects.toThrow(
    "predict: x gives the index 3 in example 1 (counted from 0), by net/vectorize, but net/words takes whole numbers in [0, 3); " +
      "make it for as many as there are tokens, such as inputDim: vectorize.vocabularySize()",
  );
});

describe.each(devices.map((device) => [device.name, device] as const))("computed indices, on %s", (_, device) => {
  const net = () => {
    const doubled = layers.lambda({ function: (x: Tensor) => add(multiply(x, 2), 1), name: "doubled" });
    const network = sequential([doubled, words(), ...end()], { name: "net" });
    network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return network;
  };
  const x = Array.from({ length: 9 }, (_, index) => [0, index === 5 ? 4 : 0]);
  const y = x.map(() => 1);
  const told = (owner: string, example = 5) =>
    `${owner}: net/words gets the index 9 for example ${example} of a batch (counted from 0), but takes whole numbers in [0, 3); it is computed by`;

  test("are told when they are met", async () => {
    setDevice(device);
    await expect(net().predict(x)).rejects.toThrow(told("predict"));
    await expect(net().predict(x, { batchSize: 4 })).rejects.toThrow(told("predict", 1));
    await expect(net().predict([x].values())).rejects.toThrow(told("predict: batch 0 of the stream"));
    await expect(net().trainOnBatch(x, y)).rejects.toThrow(told("trainOnBatch"));
    await expect(net().evaluate(x, y)).rejects.toThrow(told("evaluate"));
    await expect(net().evaluate([{ x, y }].values())).rejects.toThrow(told("evaluate"));
    await expect(net().fit(x, y, { shuffle: false, batchSize: 4 })).rejects.toThrow(told("fit", 1));
    await expect(net().fit(() => [{ x, y }])).rejects.toThrow(told("fit"));
    const right = { x: x.slice(0, 3), y: y.slice(0, 3) };
    await expect(net().fit(right, { validationData: { x, y } })).rejects.toThrow(told("fit: validation"));
  });
});
