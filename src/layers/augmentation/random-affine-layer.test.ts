/** RandomRotation, RandomZoom and RandomTranslation: which way they move images, what is random, and what they refuse. */
import { expect, test } from "vitest";
import { broadcastTo } from "../../ops/movement.ts";
import { jit } from "../../tensor/jit.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";
import type { Layer } from "../layer.ts";

const square = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9]);

async function moved(layer: Layer, image: Tensor, size: readonly [number, number]): Promise<number[]> {
  layer.build([...size, 1]);
  const batch = tensor(await image.data(), { shape: [1, ...size, 1] });
  const data = await layer.call(batch, { training: true }).data();
  return [...data].map((value) => Math.round(value * 1e4) / 1e4);
}

test("a quarter of a turn is counter-clockwise, about the centre", async () => {
  const layer = layers.randomRotation({ factor: [0.25, 0.25] });
  expect(await moved(layer, square, [3, 3])).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
});

test("a translation goes down and to the right, and fills what comes in", async () => {
  const options = { heightFactor: [1 / 3, 1 / 3], widthFactor: [1 / 3, 1 / 3], fillMode: "constant" } as const;
  const layer = layers.randomTranslation({ ...options, fillValue: -1, interpolation: "nearest" });
  expect(await moved(layer, square, [3, 3])).toEqual([-1, -1, -1, -1, 1, 2, -1, 4, 5]);
  expect(await moved(layers.randomTranslation({ ...options, fillMode: "reflect" }), square, [3, 3])).toEqual([
    1, 1, 2, 1, 1, 2, 4, 4, 5,
  ]);
});

test("a zoom by a negative factor enlarges about the centre, and keeps proportions unless told otherwise", async () => {
  expect(await moved(layers.randomZoom({ heightFactor: [-0.5, -0.5] }), square, [3, 3])).toEqual([
    3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7,
  ]);
  const tall = layers.randomZoom({ heightFactor: [-0.5, -0.5], widthFactor: 0 });
  expect(await moved(tall, square, [3, 3])).toEqual([2.5, 3.5, 4.5, 4, 5, 6, 5.5, 6.5, 7.5]);
});

test("every image of a batch moves by itself, anew at each call, and in inference none", async () => {
  const layer = layers.randomRotation({ factor: 0.5, seed: 3 });
  layer.build([3, 3, 1]);
  const images = broadcastTo(tensor(await square.data(), { shape: [3, 3, 1] }), [4, 3, 3, 1]);
  const turn = jit((x: Tensor) => layer.call(x, { training: true }));
  const [first, second] = [await turn(images).data(), await turn(images).data()];
  expect(second).not.toEqual(first);
  expect(new Set(Array.from({ length: 4 }, (_, image) => first.slice(image * 9, image * 9 + 9).join())).size).toBe(4);
  layer.reseed(3);
  expect(await turn(images).data()).toEqual(first);
  expect(await layer.call(images, { training: false }).data()).toEqual(await images.data());
});

test("ranges that are none say what was expected", () => {
  expect(() => layers.randomRotation({ factor: [0.5, 0.1] })).toThrow(
    "randomRotation: factor is [0.5, 0.1], expected the lower bound before the upper",
  );
  expect(() => layers.randomRotation({ factor: -0.5 })).toThrow(
    "randomRotation: factor is -0.5, expected a finite number ≥ 0",
  );
  expect(() => layers.randomZoom({ heightFactor: 1 })).toThrow(
    "randomZoom: heightFactor reaches down to -1, expected more than -1",
  );
  expect(() => layers.randomTranslation(JSON.parse('{ "heightFactor": 0, "widthFactor": [1] }'))).toThrow(
    "randomTranslation: widthFactor is [1], expected a number or [low, high]",
  );
  expect(() => layers.randomZoom(JSON.parse('{ "heightFactor": 0, "fillMode": "reflct" }'))).toThrow(
    'randomZoom: fillMode is "reflct", did you mean "reflect"?',
  );
});
