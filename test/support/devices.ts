/** The devices that the suites run on: the reference, and every other that works here. */
import type { Device } from "../../src/devices/device.ts";
import { openNative } from "../../src/devices/native/native.ts";
import { ReferenceDevice } from "../../src/devices/reference/reference.ts";

const native = openNative("a test asked for it").device;
if (!native && process.env.RAPPEL_REQUIRE_NATIVE !== "0")
  throw new Error(
    'the native engine is not built, so it cannot be tested: run "npm run setup" (RAPPEL_REQUIRE_NATIVE=0 leaves it out)',
  );

export const reference: Device = new ReferenceDevice();
export const fastDevices: readonly Device[] = native ? [native] : [];
export const devices: readonly Device[] = [reference, ...fastDevices];
