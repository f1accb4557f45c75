/** A page that trains one dense network: how much it fetches, and how soon it has taken its first step. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoPackage } from "../package/consumer.ts";
import { LinkedProject } from "../package/linked-project.ts";
import { Site, whyNoChromium } from "./page.ts";

/** Compressed by gzip. More is a mistake: something large that few pages use has become part of all. */
const mostBytes = 78_000;

const network = `
import { layers, sequential, setSeed } from "rappel";
const begin = performance.now();
setSeed(1);
const model = sequential([layers.dense({ units: 16, activation: "relu" }), layers.dense({ units: 3, activation: "softmax" })]);
model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
const x = { data: Float32Array.from({ length: 600 }, (_, index) => Math.sin(index)), shape: [150, 4] };
const y = Int32Array.from({ length: 150 }, (_, index) => index % 3);
await model.fit(x, y, {
  epochs: 1,
  callbacks: [{ onBatchEnd: () => { globalThis.firstStep ??= performance.now() - begin; } }],
});
globalThis.lastStep = performance.now() - begin;
`;

const why = whyNoPackage ?? whyNoChromium;
if (why) test.skip(`a small page: ${why}`, () => {});

describe.skipIf(why !== undefined)("a small page", () => {
  const project = new LinkedProject();
  beforeAll(() => {
    project.write("index.html", '<!doctype html><title>small</title><script type="module" src="./main.js"></script>');
    project.write("main.js", network);
    project.build();
  }, 120_000);
  afterAll(() => project.remove());

  test("its scripts are small, and every module of the engine stands beside them", () => {
    // What the page's only script imports at once; the rest is fetched when it is used.
    const html = readFileSync(join(project.folder, "dist/index.html"), "utf8");
    const fetched = project.built(/\.js$/).filter((name) => html.includes(name));
    const bytes = fetched.reduce((sum, name) => sum + project.compressedSize(name), 0);
    expect(bytes, fetched.join(", ")).toBeGreaterThan(30_000);
    expect(bytes, fetched.join(", ")).toBeLessThan(mostBytes);
    // Layers, callbacks and data that the page does not use are not in it.
    const script = fetched.map((name) => readFileSync(join(project.folder, "dist", name), "utf8")).join("");
    const names = /className=`(dense|conv2d|lstm|multiHeadAttention|textVectorization)`/g;
    expect([...script.matchAll(names)].map(([, name]) => name)).toEqual(["dense"]);
    expect(project.built(/rappel.*\.wasm$/)).toHaveLength(4);
  });

  test("its first step is soon", async () => {
    const site = await Site.open({ folder: join(project.folder, "dist") });
    try {
      const times: number[] = [];
      for (let visit = 0; visit < 5; visit++) {
        const page = await site.visit("/");
        await page.waitForFunction("globalThis.lastStep !== undefined");
        times.push(Number(await page.evaluate("globalThis.firstStep")));
        await page.close();
      }
      expect(Math.min(...times)).toBeLessThan(300);
    } finally {
      await site.close();
    }
  }, 60_000);
});
