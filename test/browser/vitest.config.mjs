// Runs the suites of every device in headless Chromium, on the sources as pages have them: npm run test:browser.
// RAPPEL_ISOLATED=1 isolates the pages, so that memory can be shared and the engine computes on several threads; RAPPEL_ISA names the
// module's instruction set.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserModules } from "../../scripts/bundle-plugins.mjs";
import { launchOptions } from "../../scripts/chromium.mjs";

/** Which pages in Chromium take by themselves. */
const fastest = "wasm128-relaxed";
const isolated = process.env.RAPPEL_ISOLATED === "1";
const isa = process.env.RAPPEL_ISA ?? fastest;

/** What every device must pass, on every module. */
const ofEveryDevice = ["test/primitives/*.test.ts", "test/golden/*.test.ts", "test/browser/variant.page.test.ts"];
/** What depends on the page and its threads, not on a module's instructions: on the fastest one. */
const ofPages = ["test/layers/devices.test.ts", "test/tensor/*.test.ts", "test/browser/*.page.test.ts"];

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  plugins: [browserModules()],
  server: {
    headers: isolated
      ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
      : {},
  },
  // Nothing here is found by looking through the sources.
  optimizeDeps: { noDiscovery: true },
  test: {
    name: `chromium, ${isa}${isolated ? ", isolated" : ""}`,
    include: isa === fastest ? [...ofEveryDevice, ...ofPages] : ofEveryDevice,
    provide: { isa },
    setupFiles: isa === fastest ? [] : ["test/support/page-environment.ts"],
    testTimeout: 60_000,
    fileParallelism: false,
    isolate: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      instances: [{ browser: "chromium" }],
    },
  },
});
