/** Which device computes: the fastest one that works here, or the one that `RAPPEL_DEVICE` or the caller names. */
import type { Device } from "./device.ts";
import { environmentVariable } from "./host.ts";
import { openers, openFastest } from "./openers.node.ts";
import type { DeviceName, DeviceOptions } from "./options.ts";

/** All devices, the fastest first. */
export const deviceNames: readonly DeviceName[] = ["native", "wasm", "reference"];

/**
 * Opens a device. Without a name, or by `auto`: the native engine, or, where it cannot be loaded, the engine as WebAssembly, or else the
 * reference device; after one warning.
 *
 * @param name `native`, `wasm`, `reference` or `auto`; an error rather than a fallback if that one cannot be had. In a page, where a device
 *   is loaded while the script goes on, the error meets whoever reads the first result.
 * @throws If the name is unknown, or the named device does not work here; the message says why.
 */
export function openDevice(
  name: string | undefined = environmentVariable("RAPPEL_DEVICE"),
  options: DeviceOptions = {},
): Device {
  if (name === undefined || name === "auto") return openFastest(options);
  if (!isDeviceName(name)) throw new RangeError(`there is no device "${name}"; there are ${deviceNames.join(", ")}`);
  const { device, reason } = openers[name]("it was asked for", options);
  if (device) return device;
  throw new Error(`the ${name} device cannot be had: ${reason}`);
}

function isDeviceName(name: string): name is DeviceName {
  return deviceNames.some((each) => each === name);
}
