// Tests stand beside their source (src/**/*.test.ts) or, where they span several folders, under test/.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: { rappel: fileURLToPath(new URL("./src/index.ts", import.meta.url)) },
  },
  test: {
    // These run in a browser: test/browser/vitest.config.mjs.
    exclude: ["**/*.page.test.ts"],
    // Processes, not threads: the engine keeps one thread pool a process.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "all", include: ["src/**/*.test.ts", "test/**/*.test.ts"] } },
      // What PyTorch, Keras and scikit-learn computed holds the oracle of all other tests as well, not only the chosen device.
      {
        extends: true,
        test: {
          name: "reference",
          include: ["test/golden/*.test.ts", "src/models/callbacks/keras.test.ts"],
          env: { RAPPEL_DEVICE: "reference" },
        },
      },
    ],
  },
});
