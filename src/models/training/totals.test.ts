import { beforeEach, describe, expect, test } from "vitest";
import { devices } from "../../../test/support/devices.ts";
import { jit } from "../../tensor/jit.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Totals } from "./totals.ts";

describe.each(devices.map((device) => [device.name, device] as const))("totals on the %s device", (_name, device) => {
  beforeEach(() => {
    setDevice(device);
  });

  test("the mean loss of a million examples is exact", async () => {
    const totals = new Totals();
    const loss = Math.fround(0.1);
    const add = jit((loss: Tensor) => totals.add({ loss, dataLoss: loss, aLoss: loss, bLoss: loss }, 32));
    // On the reference device, which is slow and in float64, a few batches do.
    const batches = device.name === "reference" ? 100 : 31_250;
    add.repeat(batches, tensor(loss));
    const means = await totals.read();
    expect(means.examples).toBe(batches * 32);
    expect([...means.means.keys()]).toEqual(["loss", "dataLoss", "aLoss", "bLoss"]);
    for (const mean of means.means.values()) expect(Math.abs(mean / loss - 1)).toBeLessThan(1e-7);
  });

  test("an infinite loss makes an infinite mean, and is found", async () => {
    const totals = new Totals();
    const add = jit((loss: Tensor) => totals.add({ loss }, 4));
    for (const loss of [1, Number.POSITIVE_INFINITY, 2]) add(tensor(loss));
    expect(await totals.read()).toMatchObject({ means: new Map([["loss", Number.POSITIVE_INFINITY]]), nonFiniteAt: 4 });
    totals.reset();
    add(tensor(3));
    expect(await totals.read()).toMatchObject({ means: new Map([["loss", 3]]), examples: 4, nonFiniteAt: undefined });
  });
});
