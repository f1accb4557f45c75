/** The wasm device in Node: the C++ engine as WebAssembly, the fastest of its modules that runs here, read from where the set-up builds it. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { EngineDevice } from "../engine/engine-device.ts";
import type { DeviceOptions, OpenedDevice } from "../options.ts";
import type { WasmEngine } from "./binding.ts";
import { planWasmEngine } from "./plan.ts";
import { startNodeWorker } from "./workers.node.ts";

const require = createRequire(import.meta.url);
// By the package's own name, so that it is found wherever in the package this file ends up.
const builtModules = join(dirname(require.resolve("rappel/package.json")), "build/engine");

/**
 * The engine as WebAssembly.
 *
 * @param options Its module, by default the fastest that the set-up builds and that runs here; instruction set and threads.
 * @throws If it is not there, was built for another version, or cannot be had as asked for.
 */
export function loadWasmEngine(options: DeviceOptions = {}): WasmEngine {
  const plan = planWasmEngine(options, availableParallelism(), startNodeWorker);
  const { wasm } = options;
  if (wasm instanceof Uint8Array || wasm instanceof WebAssembly.Module) return plan.make(wasm);
  if (typeof wasm === "object" && !(wasm instanceof URL))
    throw new TypeError(`wasm is ${wasm}, expected a path, an address, bytes or a WebAssembly.Module`);
  const path = wasm ?? join(builtModules, plan.variant.file);
  if (!existsSync(path))
    throw new Error(
      wasm === undefined
        ? `the engine is not built as WebAssembly (${path} is missing); run \`node scripts/build-wasm.mjs\``
        : `there is no file ${path}, given as the engine's WebAssembly module`,
    );
  return plan.make(readFileSync(path));
}

/** The wasm device, or why it cannot be had. */
export function openWasm(reason: string, options: DeviceOptions = {}): OpenedDevice {
  try {
    return { device: new EngineDevice("wasm", "C++ engine as WebAssembly", loadWasmEngine(options), reason), reason };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
