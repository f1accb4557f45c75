import type { Device } from "../device.ts";
export function openNative(_why: string): { device?: Device; reason: string } {
  return { reason: "not built" };
}
