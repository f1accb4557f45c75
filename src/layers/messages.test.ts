/** What layers say when they are given what they cannot take, and what is particular to one of them. */
import { beforeEach, expect, test } from "vitest";
import { subtract } from "../ops/elementwise.ts";
import { jit } from "../tensor/jit.ts";
import { setSeed } from "../tensor/random.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as layers from "./index.ts";

beforeEach(() => {
  setSeed(1);
});

const inference = { training: false };
const training = { training: true };

test("another size than the layer was built for names the layer, the axis, both sizes and the mend", () => {
  const layer = layers.dense({ units: 3, name: "head" });
  layer.path = "sequential/head";
  layer.build([16]);
  expect(() => layer.call(tensor(new Float32Array(40), { shape: [2, 20] }), inference)).toThrow(
    "sequential/head: the last axis is 20, but the layer was built for 16 (an example has the shape [20]); " +
      "give inputs with 16, or make a new layer for 20",
  );
});

test("a wrong number of axes names those that are expected", () => {
  expect(() => layers.conv2d({ filters: 1, kernelSize: 3, name: "first" }).build([28, 28])).toThrow(
    "first: an example has the shape [28, 28] with 2 axes, but the layer takes 3 [height, width, channels], besides the batch axis; " +
      "reshape the data or put a reshape before it",
  );
  expect(() => layers.maxPooling2d({ name: "pool" }).outputShape([10])).toThrow(
    "pool: an example has the shape [10] with 1 axis",
  );
});

test("a kernel larger than the image says so", () => {
  expect(() => layers.conv2d({ filters: 1, kernelSize: 5, name: "c" }).build([3, 8, 1])).toThrow(
    'c: the kernel reaches over 5 pixels of the height, but an example of the shape [3, 8, 1] has only 3; use padding "same", ' +
      "a smaller window, or larger images",
  );
});

test("groups must divide channels and filters", () => {
  expect(() => layers.conv2d({ filters: 4, kernelSize: 1, groups: 2, name: "g" }).build([4, 4, 3])).toThrow(
    "g: the last axis of [4, 4, 3] is 3 channels, which the 2 groups do not divide",
  );
  expect(() => layers.conv2d({ filters: 3, kernelSize: 1, groups: 2 })).toThrow(
    "filters is 3, which the 2 groups do not divide",
  );
});

test("mistyped names suggest the nearest", () => {
  expect(() => layers.dense(JSON.parse('{ "units": 1, "activation": "rleu" }'))).toThrow(
    'dense: activation is "rleu", did you mean "relu"?',
  );
  expect(() => layers.dense(JSON.parse('{ "units": 1, "kernelInitializer": "heNorml" }'))).toThrow(
    'dense: kernelInitializer: unknown initializer "heNorml", did you mean "heNormal"?',
  );
  expect(() => layers.conv2d(JSON.parse('{ "filters": 1, "kernelSize": 1, "padding": "smae" }'))).toThrow(
    'conv2d: padding is "smae", did you mean "same"?',
  );
  expect(() => layers.layerFromConfig({ className: "desne", config: {} })).toThrow(
    'unknown layer "desne", did you mean "dense"?',
  );
});

test("the declared shape and the data must agree", () => {
  expect(() => layers.dense({ units: 1, inputShape: [4], name: "d" }).build([5])).toThrow(
    "d: the examples have the shape [5], but the layer's inputShape says [4]",
  );
  expect(() => layers.input({ shape: [4], name: "in" }).outputShape([5])).toThrow(
    "in: an example has the shape [5], but the model takes [4]",
  );
});

test("a reshape that does not fit tells the sizes", () => {
  expect(() => layers.reshape({ targetShape: [2, 4], name: "r" }).outputShape([6])).toThrow(
    "r: an example of the shape [6] has 6 elements, which do not fill targetShape [2, 4] of 8",
  );
});

test("a layer cannot be built while a function is traced", () => {
  const layer = layers.dense({ units: 1, name: "late" });
  const build = jit((x: Tensor) => {
    layer.build([3]);
    return x;
  });
  expect(() => build(tensor([1]))).toThrow("late: cannot be built inside a function traced by jit; build it before");
});

test("names count up", () => {
  const [first, second] = [layers.flatten().name, layers.flatten().name];
  expect(first).toMatch(/^flatten(_\d+)?$/);
  const next = first === "flatten" ? 1 : Number(first.split("_")[1]) + 1;
  expect(second).toBe(`flatten_${next}`);
});

test("a layer of one's own can be registered and made from data", () => {
  class Shift extends layers.Layer {
    static readonly className = "shift";
    readonly className = Shift.className;
    constructor(options: layers.LayerOptions = {}) {
      layers.checkLayerOptions("shift", options, {});
      super("shift", options);
    }
    call(x: Tensor): Tensor {
      return subtract(this.checkedInput(x), 1);
    }
  }
  layers.registerLayer(Shift);
  expect(layers.layerFromConfig({ className: "shift", config: { name: "s" } })).toBeInstanceOf(Shift);
  class Other extends Shift {}
  expect(() => layers.registerLayer(Other)).toThrow('layer "shift" is already registered by Shift');
});

test("dropout draws a fresh mask at each call, in a jitted function too, and repeats them after reseed", async () => {
  const layer = layers.dropout({ rate: 0.5, seed: 3 });
  layer.build([200]);
  const x = tensor(new Float32Array(200).fill(1), { shape: [1, 200] });
  const drop = jit((input: Tensor) => layer.call(input, training));
  const [first, second] = [await drop(x).data(), await drop(x).data()];
  expect(second).not.toEqual(first);
  expect(new Set(first)).toEqual(new Set([0, 2]));
  const kept = [...first, ...second].filter((value) => value !== 0).length;
  expect(Math.abs(kept - 200)).toBeLessThan(50); // five standard deviations
  layer.reseed(3);
  expect([await drop(x).data(), await drop(x).data()]).toEqual([first, second]);
});

test("dropout with a noise shape drops all or nothing along an axis", async () => {
  const layer = layers.dropout({ rate: 0.5, seed: 3, noiseShape: [null, 1, null], name: "n" });
  layer.build([5, 40]);
  const out = await layer.call(tensor(new Float32Array(200).fill(1), { shape: [1, 5, 40] }), training).data();
  const steps = Array.from({ length: 5 }, (_, step) => [...out.slice(40 * step, 40 * step + 40)]);
  for (const step of steps) expect(step).toEqual(steps[0]);
  expect(new Set(out)).toEqual(new Set([0, 2]));
  expect(() => layers.dropout({ rate: 0.5, noiseShape: [null, 2], name: "n" }).build([3])).toThrow(
    "n: noiseShape [null, 2] does not fit an example of the shape [3]; give null, 1 or the size of the axis",
  );
  expect(() => layers.dropout({ rate: 0.5, noiseShape: [0.5] })).toThrow(
    "dropout: noiseShape is [0.5], expected an array",
  );
});

test("shuffling pixels needs whole blocks", () => {
  expect(() => layers.pixelShuffle({ upscaleFactor: 2, name: "p" }).build([2, 2, 6])).toThrow(
    "p: an example of the shape [2, 2, 6] has 6 channels, which do not make blocks of 2 by 2; give a multiple of 4",
  );
  expect(() => layers.pixelUnshuffle({ downscaleFactor: 2, name: "p" }).build([2, 3, 1])).toThrow(
    "p: an example of the shape [2, 3, 1] is 2 by 3, which blocks of 2 by 2 do not fill; pad or crop it before",
  );
});

test("two dropout layers draw different masks, and the default seed decides them", async () => {
  const x = tensor(new Float32Array(100).fill(1), { shape: [1, 100] });
  const masks = () =>
    Promise.all(
      [1, 2].map(() => {
        const layer = layers.dropout({ rate: 0.5 });
        layer.build([100]);
        return layer.call(x, training).data();
      }),
    );
  setSeed(7);
  const [first, second] = await masks();
  expect(second).not.toEqual(first);
  setSeed(7);
  expect(await masks()).toEqual([first, second]);
  setSeed(8);
  expect((await masks())[0]).not.toEqual(first);
});

test("the same default seed gives the same weights", async () => {
  const kernels = async (seed: number) => {
    setSeed(seed);
    const built = [layers.dense({ units: 3 }), layers.dense({ units: 3 })];
    for (const layer of built) layer.build([4]);
    return Promise.all(built.map((layer) => layer.weight("kernel").data()));
  };
  const [first, second] = await kernels(5);
  expect(second).not.toEqual(first);
  expect(await kernels(5)).toEqual([first, second]);
  expect((await kernels(6))[0]).not.toEqual(first);
});

test("batch normalization's moving statistics follow the batches", async () => {
  const layer = layers.batchNormalization({ momentum: 0.5 });
  layer.build([1]);
  layer.call(tensor([[1], [3]]), training);
  expect(await layer.weight("movingMean").item()).toBe(1);
  expect(await layer.weight("movingVariance").item()).toBe(1);
  layer.call(tensor([[5], [5]]), training);
  expect(await layer.weight("movingMean").item()).toBe(3);
  expect(await layer.weight("movingVariance").item()).toBe(0.5);
});

test("rescaling takes bytes", async () => {
  const layer = layers.rescaling({ scale: 1 / 255 });
  layer.build([2]);
  const out = layer.call(tensor(Uint8Array.from([0, 255, 51, 102]), { shape: [2, 2] }));
  expect(out.dtype).toBe("float32");
  for (const [index, value] of [0, 1, 0.2, 0.4].entries()) expect((await out.data())[index]).toBeCloseTo(value, 6);
});

test("penalties: the weights' in regularizationLoss, the activity's in the context, per example", async () => {
  const layer = layers.dense({
    units: 1,
    useBias: false,
    kernelInitializer: { className: "constant", config: { value: 2 } },
    kernelRegularizer: "l2",
    activityRegularizer: { className: "l1", config: { l1: 0.5 } },
  });
  layer.build([1]);
  const penalties: Tensor[] = [];
  layer.call(tensor([[1], [-3]]), { training: false, penalties });
  expect(await layer.regularizationLoss()?.item()).toBeCloseTo(0.04, 6);
  expect(await penalties[0]?.item()).toBeCloseTo((0.5 * (2 + 6)) / 2, 6);
  expect(layers.dense({ units: 1 }).regularizationLoss()).toBeUndefined();
});

test("a dense layer's call is what its formula says", async () => {
  const layer = layers.dense({ units: 2, activation: "relu" });
  layer.build([3]);
  layer.weight("kernel").assign(
    tensor([
      [1, -1],
      [2, 0],
      [0, 1],
    ]),
  );
  layer.weight("bias").assign(tensor([0.5, -0.5]));
  expect(
    await layer
      .call(
        tensor([
          [1, 2, 3],
          [-1, 0, 1],
        ]),
        inference,
      )
      .array(),
  ).toEqual([
    [5.5, 1.5],
    [0, 1.5],
  ]);
  expect(() => layer.weight("kernle")).toThrow('has no weight "kernle"; it has kernel, bias');
});
