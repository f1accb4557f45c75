/** Results that nothing refers to any more give their memory back by themselves, also in a loop that never waits for long. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/ops/index.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { fastDevices } from "../support/devices.ts";

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  test("a loop of evaluations does not pile up its results", async () => {
    setDevice(device);
    const x = tensor(new Float32Array(2.5e5));
    const before = device.liveBuffers;
    const rounds = 1500; // 1.5 GB of results in all
    let most = 0;
    for (let index = 0; index < rounds; index++) {
      await ops.add(x, index % 7).data();
      most = Math.max(most, device.liveBuffers - before);
    }
    expect(most).toBeLessThan(rounds / 2);
  });
});
