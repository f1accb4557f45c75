/** The native device: the C++ engine as a module of Node, with as many threads as this process may use. */
import { EngineDevice } from "../engine/engine-device.ts";
import type { OpenedDevice } from "../options.ts";
import { loadEngine } from "./binding.ts";

/** The native device, or why it cannot be had. */
export function openNative(reason: string): OpenedDevice {
  try {
    const engine = loadEngine();
    const threads = process.env.RAPPEL_THREADS;
    if (threads !== undefined && threads !== "") {
      const count = Number(threads);
      if (!Number.isInteger(count) || count < 1)
        throw new RangeError(`RAPPEL_THREADS is "${threads}", expected a whole number of at least 1`);
      engine.setThreads(count);
    }
    return { device: new EngineDevice("native", "C++ engine", engine, reason), reason };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
