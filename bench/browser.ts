/**
 * The cases in headless Chromium: a page is built with Vite as a user would, served from this machine and isolated from other origins,
 * and times each case in a worker of its own. Besides, how soon a page takes its first training step.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "vite";
import { whyNoChromium } from "#scripts/chromium.mjs";
import { Site } from "#scripts/site.mjs";
import type { Timed } from "./page/worker.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "build/bench-pages");
const scripts = {
  cases: join(root, "build/bench/page/main.js"),
  // The page whose size and first step the tests watch.
  dense: join(root, "test/browser/pages/dense.js"),
};

async function buildPages(): Promise<void> {
  if (whyNoChromium) throw new Error(whyNoChromium);
  rmSync(folder, { recursive: true, force: true });
  await build({
    root,
    base: "./",
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
    build: {
      outDir: folder,
      target: "es2022",
      rolldownOptions: { input: scripts, output: { entryFileNames: "[name].js" } },
    },
  });
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(scripts))
    writeFileSync(
      join(folder, `${name}.html`),
      `<!doctype html><title>${name}</title><script type="module" src="./${name}.js"></script>`,
    );
}

declare const time: (name: string, threads: number | undefined) => Promise<Timed>;

/** Times each case in a page of its own, one after another. @throws If there is no Chromium. */
export async function* timeInBrowser(
  names: readonly string[],
  threads: number | undefined,
): AsyncGenerator<Timed & { readonly name: string }> {
  await buildPages();
  const site = await Site.open({ folder, isolated: true });
  try {
    for (const name of names) {
      const page = await site.visit("/cases.html");
      await page.waitForFunction(() => "time" in globalThis);
      const timed = await page.evaluate(([name, threads]) => time(name, threads), [name, threads] as const);
      await page.close();
      yield { name, ...timed };
    }
  } finally {
    await site.close();
  }
}

/** Milliseconds until a page that trains a dense network by `fit` has taken its first step. */
export interface FirstStep {
  readonly isolated: boolean;
  /** Since its script, whose imports were fetched by then, began. */
  readonly afterScript: number;
  /** Since the page was asked for. */
  readonly afterVisit: number;
}

/** So many visits, each with a browser of its own that has never seen the page. */
const visits = 5;

/** Isolated pages and others: the medians of some visits. @throws If there is no Chromium. */
export async function firstSteps(): Promise<readonly FirstStep[]> {
  await buildPages();
  const found: FirstStep[] = [];
  for (const isolated of [false, true]) {
    const seen: Omit<FirstStep, "isolated">[] = [];
    for (let visit = 0; visit < visits; visit++) seen.push(await visitOnce(isolated));
    const median = (of: keyof (typeof seen)[number]) =>
      seen.map((each) => each[of]).sort((a, b) => a - b)[Math.floor(visits / 2)] as number;
    found.push({ isolated, afterScript: median("afterScript"), afterVisit: median("afterVisit") });
  }
  return found;
}

async function visitOnce(isolated: boolean): Promise<Omit<FirstStep, "isolated">> {
  const site = await Site.open({ folder, isolated });
  try {
    const page = await site.visit("/dense.html");
    await page.waitForFunction(() => "trained" in globalThis);
    return await page.evaluate(() => ({
      afterScript: Number(Reflect.get(globalThis, "firstStep")),
      afterVisit: Number(Reflect.get(globalThis, "firstStepAfterVisit")),
    }));
  } finally {
    await site.close();
  }
}
