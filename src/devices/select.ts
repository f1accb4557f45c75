/** Which device computes: the fastest one that works here, or the one that `RAPPEL_DEVICE` or the caller names. */
import type { Device } from "./device.ts";
import { openNative } from "./native/native.ts";
import { ReferenceDevice } from "./reference/reference.ts";

export type DeviceName = "native" | "reference";
const names: readonly DeviceName[] = ["native", "reference"];

/**
 * Opens a device. Without a name: the native engine, or, where it cannot be loaded, the reference device after one warning.
 *
 * @param name `native` or `reference`; an error rather than a fallback if that one cannot be had.
 * @throws If the name is unknown, or the named device does not work here; the message says why.
 */
export function openDevice(name: string | undefined = process.env.RAPPEL_DEVICE || undefined): Device {
  if (name === "reference") return new ReferenceDevice();
  if (name !== undefined && name !== "native")
    throw new RangeError(`there is no device "${name}"; there are ${names.join(" and ")}`);
  const native = openNative(name === undefined ? "it is the fastest that works here" : "it was asked for");
  if (native.device) return native.device;
  if (name === "native") throw new Error(`the native device cannot be had: ${native.reason}`);
  process.emitWarning(
    `the native engine cannot be loaded (${native.reason}), so the reference device computes, thousands of times slower. ` +
      `Install a C++ compiler (Debian: apt-get install g++) and run "npm run setup".`,
    "RappelWarning",
  );
  return new ReferenceDevice("the native engine cannot be loaded");
}
