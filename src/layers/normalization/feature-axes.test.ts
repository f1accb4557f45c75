import { expect, test } from "vitest";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

setDevice("reference");

test.each(["layerNormalization", "rmsNormalization"] as const)("%s says which axes it cannot take", (name) => {
  const make = (axis: unknown) =>
    layers.layerFromConfig({ className: name, config: { name: "norm", axis: axis as number } });
  expect(() => make("last")).toThrow(`${name}: axis is "last", expected an integer or an array of them`);
  expect(() => make([])).toThrow(`${name}: axis is [], expected an integer or an array of them`);
  expect(() => make(0).build([3, 4])).toThrow("norm: axis 0 names the batch axis; features lie within an example");
  expect(() => make([1, 3]).build([3, 4])).toThrow("norm: axis 3 is outside [-3, 3)");
  expect(() => make([1, -2]).build([3, 4])).toThrow("norm: axes [1, 1] name one axis twice");
  const built = make(1);
  built.build([3, 4]);
  expect(() =>
    built.call(
      tensor([
        [
          [1, 2],
          [3, 4],
        ],
      ]),
      { training: false },
    ),
  ).toThrow(
    "norm: the features of an example have the shape [2], but the layer was built for [3] (an example has the shape [2, 2])",
  );
  // Only the features are fixed.
  expect(built.outputShape([3, 9])).toEqual([3, 9]);
});
