/** The engine as a page has it: the fastest module that runs there, on as many threads as it may use. */
import type { Device } from "../../src/devices/device.ts";
import { loadWasm } from "../../src/devices/wasm/wasm.browser.ts";

export const openedDevices: readonly Device[] = [await loadWasm("a test asked for it", {})];
