/** The devices of Node, Deno and Bun, and which of them is the fastest that works here. */
import { enableAllKernels } from "../compiler/all-kernels.ts";
import type { Device } from "./device.ts";
import { warn } from "./host.ts";
import { openNative } from "./native/native.ts";
import type { DeviceName, DeviceOpener, DeviceOptions } from "./options.ts";
import { ReferenceDevice } from "./reference/reference.ts";
import { openWasm } from "./wasm/wasm.node.ts";

enableAllKernels();

export const openers: Readonly<Record<DeviceName, DeviceOpener>> = {
  native: openNative,
  wasm: openWasm,
  reference: (reason) => ({ device: new ReferenceDevice(reason), reason }),
};

/** The native engine; where it cannot be loaded, the engine as WebAssembly, or else the reference device, after one warning. */
export function openFastest(options: DeviceOptions): Device {
  const native = openNative("it is the fastest that works here", options);
  if (native.device) return native.device;
  const wasm = openWasm("the native engine cannot be loaded", options);
  if (wasm.device) {
    warn(`the native engine cannot be loaded (${native.reason}), so WebAssembly computes, more slowly`);
    return wasm.device;
  }
  warn(
    `neither the native engine (${native.reason}) nor WebAssembly (${wasm.reason}) can be loaded, so the reference device ` +
      "computes, thousands of times slower",
  );
  return new ReferenceDevice("neither the native engine nor WebAssembly can be loaded");
}
