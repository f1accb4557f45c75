/** The native device: the C++ engine as a module of Node, with as many threads as this process may use. */
import { EngineDevice } from "../engine/engine-device.ts";
import { wishesOf } from "../engine/wishes.ts";
import type { DeviceOptions, OpenedDevice } from "../options.ts";
import { loadEngine } from "./binding.ts";

/** The native device, or why it cannot be had. */
export function openNative(reason: string, options: DeviceOptions = {}): OpenedDevice {
  try {
    const { threads } = wishesOf(options);
    const engine = loadEngine();
    const isa = engine.info().availableIsas.find((name) => name === options.isa);
    if (options.isa !== undefined) {
      if (isa === undefined)
        throw new RangeError(
          `there is no instruction set "${options.isa}" here; there are ${engine.info().availableIsas.join(", ")}`,
        );
      engine.setInstructionSet(isa);
    }
    if (threads !== undefined) engine.setThreads(threads);
    return { device: new EngineDevice("native", "C++ engine", engine, reason), reason };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
