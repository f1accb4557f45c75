/** Group, instance, RMS and unit normalization: what holds of their results, and what they refuse. */
import { expect, test } from "vitest";
import { mean, variance } from "../../ops/reduce.ts";
import { randomNormal } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

test("instance normalization gives every channel of every example mean 0 and variance 1", async () => {
  const layer = layers.instanceNormalization({ epsilon: 1e-6 });
  layer.build([8, 8, 3]);
  const out = layer.call(randomNormal([2, 8, 8, 3], { mean: 5, standardDeviation: 3 }));
  for (const average of await mean(out, { axis: [1, 2] }).data()) expect(average).toBeCloseTo(0, 4);
  for (const spread of await variance(out, { axis: [1, 2] }).data()) expect(spread).toBeCloseTo(1, 4);
  expect(layer.config()).toMatchObject({ groups: -1 });
});

test("groups must divide the channels", () => {
  expect(() => layers.groupNormalization({ groups: 4, name: "g" }).build([5, 6])).toThrow(
    "g: the last axis of [5, 6] is 6 channels, which the 4 groups do not divide; choose groups that do, or -1 for a group for each channel",
  );
  expect(() => layers.groupNormalization({ groups: 0 })).toThrow(
    "groupNormalization: groups is 0, expected an integer of at least 1",
  );
});

test("unit normalization leaves a vector of zeros as it is, and takes tiny ones", async () => {
  const layer = layers.unitNormalization();
  layer.build([2]);
  const out = await layer
    .call(
      tensor([
        [0, 0],
        [3e-9, 4e-9],
      ]),
    )
    .data();
  expect([...out].map((value) => Math.round(value * 1e5) / 1e5)).toEqual([0, 0, 0.6, 0.8]);
});

test("an axis that is the batch's, or none, is an error when the layer is built", () => {
  expect(() => layers.unitNormalization({ axis: 0, name: "u" }).build([3])).toThrow("u: axis 0 names the batch axis");
  expect(() => layers.pReLU({ sharedAxes: [0], name: "r" }).build([3])).toThrow(
    "r: sharedAxes is [0], which names the batch axis",
  );
  expect(() => layers.pReLU({ sharedAxes: [2], name: "r" }).build([3])).toThrow("r: axis 2 is outside [-2, 2)");
});
