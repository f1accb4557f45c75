/** Results that nothing refers to any more give their memory back by themselves, also in a loop that never waits for long. */
import { describe, expect, test } from "vitest";
import * as ops from "../../src/ops/index.ts";
import { jit } from "../../src/tensor/jit.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { Variable } from "../../src/tensor/variable.ts";
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

  test("short steps whose small results nobody keeps make no buffers, even in a loop that never waits", async () => {
    setDevice(device);
    const count = new Variable(tensor(0));
    const fractions = tensor([0.5, 0.25]);
    const step = jit(() => {
      count.assign(ops.add(count, 1));
      return { count, more: ops.add(count, fractions) };
    });
    step();
    const before = device.liveBuffers;
    for (let index = 0; index < 5000; index++) step();
    expect(device.liveBuffers).toBe(before);
    expect(await count.item()).toBe(5001);
  });

  test("small results keep their values while the step goes on, and can be computed with", async () => {
    setDevice(device);
    const count = new Variable(tensor(0));
    const fractions = tensor([0.5, 0.25]);
    const step = jit(() => {
      count.assign(ops.add(count, 1));
      return [ops.multiply(count, 10), ops.add(count, fractions)] as const;
    });
    const results = Array.from({ length: 20 }, () => step());
    for (const [index, [scalar, pair]] of results.entries()) {
      expect(await scalar.item()).toBe(10 * (index + 1));
      expect(await pair.array()).toEqual([index + 1.5, index + 1.25]);
    }
    const [[first], [second]] = results as [(typeof results)[0], (typeof results)[0]];
    expect(await ops.add(first, second).item()).toBe(30);
    const double = jit((x: Tensor) => ops.multiply(x, 2));
    expect(await double(first).item()).toBe(20);
    expect(await first.item()).toBe(10);
    const values = await second.data();
    values[0] = 0;
    expect(await second.item()).toBe(20);
    second[Symbol.dispose]();
    await expect(second.item()).rejects.toThrow("disposed of");
  });

  test("a loop that only waits for short steps lets timers happen", async () => {
    setDevice(device);
    const step = jit((x: Tensor) => ops.sum(x));
    const x = tensor([1, 2]);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
    }, 1);
    const start = performance.now();
    while (!late && performance.now() - start < 5000) {
      step(x);
      await device.finish();
    }
    clearTimeout(timer);
    expect(late).toBe(true);
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
