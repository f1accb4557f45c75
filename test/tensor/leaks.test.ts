/** Many short training runs, each with a model of its own, leave memory where it was. */
import { describe, expect, test } from "vitest";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { collectGarbage, heapBytes, usedBytes } from "../support/collect.ts";
import { fastDevices } from "../support/devices.ts";
import { numbers } from "../support/samples.ts";

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  const random = numbers(3);
  const x = Array.from({ length: 64 }, () => Array.from({ length: 64 }, random));
  const y = x.map(([first = 0]) => (first > 0.5 ? 1 : 0));

  /** One run: a model is built, trained, used and forgotten. */
  async function train(units: number): Promise<void> {
    const model = sequential([
      layers.dense({ units, activation: "relu" }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units, activation: "relu" }),
      layers.dense({ units: 2, activation: "softmax" }),
    ]);
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    await model.fit(x, y, { epochs: 2, batchSize: 16 });
    await model.predict(x);
  }

  /** What is there after so many runs. */
  async function remaining(runs: number, units: number) {
    for (let run = 0; run < runs; run++) {
      await train(units);
      // Often, or the memory at its highest would depend on when the collector comes by itself.
      if ((run + 1) % (units > 100 ? 3 : 15) === 0) await collectGarbage();
    }
    return {
      buffers: device.liveBuffers,
      programs: device.livePrograms,
      heap: heapBytes(),
      bytes: usedBytes(),
    };
  }

  // What a large run leaves behind is about 3 MB of weights, moments and results; of the small ones what counts is how many they are.
  test.each([
    { units: 8, warmUp: 60, runs: 120 },
    { units: 256, warmUp: 15, runs: 30 },
  ])(
    "$runs training runs of $units units leave nothing behind",
    async ({ units, warmUp, runs }) => {
      setDevice(device);
      const before = device.livePrograms;
      const warm = await remaining(warmUp, units);
      const end = await remaining(runs, units);
      expect(end.buffers).toBeLessThanOrEqual(warm.buffers);
      expect(end.programs).toBeLessThanOrEqual(warm.programs);
      // Programs kept for expressions outside of jit: seeds and draws of random numbers do not make new ones.
      expect(end.programs).toBeLessThan(before + 20);
      // V8 compiles more of the code, the more often it ran.
      expect(end.heap - warm.heap).toBeLessThan(1e6);
      expect(end.bytes - warm.bytes).toBeLessThan(10e6);
    },
    180_000,
  );
});
