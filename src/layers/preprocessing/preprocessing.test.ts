/** Normalization, Discretization, CategoryEncoding and RandomFlip: what adapt takes from data, what is saved, what is refused. */
import { expect, test } from "vitest";
import { fill } from "../../tensor/creation.ts";
import { Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const inference = { training: false };

test("normalization adapts to data of any type, and again to other data", async () => {
  const layer = layers.normalization();
  layer.adapt(tensor(Uint8Array.from([0, 10, 4, 30]), { shape: [2, 2] }));
  expect(await layer.weight("mean").data()).toEqual(Float32Array.from([2, 20]));
  expect(await layer.weight("variance").data()).toEqual(Float32Array.from([4, 100]));
  expect(await layer.call(tensor([[4, 0]])).array()).toEqual([[1, -2]]);
  layer.adapt(tensor([[5, 5]]));
  expect(await layer.call(tensor([[5, 5]])).array()).toEqual([[0, 0]]);
});

test("inverted, normalization undoes itself", async () => {
  const data = tensor([
    [1, 10],
    [3, 40],
  ]);
  const [forward, backward] = [layers.normalization(), layers.normalization({ invert: true })];
  for (const layer of [forward, backward]) layer.adapt(data);
  expect(await backward.call(forward.call(data)).array()).toEqual(await data.array());
});

test("what adapt took is state, which another layer can be given", async () => {
  const original = layers.discretization({ numBins: 4 });
  await original.adapt(tensor([[1], [2], [3], [4], [5]]));
  const copy = layers.layerFromConfig({ className: "discretization", config: original.config() });
  copy.build([1]);
  for (const [name, weight] of original.weights) copy.weight(name).assign(new Tensor(weight.node));
  expect(original.trainableVariables).toEqual([]);
  const x = tensor([[1.5], [2], [3.5], [9]]);
  expect(await copy.call(x, inference).array()).toEqual([[0], [1], [2], [3]]);
});

test("discretization takes quantiles of data, in which NaN does not count", async () => {
  const layer = layers.discretization({ numBins: 4 });
  await layer.adapt(
    tensor([
      [5, Number.NaN],
      [1, 3],
      [2, 8],
    ]),
  );
  expect(await layer.weight("binBoundaries").data()).toEqual(Float32Array.from([2, 3, 5]));
  await layer.adapt(tensor([[0, 1]]));
  expect(await layer.weight("binBoundaries").data()).toEqual(Float32Array.from([0.25, 0.5, 0.75]));
});

test("adapt refuses what it cannot use", async () => {
  const given = layers.normalization({ mean: 0, variance: 1, name: "n" });
  expect(() => given.adapt(tensor([[1]]))).toThrow("n: was made with a mean and variance");
  expect(() => layers.normalization({ name: "n" }).adapt(tensor([]))).toThrow(
    "n: cannot adapt to data of the shape [0]; give at least one example",
  );
  const adapted = layers.normalization({ name: "n" });
  adapted.adapt(tensor([[1, 2]]));
  expect(() => adapted.call(tensor([[1, 2, 3]]))).toThrow(
    "n: an example has the shape [3], which needs statistics of [3] along axis -1, but the layer was built with [2]",
  );
  await expect(layers.discretization({ binBoundaries: [1], name: "d" }).adapt(tensor([1]))).rejects.toThrow(
    "d: was made with binBoundaries",
  );
  await expect(layers.discretization({ numBins: 2, name: "d" }).adapt(tensor([Number.NaN]))).rejects.toThrow(
    "d: cannot adapt to data of the shape [1] without any number",
  );
});

test("wrong options say what was expected", () => {
  expect(() => layers.normalization({ mean: 1 })).toThrow("normalization: has a mean but no variance; give both");
  expect(() => layers.normalization({ mean: 1, variance: -1 })).toThrow("normalization: variance is -1");
  expect(() => layers.normalization(JSON.parse('{ "mean": ["a"], "variance": 1 }'))).toThrow(
    'normalization: mean is "a", expected a number or an array of numbers',
  );
  expect(() => layers.normalization({ mean: [1, 2], variance: 1, name: "n" }).build([3])).toThrow(
    "n: mean has the shape [2], expected a number, or [3] for examples of these sizes along axis -1",
  );
  expect(() => layers.normalization({ axis: 0, name: "n" }).build([3])).toThrow("n: axis 0 names the batch axis");
  expect(() => layers.discretization({})).toThrow("discretization: has neither binBoundaries nor numBins");
  expect(() => layers.discretization({ binBoundaries: [1, 0] })).toThrow(
    "discretization: binBoundaries has 1 before 0; sort it in ascending order",
  );
  expect(() => layers.categoryEncoding(JSON.parse('{ "numTokens": 3, "outputMode": "one_hot" }'))).toThrow(
    'categoryEncoding: outputMode is "one_hot", did you mean "oneHot"?',
  );
});

test("an index that is no category counts nowhere", async () => {
  const layer = layers.categoryEncoding({ numTokens: 3 });
  layer.build([2]);
  const indices = tensor(Int32Array.from([0, 3, -1, 2]), { shape: [2, 2] });
  expect(await layer.call(indices).array()).toEqual([
    [1, 0, 0],
    [0, 0, 1],
  ]);
});

test("random flips mirror about half of the examples, as a whole and without mixing them", async () => {
  const layer = layers.randomFlip({ mode: "horizontal", seed: 3 });
  layer.build([2, 2, 1]);
  const batch = 400;
  const images = tensor(
    Uint8Array.from({ length: 4 * batch }, (_, index) => index % 4),
    { shape: [batch, 2, 2, 1] },
  );
  const out = await layer.call(images, { training: true }).data();
  expect(out).toBeInstanceOf(Uint8Array);
  const counts: Record<string, number> = {};
  for (let start = 0; start < out.length; start += 4) {
    const image = out.slice(start, start + 4).join();
    counts[image] = (counts[image] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(["0,1,2,3", "1,0,3,2"]);
  expect(Math.abs((counts["0,1,2,3"] ?? 0) - batch / 2)).toBeLessThan(50); // five standard deviations
  const both = layers.randomFlip({ seed: 3 });
  both.build([2, 2, 1]);
  const seen = new Set<string>();
  const turned = await both.call(images, { training: true }).data();
  for (let start = 0; start < turned.length; start += 4) seen.add(turned.slice(start, start + 4).join());
  expect([...seen].sort()).toEqual(["0,1,2,3", "1,0,3,2", "2,3,0,1", "3,2,1,0"]);
  expect(await both.call(fill([1, 2, 2, 1], 4), inference).data()).toEqual(new Float32Array(4).fill(4));
});
