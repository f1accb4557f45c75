/** The engine's own tests once more, on one of its WebAssembly modules. */
import { test } from "vitest";
import type { EngineWishes } from "../../src/devices/engine/wishes.ts";
import { loadWasmEngine } from "../../src/devices/wasm/wasm.node.ts";
import { enableRelaxedSimd } from "../support/relaxed-simd.ts";

function reasonNotToLoad(wishes: EngineWishes): string | undefined {
  try {
    loadWasmEngine(wishes);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const suites = {
  run: () => import("./run.test.ts"),
  kernels: () => import("./kernels.test.ts"),
  lines: () => import("./lines.test.ts"),
  loop: () => import("./loop.test.ts"),
  loader: () => import("./loader.test.ts"),
  map: () => import("./map.test.ts"),
  math: () => import("./math.test.ts"),
  operators: () => import("./operators.test.ts"),
  "parallel-loop": () => import("./parallel-loop.test.ts"),
  reduce: () => import("./reduce.test.ts"),
  addends: () => import("./addends.test.ts"),
  chains: () => import("./chains.test.ts"),
  "column-sums": () => import("./column-sums.test.ts"),
};

/** Defines the tests of the engine, all of them or those named, for the module with this instruction set that has so many threads. */
export async function testWasm(
  isa: string,
  threads: number,
  names: readonly (keyof typeof suites)[] = [
    "run",
    "addends",
    "chains",
    "kernels",
    "lines",
    "loader",
    "loop",
    "map",
    "math",
    "operators",
    "parallel-loop",
    "reduce",
  ],
): Promise<void> {
  enableRelaxedSimd();
  const reason = reasonNotToLoad({ isa, threads });
  if (reason === undefined) {
    // The kit looks at them when it is loaded.
    Object.assign(process.env, { RAPPEL_DEVICE: "wasm", RAPPEL_ISA: isa, RAPPEL_THREADS: String(threads) });
    for (const name of names) await suites[name]();
  } else {
    if (process.env.RAPPEL_REQUIRE_WASM === "1") throw new Error(reason);
    test.skip(`not here: ${reason}`, () => {});
  }
}
