/** Many short training runs, each with a model of its own, leave memory where it was. */
import { describe, expect, test } from "vitest";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { collectGarbage, usedBytes } from "../support/collect.ts";
import { fastDevices } from "../support/devices.ts";
import { numbers } from "../support/samples.ts";

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  const random = numbers(3);
  const x = Array.from({ length: 64 }, () => Array.from({ length: 64 }, random));
  const y = x.map(([first = 0]) => (first > 0.5 ? 1 : 0));

  /** One run: a model is built, trained, used and forgotten. About 3 MB of weights, moments and results. */
  async function train(): Promise<void> {
    const model = sequential([
      layers.dense({ units: 256, activation: "relu" }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 256, activation: "relu" }),
      layers.dense({ units: 2, activation: "softmax" }),
    ]);
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    await model.fit(x, y, { epochs: 2, batchSize: 16, seed: 7 });
    await model.predict(x);
  }

  test("training runs leave no buffers and no memory behind", async () => {
    setDevice(device);
    const remaining = async (runs: number) => {
      for (let run = 0; run < runs; run++) await train();
      await collectGarbage();
      return { buffers: device.liveBuffers, bytes: usedBytes() };
    };
    const warm = await remaining(10);
    const end = await remaining(30);
    expect(end.buffers).toBeLessThanOrEqual(warm.buffers);
    // Compiled code and caches of bounded size still grow a little; a leak of what the runs use would be 90 MB.
    expect(end.bytes - warm.bytes).toBeLessThan(30e6);
  }, 60_000);
});
