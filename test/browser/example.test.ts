/** The example page: its types, its build, and a training in the page that stays smooth meanwhile. */
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoPackage } from "../package/consumer.ts";
import { LinkedProject } from "../package/linked-project.ts";
import { Site, whyNoChromium } from "./page.ts";

const why = whyNoPackage ?? whyNoChromium;
if (why) test.skip(`the example page: ${why}`, () => {});

describe.skipIf(why !== undefined)("the example page", { timeout: 120_000 }, () => {
  const project = new LinkedProject();
  beforeAll(() => {
    project.copy("examples/digits-page");
    project.build();
  }, 120_000);
  afterAll(() => project.remove());

  test("its types are right", () => {
    expect(project.tool("typescript/bin/tsc")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  /** A page that notes how long it was between one tick of a timer and the next. */
  async function openPage(site: Site): Promise<Page> {
    const page = await site.visit("/");
    await page.evaluate(() => {
      const gaps: number[] = [];
      Reflect.set(globalThis, "gaps", gaps);
      let last = performance.now();
      setInterval(() => {
        gaps.push(performance.now() - last);
        last = performance.now();
      }, 5);
    });
    return page;
  }

  /** The gap, in milliseconds, than which nineteen of twenty are shorter. */
  async function usualGap(page: Page): Promise<number> {
    const gaps: number[] = await page.evaluate(() => Reflect.get(globalThis, "gaps"));
    return gaps.sort((a, b) => a - b)[Math.floor(0.95 * gaps.length)] ?? Number.NaN;
  }

  test.each([[false], [true]])("it learns digits; isolated: %s", async (isolated) => {
    const site = await Site.open({ folder: join(project.folder, "dist"), isolated });
    try {
      const page = await openPage(site);
      await page.click("#start");
      await page.waitForSelector("body[data-state]", { timeout: 90_000 });
      const status = await page.textContent("#status");
      const accuracy = Number(/30 epochs, accuracy ([\d.]+)/.exec(status ?? "")?.[1]);
      expect(accuracy, String(status)).toBeGreaterThan(0.95);
      expect(status).toMatch(isolated ? /wasm: .* of \d+ threads/ : /wasm: .* one thread/);
      expect(await page.locator("#digits figure").count()).toBe(24);
      // Training takes seconds: on the page's own thread the gaps would be as long as its slices, about 50 ms.
      expect(await usualGap(page)).toBeLessThan(30);
    } finally {
      await site.close();
    }
  });

  // In the page itself: all thirty epochs may take less time than a look into it from outside.
  const stopAfterTwoEpochs = `{
    const status = document.querySelector("#status");
    new MutationObserver((_, observer) => {
      if (!status.value.startsWith("epoch 2 ")) return;
      observer.disconnect();
      document.querySelector("#stop").click();
    }).observe(status, { childList: true });
  }`;

  test("it is stopped early, and trained again", async () => {
    const site = await Site.open({ folder: join(project.folder, "dist") });
    try {
      const page = await openPage(site);
      await page.evaluate(stopAfterTwoEpochs);
      await page.click("#start");
      await page.waitForSelector("body[data-state=trained]");
      const epochs = Number(/^(\d+) epochs/.exec((await page.textContent("#status")) ?? "")?.[1]);
      expect(epochs).toBeGreaterThan(1);
      expect(epochs).toBeLessThan(30);
      await page.click("#start");
      await page.waitForFunction("/^30 epochs/.test(document.querySelector('#status').value)");
    } finally {
      await site.close();
    }
  });
});
