/** The engine as machine code and as WebAssembly, as far as they are built; the latter alone where `RAPPEL_DEVICE` is `wasm`. */
import type { Device } from "../../src/devices/device.ts";
import { openNative } from "../../src/devices/native/native.ts";
import { openWasm } from "../../src/devices/wasm/wasm.node.ts";

const testsWasm = process.env.RAPPEL_DEVICE === "wasm";
const native = testsWasm ? undefined : openNative("a test asked for it").device;
if (!native && !testsWasm && process.env.RAPPEL_REQUIRE_NATIVE !== "0")
  throw new Error(
    'the native engine is not built, so it cannot be tested: run "npm run setup" (RAPPEL_REQUIRE_NATIVE=0 leaves it out)',
  );

// WebAssembly needs another compiler than the native engine, which few machines have.
const wasm = openWasm("a test asked for it").device;
if (!wasm && process.env.RAPPEL_REQUIRE_WASM === "1")
  throw new Error(
    'the engine is not built as WebAssembly, so it cannot be tested: run "node scripts/build-wasm.mjs" (without RAPPEL_REQUIRE_WASM=1 it is left out)',
  );

export const openedDevices: readonly Device[] = [native, wasm].filter((device) => device !== undefined);
