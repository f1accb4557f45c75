/** Variables and jit: what users may rely on, on every device. */
import { beforeEach, describe, expect, test } from "vitest";
import * as ops from "../../src/ops/index.ts";
import { iota, zeros } from "../../src/tensor/creation.ts";
import { explain, jit } from "../../src/tensor/jit.ts";
import { Generator, randomUniform } from "../../src/tensor/random.ts";
import { getDevice, setDevice } from "../../src/tensor/storage.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { Variable } from "../../src/tensor/variable.ts";
import { collectGarbage } from "../support/collect.ts";
import { devices } from "../support/devices.ts";

describe.each(devices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  beforeEach(() => {
    setDevice(device);
  });

  test("a tensor is computed once and its parts are shared", async () => {
    const x = tensor([1, 2, 3]);
    const y = ops.multiply(x, 2);
    expect(await y.array()).toEqual([2, 4, 6]);
    expect(await ops.add(y, 1).array()).toEqual([3, 5, 7]);
    expect(ops.add(x, 1).node).toBe(ops.add(x, 1).node);
  });

  test("a variable reads as another value for a while, through which gradients flow", async () => {
    const w = new Variable(tensor([1, 2]));
    const value = () => w.reading(ops.square(w), () => ops.sum(ops.multiply(w, 3)));
    const traced = jit(() => [value(), ...ops.gradients(value(), [w])]);
    for (const [total, gradient] of [[value(), ...ops.gradients(value(), [w])], traced()]) {
      expect(await total?.item()).toBe(15);
      expect(await gradient?.array()).toEqual([6, 12]);
    }
    expect(() =>
      w.reading(tensor([5, 6]), () => {
        expect(ops.add(w, 0).shape).toEqual([2]);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(await w.array()).toEqual([1, 2]);
    expect(() => w.reading(tensor([1]), () => w)).toThrow("variable: cannot read as float32[1], being float32[2]");
  });

  test("an update inside jit is a step of the program", async () => {
    const w = new Variable(tensor([1, 2]));
    const step = jit((x: Tensor) => {
      const loss = ops.sum(ops.square(ops.subtract(ops.matmul(x, w), 1)));
      const [gradient] = ops.gradients(loss, [w]) as [Tensor];
      w.assign(ops.subtract(w, ops.multiply(gradient, 0.01)));
      return loss;
    });
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(await step(x).item()).toBe(116);
    expect(await w.array()).toEqual([expect.closeTo(0.32, 5), expect.closeTo(1.04, 5)]);
    const single = await step(x).item();
    expect(single).toBeLessThan(116);
  });

  test("repeat carries the state from run to run", async () => {
    const total = new Variable(tensor(0));
    const step = jit((x: Tensor) => {
      total.assign(ops.add(total, x));
      return total;
    });
    expect(await step.repeat(10, tensor(3)).item()).toBe(30);
    expect(await total.item()).toBe(30);
  });

  test("an expression keeps the value a variable had when it was built", async () => {
    const w = new Variable(tensor([1, 2]));
    const before = ops.multiply(w, 10);
    const increment = jit(() => w.assign(ops.add(w, 1)));
    increment();
    increment();
    expect(await before.array()).toEqual([10, 20]);
    expect(await w.array()).toEqual([3, 4]);
    w.assign(tensor([7, 8]));
    expect(await w.array()).toEqual([7, 8]);
  });

  test("a tensor that was assigned does not change with the variable", async () => {
    const start = ops.add(tensor([1, 1]), 1);
    const [a, b] = [new Variable(start), new Variable(start)];
    jit(() => a.assign(ops.multiply(a, 5)))();
    expect(await a.array()).toEqual([10, 10]);
    expect(await b.array()).toEqual([2, 2]);
    expect(await start.array()).toEqual([2, 2]);
  });

  test("two variables can exchange their values", async () => {
    const [a, b] = [new Variable(tensor([1, 2])), new Variable(tensor([3, 4]))];
    jit(() => {
      const [x, y] = [ops.add(a, 0), ops.add(b, 0)];
      a.assign(y);
      b.assign(x);
    })();
    expect([await a.array(), await b.array()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test("what reads the old value is computed before it is overwritten, whatever the order of the code", async () => {
    const w = new Variable(tensor([1, 2, 3]));
    const step = jit(() => {
      const old = ops.multiply(w, 100);
      w.assign(ops.add(w, 1));
      const reversed = ops.flip(w, 0);
      return { old, reversed, sum: ops.add(ops.sum(old), ops.sum(w)) };
    });
    const { old, reversed, sum } = step();
    expect(await old.array()).toEqual([100, 200, 300]);
    expect(await reversed.array()).toEqual([4, 3, 2]);
    expect(await sum.item()).toBe(609);
  });

  test("an update that reads its variable through a transposed view does not read what it has written", async () => {
    const w = new Variable(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    jit(() => w.assign(ops.add(w, ops.multiply(ops.transpose(w), 10))))();
    expect(await w.array()).toEqual([
      [11, 32],
      [23, 44],
    ]);
  });

  test("a variable can be replaced by a view of itself that others read too", async () => {
    const w = new Variable(tensor([1, 2, 3]));
    const picked = jit(() => {
      const reversed = ops.flip(w, 0);
      w.assign(reversed);
      return ops.gather(reversed, tensor(Int32Array.of(0, 0)));
    })();
    expect(await picked.array()).toEqual([3, 3]);
    expect(await w.array()).toEqual([3, 2, 1]);
  });

  test("an update by a matmul that reads the variable", async () => {
    const w = new Variable(
      tensor([
        [0, 1],
        [1, 1],
      ]),
    );
    jit(() => w.assign(ops.matmul(w, w))).repeat(3);
    expect(await w.array()).toEqual([
      [13, 21],
      [21, 34],
    ]);
  });

  test("each shape and each constant argument is a program of its own", async () => {
    let traces = 0;
    const f = jit((x: Tensor, scale: number) => {
      traces++;
      return ops.multiply(x, scale);
    });
    expect(await f(tensor([1, 2]), 3).array()).toEqual([3, 6]);
    expect(await f(tensor([5, 6]), 3).array()).toEqual([15, 18]);
    expect(traces).toBe(1);
    expect(await f(tensor([1]), 3).array()).toEqual([3]);
    expect(await f(tensor([1]), 4).array()).toEqual([4]);
    expect(traces).toBe(3);
  });

  test("nested structures go in and come out", async () => {
    const f = jit(({ pair, name }: { pair: [Tensor, Tensor]; name: string }) => ({
      name,
      list: [ops.add(...pair), pair[0]],
    }));
    const { name, list } = f({ pair: [tensor(1), tensor(2)], name: "x" });
    expect(name).toBe("x");
    expect(await Promise.all(list.map((item) => item.item()))).toEqual([3, 1]);
  });

  test("values cannot be read while a function is traced", () => {
    expect(() =>
      jit((x: Tensor) => {
        const y = ops.add(x, 1);
        void y.data().catch(() => undefined);
        new Variable(y).storage();
        return y;
      })(tensor(1)),
    ).toThrow(/jit: values do not exist/);
  });

  test("random numbers are new at every run, the same for the same seed, and reproducible in a jitted function", async () => {
    const draws = async (seed: number) => {
      const generator = new Generator(seed);
      const draw = jit(() => randomUniform([50], { generator }));
      return [await draw().data(), await draw().data()];
    };
    const [first, second] = (await draws(7)) as [Float32Array, Float32Array];
    expect(first).not.toEqual(second);
    expect(await draws(7)).toEqual([first, second]);
    expect((await draws(8))[0]).not.toEqual(first);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThan(1);
  });

  test("a batch taken by index inside the program: the training loop's own pattern", async () => {
    const data = tensor(
      Uint8Array.from({ length: 20 }, (_, index) => index),
      { shape: [10, 2] },
    );
    const order = tensor(Int32Array.from([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]));
    const position = new Variable(tensor(0, { dtype: "int32" }));
    const seen = new Variable(zeros([2]));
    const step = jit(() => {
      const rows = ops.gather(order, ops.add(iota([2]), ops.multiply(position, 2)));
      const batch = ops.cast(ops.gather(data, rows), "float32");
      seen.assign(ops.add(seen, ops.sum(batch, { axis: 0 })));
      position.assign(ops.add(position, 1));
    });
    step.repeat(3);
    expect(await seen.array()).toEqual([18 + 16 + 14 + 12 + 10 + 8, 19 + 17 + 15 + 13 + 11 + 9]);
  });

  test("data() gives a variable's value at the moment of the call, however much is submitted after it", async () => {
    const total = new Variable(zeros([1000, 1000]));
    const step = jit(() => total.assign(ops.add(total, 1)));
    step.repeat(3);
    const values = total.data();
    for (let index = 0; index < 5; index++) step.repeat(4);
    expect(new Set(await values)).toEqual(new Set([3]));
    expect(new Set(await total.data())).toEqual(new Set([23]));
  });

  test("a tensor can be read while programs that use it are submitted", async () => {
    const x = tensor(new Float32Array(4e5).fill(2));
    const step = jit((x: Tensor) => ops.sum(ops.exp(x)));
    const reads: Promise<unknown>[] = [];
    for (let index = 0; index < 20; index++) {
      step.repeat(5, x);
      reads.push(x.data());
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await expect(Promise.all(reads)).resolves.toHaveLength(20);
  });

  test("an index out of range is an error that names it", async () => {
    const bad = ops.gather(tensor([1, 2, 3]), tensor(Int32Array.of(0, 3)));
    await expect((async () => bad.data())()).rejects.toThrow(/index 3.*\[0, 3\)/s);
    expect(await ops.add(tensor([1]), 1).array()).toEqual([2]);
  });

  test("explain shows what was fused", () => {
    const text = explain((x: Tensor) => ops.sum(ops.exp(ops.multiply(x, 2))), tensor([1, 2]));
    expect(text).toContain("multiply");
  });

  test("of many signatures those used last keep their programs", () => {
    const traced: number[] = [];
    const f = jit((x: Tensor, scale: number) => {
      traced.push(scale);
      return ops.multiply(x, scale);
    });
    const x = tensor([1, 2]);
    for (let scale = 0; scale < 80; scale++) {
      f(x, scale);
      f(x, 0);
    }
    expect(traced).toEqual(Array.from({ length: 80 }, (_, scale) => scale));
    f(x, 1);
    expect(traced.at(-1)).toBe(1);
  });

  test("memory does not grow with the number of steps", async () => {
    const w = new Variable(tensor(new Float32Array(64)));
    const step = jit((x: Tensor) => {
      w.assign(ops.add(w, ops.multiply(x, 0.1)));
      return ops.sum(w);
    });
    const x = tensor(new Float32Array(64).fill(1));
    await step(x).item();
    await collectGarbage();
    const before = getDevice().liveBuffers;
    for (let index = 0; index < 500; index++) {
      step(x);
      if (index % 50 === 0) await ops.add(ops.multiply(x, index), w).data();
    }
    await getDevice().finish();
    await collectGarbage();
    expect(getDevice().liveBuffers).toBeLessThanOrEqual(before + 2);
  });
});
