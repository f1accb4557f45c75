/** Layers that crop, pad, permute and repeat: element types they keep, and what they refuse. */
import { expect, test } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

test("cropping that leaves nothing names the axis and the sizes", () => {
  expect(() => layers.cropping1d({ cropping: [2, 3], name: "c" }).build([5, 1])).toThrow(
    "c: cropping takes 2 + 3 off axis 0 of an example of the shape [5, 1], which leaves nothing of its 5; crop less, or give " +
      "larger examples",
  );
  expect(() => layers.cropping2d({ cropping: [0, 2], name: "c" }).build([9, 4, 1])).toThrow(
    "c: cropping takes 2 + 2 off axis 1",
  );
});

test("margins must be integers, one or two for each axis", () => {
  expect(() => layers.cropping2d(JSON.parse('{ "cropping": [[1, 2], [3]] }'))).toThrow(
    "cropping2d: cropping is [[1, 2], [3]], expected pixels, [height, width] or [[top, bottom], [left, right]]",
  );
  expect(() => layers.cropping1d({ cropping: -1 })).toThrow(
    "cropping1d: cropping is -1, expected an integer of at least 0",
  );
  expect(() => layers.zeroPadding1d(JSON.parse('{ "padding": [1, 2, 3] }'))).toThrow(
    "zeroPadding1d: padding is [1, 2, 3], expected an integer or [before, after]",
  );
});

test("a permutation names every axis of an example once", () => {
  for (const dims of [
    [1, 1],
    [0, 1],
    [2, 3],
  ])
    expect(() => layers.permute({ dims })).toThrow("permute: ");
  expect(() => layers.permute({ dims: [1, 3] })).toThrow(
    "permute: dims is [1, 3], expected each number from 1 to 2 once; the batch axis, 0, stays where it is",
  );
  expect(() => layers.permute({ dims: [2, 1], name: "p" }).build([2, 3, 4])).toThrow(
    "p: an example has the shape [2, 3, 4] with 3 axes, but the layer takes 2",
  );
});

test("bytes stay bytes where nothing is computed", () => {
  const bytes = tensor(Uint8Array.from([1, 2, 3, 4, 5, 6]), { shape: [1, 3, 2] });
  const rearranging = [
    layers.cropping1d({ cropping: [1, 0] }),
    layers.permute({ dims: [2, 1] }),
    layers.upSampling1d(),
  ];
  for (const layer of rearranging) {
    layer.build([3, 2]);
    expect(layer.call(bytes).dtype).toBe("uint8");
  }
});
