/** Results that nothing refers to any more give their memory back by themselves, also in a loop that never waits for long. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/ops/index.ts";
import { jit } from "../../src/tensor/jit.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { collectGarbage } from "../support/collect.ts";
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

  test("large results that are never read do not pile up either", async () => {
    setDevice(device);
    const x = tensor(new Float32Array(1e6));
    const step = jit((value: Tensor) => {
      const large = ops.add(x, value);
      return [large, ops.mean(large)] as const;
    });
    const before = device.liveBuffers;
    const rounds = 600; // 2.4 GB of results in all
    let most = 0;
    for (let index = 0; index < rounds; index++) {
      const [, mean] = step(tensor(index));
      await mean.data();
      most = Math.max(most, device.liveBuffers - before);
    }
    expect(most).toBeLessThan(rounds / 2);
  });

  test("a result that only its reader waits for is not collected before", async () => {
    setDevice(device);
    const x = tensor(new Float32Array(600 * 600).fill(1), { shape: [600, 600] });
    const long = jit((y: Tensor) => {
      let product = y;
      for (let turn = 0; turn < 8; turn++) product = ops.multiply(ops.matmul(product, y), 1 / 600);
      return product;
    });
    const reading = [1, 2, 3].map(() => long(x).data());
    const collecting = collectGarbage();
    for (const values of await Promise.all(reading)) expect(values[0]).toBeCloseTo(1, 3);
    await collecting;
  });
});
