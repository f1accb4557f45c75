/** Layers of volumes and their relatives: what they refuse, and what is particular to one of them. */
import { expect, test } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const inference = { training: false };

test("a wrong number of axes names those that are expected", () => {
  for (const layer of [
    layers.conv3d({ filters: 1, kernelSize: 2, name: "v" }),
    layers.maxPooling3d({ name: "v" }),
    layers.adaptiveMaxPooling3d({ outputSize: 1, name: "v" }),
    layers.globalAveragePooling3d({ name: "v" }),
    layers.upSampling3d({ name: "v" }),
    layers.zeroPadding3d({ name: "v" }),
  ])
    expect(() => layer.build([8, 8, 1]), layer.className).toThrow(
      "v: an example has the shape [8, 8, 1] with 3 axes, but the layer takes 4 [depth, height, width, channels], besides the batch axis",
    );
  expect(() => layers.cropping3d({ name: "v" }).build([8, 8, 1])).toThrow(
    "but the layer takes 4 [depth, height, width",
  );
});

test("a number for each axis, or one for all", () => {
  expect(() => layers.conv3d(JSON.parse('{ "filters": 1, "kernelSize": [3, 3] }'))).toThrow(
    "conv3d: kernelSize is [3, 3], expected an integer or [depth, height, width]",
  );
  expect(() => layers.conv3d({ filters: 1, kernelSize: 3, strides: [1, 0, 1] })).toThrow(
    "conv3d: strides is 0, expected an integer of at least 1",
  );
  expect(() => layers.conv3d(JSON.parse('{ "filters": 1, "kernelSize": 3, "padding": [[1, 1], [1, 1]] }'))).toThrow(
    'conv3d: padding is [[1, 1], [1, 1]], expected "valid", "same" or [[front, back], [top, bottom], [left, right]]',
  );
  expect(() => layers.conv3d(JSON.parse('{ "filters": 1, "kernelSize": 3, "padding": "smae" }'))).toThrow(
    'conv3d: padding is "smae", did you mean "same"?',
  );
  expect(() => layers.adaptiveAveragePooling2d({ outputSize: 0 })).toThrow(
    "adaptiveAveragePooling2d: outputSize is 0, expected an integer of at least 1",
  );
  expect(() => layers.averagePooling3d(JSON.parse('{ "poolSize": "2" }'))).toThrow(
    'averagePooling3d: poolSize is "2", expected an integer or [depth, height, width]',
  );
  expect(() => layers.conv3d(JSON.parse('{ "filters": 1, "kernelsize": 3 }'))).toThrow(
    'conv3d: unknown option "kernelsize", did you mean "kernelSize"?',
  );
  expect(layers.upSampling3d({ size: 3 }).size).toEqual([3, 3, 3]);
});

test("a window that does not fit names the axis", () => {
  expect(() =>
    layers.conv3d({ filters: 1, kernelSize: [3, 1, 1], dilationRate: [2, 1, 1], name: "c" }).build([4, 9, 9, 1]),
  ).toThrow(
    "c: the kernel reaches over 5 voxels of the depth, but an example of the shape [4, 9, 9, 1] has only 4; " +
      'use padding "same", a smaller window, or larger volumes',
  );
  expect(() => layers.maxPooling3d({ poolSize: [1, 1, 3], name: "p" }).build([4, 9, 2, 1])).toThrow(
    "p: the pooling window reaches over 3 voxels of the width",
  );
});

test("groups must divide channels and filters", () => {
  expect(() => layers.conv3d({ filters: 4, kernelSize: 1, groups: 2, name: "g" }).build([2, 2, 2, 3])).toThrow(
    "g: the last axis of [2, 2, 2, 3] is 3 channels, which the 2 groups do not divide",
  );
  expect(() => layers.conv3dTranspose({ filters: 3, kernelSize: 1, groups: 2 })).toThrow(
    "conv3dTranspose: filters is 3, which the 2 groups do not divide",
  );
});

test("an output padding that no convolution would undo says so", () => {
  expect(() =>
    layers.conv2dTranspose({ filters: 1, kernelSize: 3, strides: 2, outputPadding: 2, name: "t" }).build([4, 4, 1]),
  ).toThrow(
    "t: with the outputPadding 2 axis 1 of the output would be 11, which a convolution makes 5 of, not the input's 4; " +
      "give an outputPadding below the stride 2",
  );
  expect(() =>
    layers
      .conv1dTranspose({ filters: 1, kernelSize: 4, strides: 2, padding: "same", outputPadding: 0, name: "t" })
      .build([4, 1]),
  ).toThrow('and at least 1 where an even kernel has the padding "same"');
  expect(() => layers.conv1dTranspose(JSON.parse('{ "filters": 1, "kernelSize": 2, "padding": "causal" }'))).toThrow(
    'conv1dTranspose: padding is "causal"; known are valid, same',
  );
});

test("padding from an axis's own elements needs enough of them", () => {
  expect(() => layers.reflectionPadding2d({ padding: [0, 3], name: "r" }).build([3, 3, 1])).toThrow(
    "r: padding adds 3 before and 3 after axis 1 of an example of the shape [3, 3, 1], whose own 3 elements suffice for at most 2; " +
      "pad less, or give larger examples",
  );
  expect(() => layers.circularPadding1d({ padding: 4, name: "r" }).build([3, 1])).toThrow("suffice for at most 3");
  expect(layers.replicationPadding1d({ padding: 4 }).outputShape([3, 1])).toEqual([11, 1]);
});

test("adaptive pooling's bins overlap where the sizes do not divide each other", async () => {
  const layer = layers.adaptiveAveragePooling1d({ outputSize: 3 });
  layer.build([5, 1]);
  // Bins [0, 2), [1, 4) and [3, 5).
  const sequence = tensor([[[1], [3], [5], [7], [9]]]);
  expect(await layer.call(sequence).array()).toEqual([[[2], [5], [8]]]);
  expect(() => layers.adaptiveMaxPooling1d({ outputSize: 3, name: "a" }).build([0, 2])).toThrow(
    "a: an example of the shape [0, 2] has nothing to pool",
  );
});

test("a convolution of volumes is what its formula says", async () => {
  const layer = layers.conv3d({ filters: 1, kernelSize: [2, 1, 1] });
  layer.build([3, 1, 2, 1]);
  layer.weight("kernel").assign(tensor(Float32Array.from([1, 10]), { shape: [2, 1, 1, 1, 1] }));
  layer.weight("bias").assign(tensor([0.5]));
  const volume = tensor(Float32Array.from([1, 2, 3, 4, 5, 6]), { shape: [1, 3, 1, 2, 1] });
  expect([...(await layer.call(volume, inference).data())]).toEqual([31.5, 42.5, 53.5, 64.5]);
});
