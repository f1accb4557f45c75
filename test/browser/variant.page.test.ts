/** The suites of a page run on the module that they were started for. */
import { expect, inject, test } from "vitest";
import { add } from "../../src/ops/elementwise.ts";
import { getDevice } from "../../src/tensor/storage.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { fastDevices } from "../support/devices.ts";

const isolated: unknown = Reflect.get(globalThis, "crossOriginIsolated");

test("the devices of the suites and the default one have the run's instructions and threads", async () => {
  expect(await add(tensor([1]), tensor([2])).array()).toEqual([3]);
  for (const device of [...fastDevices, getDevice()]) {
    expect(device.description).toContain(` ${inject("isa")}, `);
    expect(device.threads).toBe(isolated ? navigator.hardwareConcurrency : 1);
  }
});
