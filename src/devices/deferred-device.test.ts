import { expect, test } from "vitest";
import { MissingPasses } from "../compiler/missing-passes.ts";
import { add } from "../ops/elementwise.ts";
import { jit } from "../tensor/jit.ts";
import { setDevice } from "../tensor/storage.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { DeferredDevice } from "./deferred-device.ts";
import type { Device } from "./device.ts";
import { ReferenceDevice } from "./reference/reference.ts";

/** A device on its way, and what makes it come. */
function deferred() {
  let arrive: (device: Device) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const loading = new Promise<Device>((resolve, reject) => {
    arrive = resolve;
    fail = reject;
  });
  return { device: new DeferredDevice("wasm", loading), arrive, fail };
}

test("what is asked of a device before it is there happens in order when it comes", async () => {
  const { device, arrive } = deferred();
  setDevice(device);
  const values = Float32Array.of(1, 2);
  const x = tensor(values);
  values.fill(9); // what was given counts, not what became of it
  const count = new Variable(tensor(0));
  const step = jit((y: Tensor) => {
    count.assign(add(count, 1));
    return add(y, count);
  });
  const first = step(x);
  const second = step.repeat(3, x);
  expect(device).toMatchObject({ name: "wasm", description: "wasm: still being loaded", threads: 1 });
  expect(step.explain(x)).toMatch(/instructions for/);
  const reading = first.array();
  const inner = new ReferenceDevice();
  arrive(inner);
  expect(await reading).toEqual([2, 3]);
  expect(await second.array()).toEqual([5, 6]);
  expect(await step(x).array()).toEqual([6, 7]);
  expect(device).toMatchObject({ name: "reference", description: inner.description });
  expect(device.liveBuffers).toBe(inner.liveBuffers);
});

test("a device that cannot be had is an error for whoever reads, and for all that is asked after it", async () => {
  const { device, fail } = deferred();
  setDevice(device);
  const x = tensor([1, 2]);
  fail(new Error("rappel.wasm cannot be fetched"));
  await expect(x.data()).rejects.toThrow("the wasm device cannot be had: rappel.wasm cannot be fetched");
  await expect(device.finish()).rejects.toThrow("cannot be fetched");
  expect(() => tensor([3])).toThrow("the wasm device cannot be had");
});

test("what fails while it waited is thrown by the next read, once", async () => {
  const { device, arrive } = deferred();
  const buffer = device.allocate("float32", 2);
  const lost = device.allocate("float32", 2);
  device.write(buffer, Float32Array.of(1, 2));
  const inner = new ReferenceDevice();
  const allocate = inner.allocate.bind(inner);
  let calls = 0;
  inner.allocate = (dtype, size) => {
    if (++calls === 2) throw new RangeError("out of memory");
    return allocate(dtype, size);
  };
  arrive(inner);
  await expect(device.read(buffer)).rejects.toThrow("out of memory");
  expect(await device.read(buffer)).toEqual(Float32Array.of(1, 2));
  await expect(device.read(lost)).rejects.toThrow("could not be allocated");
});

test("a program is timed once the device is there", async () => {
  const { device, arrive } = deferred();
  setDevice(device);
  const x = tensor([1, 2]);
  const step = jit((y: Tensor) => add(y, 1));
  step(x);
  expect(() => step.profile(1, x)).toThrow("still being loaded; await its finish() first");
  arrive(new ReferenceDevice());
  await device.finish();
  expect(() => step.profile(1, x)).toThrow("cannot time single instructions");
});

test("while it fetches what compiles a graph, all that comes later waits in order", async () => {
  const { device, arrive } = deferred();
  setDevice(device);
  const inner = new ReferenceDevice();
  const compile = inner.compile.bind(inner);
  let misses = 0;
  inner.compile = (graph) => {
    if (misses++ === 0) throw new MissingPasses();
    return compile(graph);
  };
  arrive(inner);
  await device.finish();
  const count = new Variable(tensor(1));
  const step = jit((y: Tensor) => {
    count.assign(add(count, 1));
    return add(y, count);
  });
  const values = Float32Array.of(1, 2);
  const results = [tensor(values), tensor([5, 6])].map((x) => step(x));
  values.fill(9);
  expect(device.liveBuffers).toBeGreaterThan(inner.liveBuffers);
  expect(await Promise.all(results.map((each) => each.array()))).toEqual([
    [3, 4],
    [8, 9],
  ]);
  expect(device.liveBuffers).toBe(inner.liveBuffers);
  expect(misses).toBeGreaterThan(1);
});

test("what cannot be compiled although all was fetched is thrown by the next read", async () => {
  const { device, arrive } = deferred();
  setDevice(device);
  const inner = new ReferenceDevice();
  let tries = 0;
  inner.compile = () => {
    throw tries++ === 0 ? new MissingPasses() : new RangeError("too large");
  };
  arrive(inner);
  await device.finish();
  const result = jit((y: Tensor) => add(y, 1))(tensor([1]));
  await expect(result.data()).rejects.toThrow("too large");
});
