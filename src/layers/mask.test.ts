/** Masks: where they come from, which layers hand them on, and who heeds them. */
import { describe, expect, test, vi } from "vitest";
import { sequenceMask } from "../ops/sequence-mask.ts";
import { setDevice } from "../tensor/storage.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as layers from "./index.ts";

setDevice("reference");

const context = { training: false };
const bools = (rows: readonly (readonly number[])[]) =>
  tensor(Uint8Array.from(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0], dtype: "bool" });
const run = (layer: layers.Layer, inputs: readonly Tensor[], masks: readonly layers.Mask[]) => {
  if (!layer.built) layer.buildAll(inputs.map(({ shape }) => shape.slice(1)));
  return layer.run(inputs, { ...context, masks });
};
/** The mask of a layer's first result, as nested arrays. */
const maskAfter = async (layer: layers.Layer, inputs: readonly Tensor[], masks: readonly layers.Mask[]) =>
  (await run(layer, inputs, masks).masks[0]?.array()) ?? undefined;

const sequence = tensor([
  [
    [1, 2],
    [3, 4],
    [0, 0],
  ],
  [
    [0, 0],
    [5, 0],
    [6, 7],
  ],
]);
const mask = bools([
  [1, 1, 0],
  [0, 1, 1],
]);

test("lengths become a mask", async () => {
  expect(await sequenceMask(tensor([1, 3, 0]), 3).array()).toEqual([
    [1, 0, 0],
    [1, 1, 1],
    [0, 0, 0],
  ]);
  expect(() => sequenceMask(tensor([1]), 0)).toThrow("sequenceMask: maxLength is 0, expected an integer of at least 1");
});

test("masking and embedding make masks of what they are given", async () => {
  expect(await maskAfter(layers.masking(), [sequence], [])).toEqual(await mask.array());
  const shifted = run(
    layers.masking({ maskValue: 5 }),
    [
      tensor([
        [
          [5, 5],
          [5, 1],
        ],
      ]),
    ],
    [],
  );
  expect(await shifted.outputs[0]?.array()).toEqual([
    [
      [0, 0],
      [5, 1],
    ],
  ]);
  expect(await shifted.masks[0]?.array()).toEqual([[0, 1]]);
  const indices = tensor([[1, 2, 0]]);
  expect(await maskAfter(layers.embedding({ inputDim: 3, outputDim: 2, maskZero: true }), [indices], [])).toEqual([
    [1, 1, 0],
  ]);
  expect(await maskAfter(layers.embedding({ inputDim: 3, outputDim: 2 }), [indices], [])).toBeUndefined();
});

const keeping = {
  activation: layers.activation({ activation: "relu" }),
  batchNormalization: layers.batchNormalization(),
  dense: layers.dense({ units: 3 }),
  dropout: layers.dropout({ rate: 0.5 }),
  elu: layers.elu(),
  gaussianDropout: layers.gaussianDropout({ rate: 0.5 }),
  gaussianNoise: layers.gaussianNoise({ standardDeviation: 1 }),
  groupNormalization: layers.groupNormalization({ groups: 1 }),
  layerNormalization: layers.layerNormalization(),
  leakyReLU: layers.leakyReLU(),
  multiHeadAttention: layers.multiHeadAttention({ numHeads: 1, keyDim: 2 }),
  pReLU: layers.pReLU(),
  reLU: layers.reLU(),
  rescaling: layers.rescaling({ scale: 2 }),
  rmsNormalization: layers.rmsNormalization(),
  softmax: layers.softmax(),
  spatialDropout1d: layers.spatialDropout1d({ rate: 0.5 }),
  unitNormalization: layers.unitNormalization(),
};
test.each(Object.entries(keeping))("%s hands the mask of its input on", async (_, layer) => {
  expect(await maskAfter(layer, [sequence], [mask])).toEqual(await mask.array());
  expect(await maskAfter(layer, [sequence], [])).toBeUndefined();
});

test("a layer without masks drops one, with a single warning, and computes as without", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const layer = layers.flatten({ name: "flat" });
  for (const _ of [1, 2]) {
    const { outputs, masks } = run(layer, [sequence], [mask]);
    expect(masks).toEqual([]);
    expect(outputs[0]?.shape).toEqual([2, 6]);
  }
  expect(warn.mock.calls).toEqual([
    [
      "flat: its input has a mask, but a flatten does not support masks: it treats all steps alike, and the layers behind it see no mask",
      "RappelWarning",
    ],
  ]);
  warn.mockRestore();
});

test("a mask of another shape is an error that names the layer and the shapes", () => {
  const layer = layers.dense({ units: 2, name: "head" });
  expect(() => run(layer, [sequence], [bools([[1, 1]])])).toThrow(
    "head: the mask has the shape [1, 2] and the input [2, 3, 2]; expected [2, 3], one value for each step",
  );
});

describe("layers of several inputs", () => {
  const other = bools([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  const either = [
    [1, 1, 0],
    [0, 1, 1],
  ];

  test("a sum counts where any of its inputs does, if all have a mask", async () => {
    expect(await maskAfter(layers.add(), [sequence, sequence], [mask, other])).toEqual(either);
    expect(await maskAfter(layers.average(), [sequence, sequence], [mask, undefined])).toBeUndefined();
    expect(await maskAfter(layers.dot({ axes: 2 }), [sequence, sequence], [mask, other])).toBeUndefined();
  });

  test("masked factors are 1, and 0 where all are masked", async () => {
    const twos = tensor([[[2], [2], [2]]]);
    const threes = tensor([[[3], [3], [3]]]);
    const masks = [bools([[1, 1, 0]]), bools([[1, 0, 0]])];
    expect(await run(layers.multiply(), [twos, threes], masks).outputs[0]?.array()).toEqual([[[6], [2], [0]]]);
    expect(await run(layers.maximum(), [twos, threes], masks).outputs[0]?.array()).toEqual([[[3], [2], [2]]]);
    expect(await run(layers.minimum(), [twos, threes], masks).outputs[0]?.array()).toEqual([[[2], [2], [2]]]);
  });

  test("joined along the time, the masks are too; without one all steps count", async () => {
    expect(await maskAfter(layers.concatenate({ axis: 1 }), [sequence, sequence], [mask, undefined])).toEqual([
      [1, 1, 0, 1, 1, 1],
      [0, 1, 1, 1, 1, 1],
    ]);
    expect(await maskAfter(layers.concatenate(), [sequence, sequence], [mask, other])).toEqual(either);
  });
});

test("an average over the time is one over the steps that count, 0 where none does", async () => {
  const only = bools([
    [0, 1, 0],
    [0, 0, 0],
  ]);
  const { outputs, masks } = run(layers.globalAveragePooling1d(), [sequence], [only]);
  expect(await outputs[0]?.array()).toEqual([
    [3, 4],
    [0, 0],
  ]);
  expect(masks[0]).toBeUndefined();
});

test("a softmax along a masked axis gives masked places nothing", async () => {
  const scores = tensor([
    [1, 1, 5],
    [2, 2, 2],
  ]);
  const kept = bools([
    [1, 1, 0],
    [0, 0, 0],
  ]);
  expect(await run(layers.softmax(), [scores], [kept]).outputs[0]?.array()).toEqual([
    [0.5, 0.5, 0],
    [0, 0, 0],
  ]);
});

test("batch statistics are those of the steps that count", async () => {
  const layer = layers.batchNormalization({ momentum: 0, epsilon: 1e-9 });
  layer.build([3, 1]);
  const x = tensor([[[1], [3], [1000]]]);
  layer.run([x], { training: true, masks: [bools([[1, 1, 0]])] });
  expect(await layer.weight("movingMean").array()).toEqual([2]);
  expect(await layer.weight("movingVariance").array()).toEqual([1]);
});
