// Tests stand beside their source (src/**/*.test.ts) or, where they span several folders, under test/.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

const golden = ["test/golden/*.test.ts", "src/models/callbacks/keras.test.ts"];

/** Where the engine is not built as WebAssembly, and need not be, nothing is to be tested. */
const hasWasm =
  existsSync(new URL("build/engine/rappel.wasm", import.meta.url)) || process.env.RAPPEL_REQUIRE_WASM === "1";

/** What every device must pass, on one of the engine's WebAssembly modules. Node's fastest is among the devices of all other suites. */
function wasmProject(isa: string, threads: number, ...more: readonly string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: `${isa}, ${threads === 1 ? "one thread" : `${threads} threads`}`,
      include: [...golden, "test/primitives/conformance.test.ts", ...more],
      setupFiles: ["test/support/enable-relaxed-simd.ts"],
      env: { RAPPEL_DEVICE: "wasm", RAPPEL_ISA: isa, RAPPEL_THREADS: String(threads) },
    },
  };
}
const layers = ["test/layers/every-layer.test.ts", "test/layers/devices.test.ts"];

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
          include: golden,
          env: { RAPPEL_DEVICE: "reference" },
        },
      },
      ...(hasWasm
        ? [
            wasmProject("wasm128", 1, ...layers),
            wasmProject("wasm128", 2),
            wasmProject("wasm128-relaxed", 1),
            wasmProject("wasm128-relaxed", 2, ...layers),
          ]
        : []),
    ],
  },
});
