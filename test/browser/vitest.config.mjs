// Runs the suites of every device in headless Chromium, on the sources as pages have them: npm run test:browser.
// RAPPEL_ISOLATED=1 isolates the pages, so that memory can be shared and the engine computes on several threads.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { browserModules } from "../../scripts/bundle-plugins.mjs";
import { launchOptions } from "../../scripts/chromium.mjs";

const isolated = process.env.RAPPEL_ISOLATED === "1";

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
    name: isolated ? "chromium, isolated" : "chromium",
    include: [
      "test/primitives/*.test.ts",
      "test/golden/*.test.ts",
      "test/layers/devices.test.ts",
      "test/tensor/*.test.ts",
      "test/browser/*.page.test.ts",
    ],
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
