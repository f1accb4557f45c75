/** The wasm device in Node: the C++ engine as WebAssembly, on the calling thread, read from where the set-up builds it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Device } from "../device.ts";
import { EngineDevice } from "../engine/engine-device.ts";
import { WasmEngine } from "./binding.ts";

const require = createRequire(import.meta.url);
// By the package's own name, so that it is found wherever in the package this file ends up.
const builtModule = join(dirname(require.resolve("rappel/package.json")), "build/engine/rappel.wasm");

/** The engine as WebAssembly. @throws If it is not built, or was built for another version. */
export function loadWasmEngine(): WasmEngine {
  if (!existsSync(builtModule))
    throw new Error(
      `the engine is not built as WebAssembly (${builtModule} is missing); run \`node scripts/build-wasm.mjs\``,
    );
  return new WasmEngine(readFileSync(builtModule));
}

/** The wasm device, or why it cannot be had. */
export function openWasm(reason: string): { readonly device?: Device; readonly reason: string } {
  try {
    return { device: new EngineDevice("wasm", "C++ engine as WebAssembly", loadWasmEngine(), reason), reason };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
