import { expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import { input, model } from "../networks/functional.ts";
import { sequential } from "../networks/sequential.ts";

setDevice("reference");
const count = (text: string, part: string) => text.split(part).length - 1;

test("a box for each application, an arrow for each connection, and names that are safe", async () => {
  const image = input({ shape: [8], name: "image" });
  const shared = layers.dense({ units: 8, name: "<shared>" });
  const first = shared.apply(image);
  const sum = layers.add({ name: "sum" }).apply([image, shared.apply(first)]);
  const inner = sequential([layers.dense({ units: 2 })], { name: "inner" });
  inner.build([8]);
  inner.trainable = false;
  const network = model({ inputs: image, outputs: inner.apply(sum), name: 'a "net" & more' });
  const svg = await network.toSvg();
  expect(count(svg, "<rect")).toBe(5);
  expect(count(svg, 'class="e"')).toBe(5);
  expect(count(svg, "&lt;shared&gt;")).toBe(2);
  expect(count(svg, 'class="b f"')).toBe(1);
  expect(svg).toContain("<title>Model a &quot;net&quot; &amp; more</title>");
  expect(svg).toContain("sequential  [batch, 2]");
  expect(svg).not.toMatch(/NaN|undefined/);
  const boxes = [...svg.matchAll(/<rect[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map((match) =>
    match.map(Number),
  );
  const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
  for (const [, x = 0, , w = 0] of boxes) expect(x >= 0 && x + w <= width).toBe(true);
});

test("layers in a row stand below one another; a model that is not built has a picture too", async () => {
  const net = sequential([layers.flatten(), layers.dense({ units: 3 }), layers.dense({ units: 1 })]);
  const svg = await net.toSvg();
  expect([count(svg, "<rect"), count(svg, 'class="e"')]).toEqual([3, 2]);
  const heights = [...svg.matchAll(/<rect[^>]* y="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(heights).toEqual(heights.toSorted((a, b) => a - b));
  expect(new Set(heights).size).toBe(3);
  expect(await sequential().toSvg()).toContain("</svg>");
});
