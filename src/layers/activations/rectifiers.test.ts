/** Rectifiers and gates with options of their own: what is random in them, and what they refuse. */
import { expect, test } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

test("a random rectifier draws a slope for each value in training, and takes their mean in inference", async () => {
  const layer = layers.rReLU({ lower: 0.25, upper: 0.75, seed: 2 });
  layer.build([1000]);
  const x = tensor(
    Float32Array.from({ length: 1000 }, (_, index) => (index === 0 ? 3 : -1)),
    { shape: [1, 1000] },
  );
  const drawn = await layer.call(x, { training: true }).data();
  expect(drawn[0]).toBe(3);
  const slopes = [...drawn.slice(1)].map((value) => -value);
  expect(Math.min(...slopes)).toBeGreaterThanOrEqual(0.25);
  expect(Math.max(...slopes)).toBeLessThan(0.75);
  // Five standard deviations of the mean of 999 uniform values.
  expect(Math.abs(slopes.reduce((total, slope) => total + slope, 0) / 999 - 0.5)).toBeLessThan(0.025);
  expect([...(await layer.call(x, { training: true }).data())]).not.toEqual([...drawn]);
  expect([...(await layer.call(x, { training: false }).data())].slice(0, 2)).toEqual([3, -0.5]);
  expect(() => layers.rReLU({ lower: 0.5, upper: 0.4 })).toThrow("rReLU: upper is 0.4, expected a finite number ≥ 0.5");
});

test("a gate halves an even axis that is not the batch axis", () => {
  expect(() => layers.glu({ name: "g" }).build([4, 3])).toThrow(
    "g: axis -1 of an example of the shape [4, 3] is 3, expected an even size, half of it gates",
  );
  expect(() => layers.glu({ axis: 0, name: "g" }).build([4])).toThrow("g: axis 0 is the batch axis");
});

test("up-sampling knows the interpolations of resizing", () => {
  expect(() => layers.upSampling2d(JSON.parse('{ "interpolation": "bilinaer" }'))).toThrow(
    'upSampling2d: interpolation is "bilinaer", did you mean "bilinear"?',
  );
});
