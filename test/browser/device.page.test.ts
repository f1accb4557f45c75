/** The device of a page: on one thread or several, loaded while the script goes on, and returned to when memory is free. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDevice } from "../../src/devices/select.ts";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { add } from "../../src/ops/elementwise.ts";
import { setSeed } from "../../src/tensor/random.ts";
import { getDevice, setDevice } from "../../src/tensor/storage.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { collectGarbage } from "../support/collect.ts";

const isolated: unknown = Reflect.get(globalThis, "crossOriginIsolated");
const { hardwareConcurrency } = navigator;

function classifier() {
  setSeed(1);
  const model = sequential([layers.dense({ units: 16, activation: "relu" }), layers.dense({ units: 3 })]);
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  const x = { data: Float32Array.from({ length: 400 }, (_, index) => Math.sin(index)), shape: [100, 4] };
  const y = { data: Float32Array.from({ length: 300 }, (_, index) => Math.cos(index)), shape: [100, 3] };
  return { model, x, y };
}

describe("by default", () => {
  beforeAll(() => {
    setDevice("auto");
  });
  afterAll(() => {
    setDevice("auto");
  });

  test("what is computed before the engine is there waits for it, and it is WebAssembly", async () => {
    const sum = add(tensor([1, 2]), tensor([3, 4]));
    expect(getDevice().description).toBe("wasm: still being loaded");
    expect(await sum.array()).toEqual([4, 6]);
    expect(getDevice().description).toMatch(/^wasm: .*; chosen because it is the fastest in a page$/);
  });

  test("a page on one thread says so and why; an isolated one has them all", async () => {
    await getDevice().finish();
    const { threads, description } = getDevice();
    if (isolated && hardwareConcurrency > 1) expect(threads).toBe(hardwareConcurrency);
    else {
      expect(threads).toBe(1);
      expect(description).toMatch(/one thread/);
      expect(description).toMatch(/isolated/);
    }
  });

  test("many trainings leave the memory where it was", async () => {
    const device = getDevice();
    const train = async () => {
      const { model, x, y } = classifier();
      await model.fit(x, y, { epochs: 2 });
      await model.predictAll(x);
    };
    for (let round = 0; round < 3; round++) await train();
    await collectGarbage();
    const before = device.liveBuffers;
    for (let round = 0; round < 20; round++) await train();
    await collectGarbage();
    // The last one's may still be referred to.
    expect(device.liveBuffers).toBeLessThan(before + 40);
  });

  test("a long training on the page's own thread lets it breathe", async () => {
    const { model, x, y } = classifier();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    await model.fit(x, y, { epochs: 300 });
    clearInterval(timer);
    // Ample, for a machine that others use too.
    expect(longest).toBeLessThan(500);
  });
});

describe("by name", () => {
  afterAll(() => {
    setDevice("auto");
  });

  test("native is not to be had", () => {
    expect(() => openDevice("native")).toThrow(
      "the native device cannot be had: machine code runs in Node, Deno and Bun, not in pages",
    );
  });

  test("the reference is loaded when it is asked for", async () => {
    setDevice("reference");
    expect(await add(tensor([0.1]), tensor([0.2])).array()).toEqual(
      [Math.fround(0.1) + Math.fround(0.2)].map(Math.fround),
    );
    expect(getDevice().name).toBe("reference");
  });

  test("WebAssembly from another address; one where there is none is an error and no fallback", async () => {
    const one = { threads: 1, isa: "wasm128" };
    setDevice("wasm", { ...one, wasm: new URL("/build/engine/rappel.wasm", location.href) });
    expect(await add(tensor([1]), tensor([2])).array()).toEqual([3]);
    setDevice("wasm", { ...one, wasm: "/nowhere/rappel.wasm" });
    await expect(tensor([1]).data()).rejects.toThrow(/the wasm device cannot be had: .*\/nowhere\/rappel\.wasm/);
    const bytes = await (await fetch("/build/engine/rappel.wasm")).arrayBuffer();
    setDevice("wasm", { ...one, wasm: new Uint8Array(bytes) });
    expect(await add(tensor([1]), tensor([3])).array()).toEqual([4]);
  });
});

declare const location: { readonly href: string };
