/** What a caller may say of the device that is to be opened, and what comes of it. */
import type { Device } from "./device.ts";
import type { EngineWishes } from "./engine/wishes.ts";

export type DeviceName = "native" | "wasm" | "reference";

/**
 * Where the engine's WebAssembly module comes from: an address, its bytes, or the module itself, a `WebAssembly.Module` (which not
 * every configuration of TypeScript knows by this name).
 */
export type WasmSource = string | URL | Uint8Array | object;

/** Instruction set and threads go before `RAPPEL_ISA` and `RAPPEL_THREADS`; what cannot be had as asked for is an error. */
export interface DeviceOptions extends EngineWishes {
  /**
   * The engine as WebAssembly, where another than the package's is meant: in Node a path or `file:` URL, in pages any address.
   * By default bundlers copy the package's modules beside a page's scripts and set their addresses; the page fetches the one that
   * runs there best.
   */
  readonly wasm?: WasmSource | undefined;
}

/** The device, or why it cannot be had. */
export interface OpenedDevice {
  readonly device?: Device;
  readonly reason: string;
}

/** Opens a device; `reason` tells why it was chosen, for its description. */
export type DeviceOpener = (reason: string, options: DeviceOptions) => OpenedDevice;
