/** Layers that change images' colours and parts at random: what is drawn for each image, how often, and what they refuse. */
import { describe, expect, test } from "vitest";
import { jit } from "../../tensor/jit.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";
import type { Layer } from "../layer.ts";

const batch = 400;
const size = [4, 5, 3] as const;
const pixels = 4 * 5 * 3;

/** Colourful images, all alike. */
const picture = Float32Array.from({ length: pixels }, (_, index) => 40 + ((index * 37) % 160));
const images = tensor(
  Float32Array.from({ length: batch * pixels }, (_, index) => picture[index % pixels] as number),
  { shape: [batch, ...size] },
);

function built<L extends Layer>(layer: L): L {
  layer.build(size);
  return layer;
}

async function trained(layer: Layer): Promise<Float32Array[]> {
  const out = await built(layer).call(images, { training: true }).data();
  const length = out.length / batch;
  return Array.from({ length: batch }, (_, image) =>
    Float32Array.from(out.subarray(image * length, (image + 1) * length)),
  );
}

const mean = (values: Iterable<number>) => {
  const list = [...values];
  return list.reduce((sum, value) => sum + value, 0) / list.length;
};

describe.each([
  { name: "randomBrightness", make: () => layers.randomBrightness({ factor: 0.2, seed: 3 }) },
  { name: "randomContrast", make: () => layers.randomContrast({ factor: 0.3, seed: 3 }) },
  { name: "randomSaturation", make: () => layers.randomSaturation({ factor: [0.3, 0.6], seed: 3 }) },
  { name: "randomHue", make: () => layers.randomHue({ factor: 0.5, seed: 3 }) },
  {
    name: "randomColorJitter",
    make: () => layers.randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.2, seed: 3 }),
  },
  { name: "randomErasing", make: () => layers.randomErasing({ seed: 3 }) },
])("$name", ({ make }) => {
  test("draws for each image by itself, anew at each call, and the same after reseed", async () => {
    const layer = built(make());
    const call = jit((x: Tensor) => layer.call(x, { training: true }));
    const [first, second] = [await call(images).data(), await call(images).data()];
    expect(second).not.toEqual(first);
    const different = new Set(Array.from({ length: 50 }, (_, i) => first.slice(i * pixels, (i + 1) * pixels).join()));
    expect(different.size).toBeGreaterThan(45);
    layer.reseed(3);
    expect(await call(images).data()).toEqual(first);
  });

  test("stays within the range of values, and leaves images alone in inference", async () => {
    const layer = built(make());
    const out = await layer.call(images, { training: true }).data();
    expect(Math.min(...out)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...out)).toBeLessThanOrEqual(255);
    expect(await layer.call(images, { training: false }).data()).toEqual(await images.data());
  });
});

test("brightness moves the mean evenly within the factor's range", async () => {
  const shifts = (await trained(layers.randomBrightness({ factor: [0, 0.2], seed: 1 }))).map(
    (image) => (image[0] as number) - (picture[0] as number),
  );
  expect(Math.min(...shifts)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...shifts)).toBeLessThanOrEqual(0.2 * 255);
  expect(Math.abs(mean(shifts) - 25.5)).toBeLessThan(4); // five standard deviations of the mean
});

test("contrast keeps each channel's mean and scales the distance from it", async () => {
  const means = [0, 1, 2].map((channel) => mean(picture.filter((_, index) => index % 3 === channel)));
  const all = await trained(layers.randomContrast({ factor: [0.5, 0.25], valueRange: [-1000, 1000], seed: 1 }));
  const factors = all.map((image) => {
    for (const channel of [0, 1, 2])
      expect(mean(image.filter((_, index) => index % 3 === channel))).toBeCloseTo(means[channel] as number, 3);
    return ((image[0] as number) - (means[0] as number)) / ((picture[0] as number) - (means[0] as number));
  });
  expect(Math.min(...factors)).toBeGreaterThan(0.499);
  expect(Math.max(...factors)).toBeLessThan(1.251);
  expect(Math.abs(mean(factors) - 0.875)).toBeLessThan(0.06);
});

test("a saturation of 0 is grey, of ½ no change; a hue of 1 turns by half a circle either way", async () => {
  const [grey] = await trained(layers.randomSaturation({ factor: [0, 0], seed: 1 }));
  for (let pixel = 0; pixel < pixels; pixel += 3)
    expect([grey?.[pixel + 1], grey?.[pixel + 2]]).toEqual([grey?.[pixel], grey?.[pixel]]);
  const [same] = await trained(layers.randomSaturation({ factor: [0.5, 0.5], seed: 1 }));
  for (const [index, value] of (same ?? []).entries()) expect(value).toBeCloseTo(picture[index] as number, 2);
  const red = tensor([[[[255, 0, 0]]]]);
  const layer = layers.randomHue({ factor: [1, 1], seed: 1 });
  layer.build([1, 1, 3]);
  const [r, g, b] = await layer.call(red, { training: true }).data();
  expect([r, g, b].map((value) => Math.round(value as number))).toEqual([0, 255, 255]);
});

test("images become grey as often as the factor says", async () => {
  const all = await trained(layers.randomGrayscale({ factor: 0.3, seed: 4 }));
  const grey = all.filter((image) => image[0] === image[1]);
  expect(Math.abs(grey.length / batch - 0.3)).toBeLessThan(0.11);
  expect(grey[0]?.[0]).toBeCloseTo(
    0.2989 * (picture[0] as number) + 0.587 * (picture[1] as number) + 0.114 * (picture[2] as number),
    3,
  );
});

test("erasing covers one rectangle of the drawn size, as often as the factor says", async () => {
  const all = await trained(layers.randomErasing({ factor: 0.5, scale: [0.25, 0.25], fillValue: 7, seed: 4 }));
  const covered = all.map((image) => {
    const places = [...image.keys()].filter((index) => index % 3 === 0 && image[index] === 7).map((index) => index / 3);
    const rows = new Set(places.map((place) => Math.floor(place / 5)));
    const columns = new Set(places.map((place) => place % 5));
    expect(places.length).toBe(rows.size * columns.size);
    return rows.size * columns.size;
  });
  const changed = covered.filter((area) => area > 0);
  expect(Math.abs(changed.length / batch - 0.5)).toBeLessThan(0.13);
  expect(Math.abs(mean(changed) - 5)).toBeLessThan(0.5); // half the height by half the width
});

test("crops come from every place, equally often and each image's own", async () => {
  const rows = tensor(
    Float32Array.from({ length: batch * 4 }, (_, index) => index % 4),
    { shape: [batch, 4, 1, 1] },
  );
  const layer = layers.randomCrop({ height: 2, width: 1, seed: 2 });
  layer.build([4, 1, 1]);
  const counts: Record<string, number> = {};
  const out = await layer.call(rows, { training: true }).data();
  for (let image = 0; image < batch; image++) {
    const crop = out.slice(2 * image, 2 * image + 2).join();
    counts[crop] = (counts[crop] ?? 0) + 1;
  }
  expect(Object.keys(counts).sort()).toEqual(["0,1", "1,2", "2,3"]);
  for (const count of Object.values(counts)) expect(Math.abs(count - batch / 3)).toBeLessThan(48);
});

test("padding lets crops of the whole size shift, and inference shows the image as it is", async () => {
  const layer = layers.randomCrop({ height: 4, width: 5, padding: 2, seed: 2 });
  const shifted = (await trained(layer)).filter((image) => image.includes(0));
  expect(shifted.length).toBeGreaterThan(batch / 2);
  expect(await layer.call(images, { training: false }).data()).toEqual(await images.data());
});

test("wrong options and images say what was expected", () => {
  expect(() => layers.randomBrightness({ factor: 2 })).toThrow(
    "randomBrightness: factor is -2, expected a finite number ≥ -1 and ≤ 1",
  );
  expect(() => layers.randomContrast({ factor: [2, 0] })).toThrow(
    "randomContrast: factor is 2, expected a finite number",
  );
  expect(() => layers.randomHue({ factor: 0.1, valueRange: [1, 0] })).toThrow(
    "randomHue: valueRange is [1, 0], expected the lower bound before the upper",
  );
  expect(() => layers.randomSaturation({ factor: 0.1, name: "s" }).build([4, 4, 1])).toThrow(
    "s: an example has the shape [4, 4, 1], but the layer takes images of three channels, red, green and blue",
  );
  expect(() => layers.randomErasing({ fillValue: [1, 2], name: "e" }).build([4, 4, 3])).toThrow(
    "e: fillValue is [1, 2] with 2 numbers, but an example has 3 channels",
  );
  expect(() => layers.randomErasing({ factor: 1.5 })).toThrow("randomErasing: factor is 1.5");
  expect(() => layers.resizing({ height: 0, width: 1 })).toThrow(
    "resizing: height is 0, expected an integer of at least 1",
  );
  expect(() => layers.resizing(JSON.parse('{ "height": 1, "width": 1, "interpolation": "biliner" }'))).toThrow(
    'resizing: interpolation is "biliner", did you mean "bilinear"?',
  );
  expect(() => layers.resizing({ height: 1, width: 1, cropToAspectRatio: true, padToAspectRatio: true })).toThrow(
    "cropToAspectRatio and padToAspectRatio exclude each other",
  );
  expect(() => layers.randomCrop({ height: 2, width: 2, name: "c" }).build([4, 4])).toThrow(
    "c: an example has the shape [4, 4] with 2 axes, but the layer takes 3 [height, width, channels]",
  );
});
