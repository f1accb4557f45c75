/** The devices that the suites run on: the reference, and every other that works here. */
import type { Device } from "../../src/devices/device.ts";
import { openNative } from "../../src/devices/native/native.ts";
import { ReferenceDevice } from "../../src/devices/reference/reference.ts";
import { openWasm } from "../../src/devices/wasm/wasm.node.ts";

const native = openNative("a test asked for it").device;
if (!native && process.env.RAPPEL_REQUIRE_NATIVE !== "0")
  throw new Error(
    'the native engine is not built, so it cannot be tested: run "npm run setup" (RAPPEL_REQUIRE_NATIVE=0 leaves it out)',
  );

// WebAssembly needs another compiler than the native engine, which few machines have.
const wasm = openWasm("a test asked for it").device;
if (!wasm && process.env.RAPPEL_REQUIRE_WASM === "1")
  throw new Error(
    'the engine is not built as WebAssembly, so it cannot be tested: run "node scripts/build-wasm.mjs" (without RAPPEL_REQUIRE_WASM=1 it is left out)',
  );

export const reference: Device = new ReferenceDevice();
export const fastDevices: readonly Device[] = [native, wasm].filter((device) => device !== undefined);
export const devices: readonly Device[] = [reference, ...fastDevices];
