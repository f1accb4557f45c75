/** The devices that the suites run on: the reference, and every other that works here. */
import { enableAllKernels } from "../../src/compiler/all-kernels.ts";
import type { Device } from "../../src/devices/device.ts";
import { ReferenceDevice } from "../../src/devices/reference/reference.ts";
import { openedDevices } from "./opened-devices.node.ts";

// Some suites make scans of Nodes, without the operation that would.
enableAllKernels();

export const reference: Device = new ReferenceDevice();
export const fastDevices: readonly Device[] = openedDevices;
export const devices: readonly Device[] = [reference, ...fastDevices];
