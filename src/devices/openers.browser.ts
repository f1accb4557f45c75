/** The devices of pages and their workers. They are loaded while the script goes on; what it asks of them meanwhile waits. */
import { DeferredDevice } from "./deferred-device.ts";
import type { Device } from "./device.ts";
import { warn } from "./host.ts";
import type { DeviceName, DeviceOpener, DeviceOptions } from "./options.ts";
import { loadWasm } from "./wasm/wasm.browser.ts";

export const openers: Readonly<Record<DeviceName, DeviceOpener>> = {
  native: () => ({ reason: "machine code runs in Node, Deno and Bun, not in pages; there it is wasm" }),
  wasm: (reason, options) => ({ device: new DeferredDevice("wasm", loadWasm(reason, options)), reason }),
  reference: (reason) => ({ device: new DeferredDevice("reference", loadReference(reason)), reason }),
};

/** The engine as WebAssembly; where it cannot be loaded, the reference device, after one warning. */
export function openFastest(options: DeviceOptions): Device {
  return new DeferredDevice(
    "wasm",
    loadWasm("it is the fastest in a page", options).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        `WebAssembly cannot be loaded (${reason}), so the reference device computes, thousands of times slower. ` +
          `If rappel.wasm is somewhere else, say where: setDevice("wasm", { wasm: url }).`,
      );
      return loadReference("WebAssembly cannot be loaded");
    }),
  );
}

async function loadReference(reason: string): Promise<Device> {
  const { ReferenceDevice } = await import("./reference/reference.ts");
  return new ReferenceDevice(reason);
}
