/** A page that trains one dense network: how much it fetches, and how soon it has taken its first step. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root, whyNoPackage } from "../package/consumer.ts";
import { LinkedProject } from "../package/linked-project.ts";
import { Site, whyNoChromium } from "./page.ts";

/** More is a mistake: something large that few pages use has become part of all. `npm run size` tells what. */
const mostBytes = {
  /** Which it imports at once. */
  atOnce: { gzip: 54_500, brotli: 48_000 },
  /** With what it fetches later, for optimizer, loss and metric are given by name. */
  trained: { gzip: 68_000, brotli: 60_000 },
};

const why = whyNoPackage ?? whyNoChromium;
if (why) test.skip(`a small page: ${why}`, () => {});

describe.skipIf(why !== undefined)("a small page", () => {
  const project = new LinkedProject();
  beforeAll(() => {
    project.write("index.html", '<!doctype html><title>small</title><script type="module" src="./main.js"></script>');
    project.write("main.js", readFileSync(join(root, "test/browser/pages/dense.js"), "utf8"));
    project.build();
  }, 120_000);
  afterAll(() => project.remove());

  function expectSmall(scripts: readonly string[], most: Readonly<Record<"gzip" | "brotli", number>>): void {
    const sizes = scripts.map((name) => project.compressedSize(name));
    for (const format of ["gzip", "brotli"] as const) {
      const bytes = sizes.reduce((sum, size) => sum + size[format], 0);
      expect(bytes, `${format}: ${scripts.join(", ")}`).toBeGreaterThan(30_000);
      expect(bytes, `${format}: ${scripts.join(", ")}`).toBeLessThan(most[format]);
    }
  }

  test("its scripts are small, and every module of the engine stands beside them", () => {
    // What the page's only script imports at once; the rest is fetched when it is used.
    const html = readFileSync(join(project.folder, "dist/index.html"), "utf8");
    const fetched = project.built(/\.js$/).filter((name) => html.includes(name));
    expectSmall(fetched, mostBytes.atOnce);
    // Layers, callbacks and data that the page does not use are not in it.
    const script = fetched.map((name) => readFileSync(join(project.folder, "dist", name), "utf8")).join("");
    const names = /className=`(dense|conv2d|lstm|multiHeadAttention|textVectorization)`/g;
    expect([...script.matchAll(names)].map(([, name]) => name)).toEqual(["dense"]);
    expect(project.built(/rappel.*\.wasm$/)).toHaveLength(4);
  });

  test("its first step is soon, and it fetches little until then", async () => {
    const site = await Site.open({ folder: join(project.folder, "dist") });
    try {
      const times: number[] = [];
      for (let visit = 0; visit < 5; visit++) {
        const page = await site.visit("/");
        await page.waitForFunction("globalThis.trained !== undefined");
        times.push(Number(await page.evaluate("globalThis.firstStep")));
        if (visit === 0) {
          expect(await page.evaluate("globalThis.trained.valAccuracy.length")).toBe(2);
          const addresses = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
          const fetched = project
            .built(/\.js$/)
            .filter((name) => addresses.some((each) => basename(each) === basename(name)));
          expectSmall(fetched, mostBytes.trained);
        }
        await page.close();
      }
      expect(Math.min(...times)).toBeLessThan(300);
    } finally {
      await site.close();
    }
  }, 60_000);

  test("one that uses only tensors holds nothing of models, and has nothing of them to fetch", () => {
    const other = new LinkedProject();
    try {
      other.write("index.html", '<!doctype html><title>tensors</title><script type="module" src="./main.js"></script>');
      other.write("main.js", readFileSync(join(root, "test/browser/pages/tensors.js"), "utf8"));
      other.build();
      const scripts = other.built(/\.js$/);
      const names = scripts.map((name) => /([a-z-]+?)-[\w-]{8}\.js$/.exec(name)?.[1]);
      expect(names.sort()).toEqual(["further-passes", "index", "reference"]);
      const atOnce = scripts.filter((name) => /index-/.test(name)).map((name) => other.compressedSize(name).brotli);
      expect(Math.max(...atOnce)).toBeLessThan(28_500);
    } finally {
      other.remove();
    }
  }, 60_000);

  test("what it does without is there where it is needed", async () => {
    const other = new LinkedProject();
    other.write("index.html", '<!doctype html><title>rarer</title><script type="module" src="./main.js"></script>');
    other.write("main.js", readFileSync(join(root, "test/browser/pages/rarer.js"), "utf8"));
    other.build();
    const site = await Site.open({ folder: join(other.folder, "dist") });
    try {
      const page = await site.visit("/");
      await page.waitForFunction("globalThis.found !== undefined");
      expect(await page.evaluate("globalThis.found")).toEqual({
        losses: [expect.any(Number), expect.any(Number)],
        errors: [expect.any(Number), expect.any(Number)],
        files: ["model.json", "weights.safetensors"],
        svg: true,
        sums: [1, 3, 6],
        attention: expect.closeTo(16 * 128 * 128, 0),
        program: expect.stringMatching(/parallel loop of 16 turns/),
        mistake: expect.stringContaining('unknown loss "meanSquaredErorr", did you mean "meanSquaredError"?'),
        warning: expect.stringContaining("applies softmax to a single unit, which is always 1"),
        onBatch: 0,
        judged: 2,
        wrongIndex: expect.stringMatching(/x holds 5 in example 0 .* takes whole numbers in \[0, 4\)/),
        farthest: expect.closeTo(0, 5),
      });
    } finally {
      await site.close();
      other.remove();
    }
  }, 60_000);
});
