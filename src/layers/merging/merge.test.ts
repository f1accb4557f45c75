/** What holds for every layer of several inputs, and what each of them computes. */
import { describe, expect, test } from "vitest";
import { devices } from "../../../test/support/devices.ts";
import { values } from "../../../test/support/layer-samples.ts";
import { mergeSamples } from "../../../test/support/merge-samples.ts";
import { add, multiply, subtract } from "../../ops/elementwise.ts";
import { gradients } from "../../ops/gradients.ts";
import { sum } from "../../ops/reduce.ts";
import { jit } from "../../tensor/jit.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const context = { training: false };
const batch = 3;
const one = [2, 3];
const step = 1e-3;

/** The layer's result for inputs given as nested arrays. */
const apply = async (layer: layers.Layer, ...inputs: number[][]) => {
  const shapes = inputs.map((rows) => [rows.length]);
  layer.buildAll(shapes);
  const batches = inputs.map((row) => tensor([row]));
  return (await layer.callAll(batches, context).array()) as number[][];
};

describe.each(devices.map((device) => ({ device, name: device.name })))("$name", ({ device }) => {
  const cases = Object.entries(mergeSamples).flatMap(([className, list]) =>
    list.map((sample) => ({ title: `${className} ${JSON.stringify(sample)}`, className, sample })),
  );
  describe.each(cases)("$title", ({ className, sample: { inputShapes, config = {} } }) => {
    const built = () => {
      const layer = layers.layerFromConfig({ className, config });
      layer.buildAll(inputShapes);
      return layer;
    };
    const inputs = () => inputShapes.map((shape, index) => values([batch, ...shape], 10 + index));

    test("the result has the shape that outputShapeAll tells", () => {
      setDevice(device);
      const layer = built();
      expect(layer.callAll(inputs(), context).shape).toEqual([batch, ...layer.outputShapeAll(inputShapes)]);
    });

    test("gradients equal finite differences", async () => {
      setDevice(device);
      const layer = built();
      const directions = inputShapes.map((shape, index) => values([batch, ...shape], 20 + index));
      const outputGradient = values([batch, ...layer.outputShapeAll(inputShapes)], 30);
      const loss = (at: readonly Tensor[]) => sum(multiply(layer.callAll(at, context), outputGradient));
      const check = jit((at: readonly Tensor[]) => {
        const exact = gradients(loss(at), [...at]);
        const along = (distance: number) =>
          loss(at.map((x, index) => add(x, multiply(directions[index] as Tensor, distance))));
        return {
          exact: exact.map((each, index) => sum(multiply(each, directions[index] as Tensor))).reduce(add),
          measured: multiply(subtract(along(step), along(-step)), 1 / (2 * step)),
        };
      });
      const { exact, measured } = check(inputs());
      expect(Math.abs((await exact.item()) - (await measured.item()))).toBeLessThan(
        2e-2 * (1 + Math.abs(await measured.item())),
      );
    });

    test("its configuration makes an equal layer", () => {
      const layer = built();
      const copy = layers.layerFromConfig({ className, config: JSON.parse(JSON.stringify(layer.config())) });
      expect(copy.config()).toEqual(layer.config());
    });
  });
});

test("elementwise merges compute what their names say", async () => {
  setDevice("reference");
  expect(await apply(layers.add(), [1, 2], [3, 4], [10, 20])).toEqual([[14, 26]]);
  expect(await apply(layers.subtract(), [1, 2], [3, 5])).toEqual([[-2, -3]]);
  expect(await apply(layers.multiply(), [1, 2], [3, 4], [2, 2])).toEqual([[6, 16]]);
  expect(await apply(layers.average(), [1, 2], [3, 5])).toEqual([[2, 3.5]]);
  expect(await apply(layers.maximum(), [1, 5], [3, 4])).toEqual([[3, 5]]);
  expect(await apply(layers.minimum(), [1, 5], [3, 4])).toEqual([[1, 4]]);
  expect(await apply(layers.concatenate(), [1, 5], [3])).toEqual([[1, 5, 3]]);
  expect(await apply(layers.dot({ axes: 1 }), [1, 5], [3, 4])).toEqual([[23]]);
});

test("a cosine is between -1 and 1, and 0 of a vector of zeros", async () => {
  setDevice("reference");
  const [[same = 0] = []] = await apply(layers.dot({ axes: 1, normalize: true }), [3, 4], [6, 8]);
  expect(same).toBeCloseTo(1, 6);
  expect(await apply(layers.dot({ axes: 1, normalize: true }), [0, 0], [6, 8])).toEqual([[0]]);
});

test("inputs that do not fit are errors that name the layer, the axis and the sizes", () => {
  expect(() => layers.add({ name: "sum" }).buildAll([[4], [3]])).toThrow(
    "sum: input 1 (counted from 0) has examples of the shape [3], those before it [4]: axis 1 is 3 in one and 4 in the others",
  );
  expect(() => layers.add({ name: "sum" }).buildAll([[4], [3, 4]])).toThrow("the numbers of axes differ");
  expect(() => layers.subtract({ name: "difference" }).buildAll([[4], [4], [4]])).toThrow(
    "difference: got 3 inputs, but a subtract takes 2; give them in one array, subtract.apply([a, b])",
  );
  expect(() => layers.concatenate({ name: "joined", axis: 1 }).buildAll([one, [2, 4]])).toThrow(
    "joined: input 1 (counted from 0) has examples of the shape [2, 4], the first [2, 3]: axis 2 is 4 instead of 3; " +
      "only axis 1, which is joined, may differ",
  );
  expect(() => layers.dot({ name: "score", axes: -1 }).buildAll([[4], [3]])).toThrow(
    "score: examples of the shapes [4] and [3] have 4 and 3 elements along the axes 1 and 1",
  );
  expect(() => layers.concatenate({ axis: 0 })).toThrow("concatenate: axis is 0, the batch axis");
  expect(() => layers.dense({ units: 2, name: "head" }).buildAll([[4], [3]])).toThrow(
    "head: got 2 inputs, but a dense takes one; bring them together before",
  );
});
