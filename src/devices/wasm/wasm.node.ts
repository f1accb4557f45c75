/** The wasm device in Node: the C++ engine as WebAssembly, on the calling thread, read from where the set-up builds it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { EngineDevice } from "../engine/engine-device.ts";
import type { DeviceOptions, OpenedDevice, WasmSource } from "../options.ts";
import { WasmEngine } from "./binding.ts";

const require = createRequire(import.meta.url);
// By the package's own name, so that it is found wherever in the package this file ends up.
const builtModule = join(dirname(require.resolve("rappel/package.json")), "build/engine/rappel.wasm");

/**
 * The engine as WebAssembly.
 *
 * @param source Its module; by default the one that the set-up builds.
 * @throws If it is not there, or was built for another version.
 */
export function loadWasmEngine(source?: WasmSource): WasmEngine {
  if (source instanceof Uint8Array || source instanceof WebAssembly.Module) return new WasmEngine(source);
  const path = source ?? builtModule;
  if (!existsSync(path))
    throw new Error(
      source === undefined
        ? `the engine is not built as WebAssembly (${builtModule} is missing); run \`node scripts/build-wasm.mjs\``
        : `there is no file ${source}, given as the engine's WebAssembly module`,
    );
  return new WasmEngine(readFileSync(path));
}

/** The wasm device, or why it cannot be had. */
export function openWasm(reason: string, { wasm }: DeviceOptions = {}): OpenedDevice {
  try {
    return { device: new EngineDevice("wasm", "C++ engine as WebAssembly", loadWasmEngine(wasm), reason), reason };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
