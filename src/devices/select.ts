/** Which device computes: the fastest one that works here, or the one that `RAPPEL_DEVICE` or the caller names. */
import type { Device } from "./device.ts";
import { openNative } from "./native/native.ts";
import { ReferenceDevice } from "./reference/reference.ts";
import { openWasm } from "./wasm/wasm.node.ts";

export type DeviceName = "native" | "wasm" | "reference";
/** All devices, the fastest first. */
export const deviceNames: readonly DeviceName[] = ["native", "wasm", "reference"];

/**
 * Opens a device. Without a name: the native engine, or, where it cannot be loaded, the engine as WebAssembly, or else the
 * reference device; after one warning.
 *
 * @param name `native`, `wasm` or `reference`; an error rather than a fallback if that one cannot be had.
 * @throws If the name is unknown, or the named device does not work here; the message says why.
 */
export function openDevice(name: string | undefined = process.env.RAPPEL_DEVICE || undefined): Device {
  if (name === undefined) return openFastest();
  const reason = "it was asked for";
  if (name === "reference") return new ReferenceDevice(reason);
  if (name !== "native" && name !== "wasm")
    throw new RangeError(`there is no device "${name}"; there are ${deviceNames.join(", ")}`);
  const opened = name === "native" ? openNative(reason) : openWasm(reason);
  if (opened.device) return opened.device;
  throw new Error(`the ${name} device cannot be had: ${opened.reason}`);
}

function openFastest(): Device {
  const native = openNative("it is the fastest that works here");
  if (native.device) return native.device;
  const mend = 'Install a C++ compiler (Debian: apt-get install g++) and run "npm run setup".';
  const wasm = openWasm("the native engine cannot be loaded");
  if (wasm.device) {
    warn(`the native engine cannot be loaded (${native.reason}), so WebAssembly computes, on one thread. ${mend}`);
    return wasm.device;
  }
  warn(
    `neither the native engine (${native.reason}) nor WebAssembly (${wasm.reason}) can be loaded, so the reference device ` +
      `computes, thousands of times slower. ${mend}`,
  );
  return new ReferenceDevice("neither the native engine nor WebAssembly can be loaded");
}

function warn(message: string): void {
  process.emitWarning(message, "RappelWarning");
}
