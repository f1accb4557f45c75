/**
 * The cases in headless Chromium: a page is built with Vite as a user would, served from this machine and isolated from other origins,
 * and times each case in a worker of its own. Besides, how soon a page takes its first training step.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { whyNoChromium } from "#scripts/chromium.mjs";
import { Site } from "#scripts/site.mjs";
import type { Timed } from "./page/worker.ts";

const root = resolve(import.meta.dirname, "../..");
const scripts = {
  cases: join(root, "build/bench/page/main.js"),
  // The page whose size and first step the tests watch.
  dense: join(root, "test/browser/pages/dense.js"),
};

/** @returns A folder with the pages, to be removed. */
async function buildPages(): Promise<string> {
  if (whyNoChromium) throw new Error(whyNoChromium);
  const folder = mkdtempSync(join(tmpdir(), "rappel-bench-"));
  await build({
    root,
    base: "./",
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: "es2022",
      rolldownOptions: { input: scripts, output: { entryFileNames: "[name].js" } },
    },
  });
  for (const name of Object.keys(scripts))
    writeFileSync(
      join(folder, `${name}.html`),
      `<!doctype html><title>${name}</title><script type="module" src="./${name}.js"></script>`,
    );
  return folder;
}

declare const time: (name: string, threads: number | undefined) => Promise<Timed>;

/** Times each case in a page of its own, one after another. @throws If there is no Chromium. */
export async function* timeInBrowser(
  names: readonly string[],
  threads: number | undefined,
): AsyncGenerator<Timed & { readonly name: string }> {
  const folder = await buildPages();
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
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds until a page that trains a dense network by `fit` has taken its first step, of some visits. */
export interface FirstSteps {
  readonly isolated: boolean;
  /** Since its script, whose imports were fetched by then, began. In ascending order. */
  readonly afterScript: readonly number[];
  /** Since the page was asked for. In ascending order. */
  readonly afterVisit: readonly number[];
}

/** So many visits, each with a browser of its own that has never seen the page. */
const visits = 9;

/** Of a page that is isolated from other origins and of one that is not. @throws If there is no Chromium. */
export async function firstSteps(): Promise<readonly FirstSteps[]> {
  const folder = await buildPages();
  const found: FirstSteps[] = [];
  for (const isolated of [false, true]) {
    const seen: (readonly [afterScript: number, afterVisit: number])[] = [];
    for (let visit = 0; visit < visits; visit++) seen.push(await visitOnce(folder, isolated));
    const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);
    found.push({
      isolated,
      afterScript: ascending(seen.map(([afterScript]) => afterScript)),
      afterVisit: ascending(seen.map(([, afterVisit]) => afterVisit)),
    });
  }
  rmSync(folder, { recursive: true });
  return found;
}

async function visitOnce(folder: string, isolated: boolean): Promise<[afterScript: number, afterVisit: number]> {
  const site = await Site.open({ folder, isolated });
  try {
    const page = await site.visit("/dense.html");
    await page.waitForFunction(() => "trained" in globalThis);
    return await page.evaluate(() => [
      Number(Reflect.get(globalThis, "firstStep")),
      Number(Reflect.get(globalThis, "firstStepAfterVisit")),
    ]);
  } finally {
    await site.close();
  }
}
