/** A saved model of one's own, with two optimizers and a random generator: training goes on as if it had never stopped. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RingGan, ringOfGaussians } from "../../test/support/ring-gan.ts";
import type { Model } from "../models/model.ts";
import { setSaver } from "../models/saver.ts";
import * as optimizers from "../optimizers/index.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { load, saveModel } from "./model.ts";

setDevice("native");
setSaver(saveModel);

function compiledGan() {
  setSeed(1);
  const gan = new RingGan({ latentSize: 4 });
  gan.compile({
    discriminatorOptimizer: optimizers.adam({ learningRate: 2e-3 }),
    generatorOptimizer: optimizers.adam({ learningRate: 1e-3, beta1: 0.5 }),
  });
  return gan;
}

test("stopped, saved, loaded and trained on equals never having stopped", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rappel-gan-"));
  const data = { x: ringOfGaussians(300, 5) };
  const options = { batchSize: 64, seed: 7 };
  const weights = async (of: Model) => Promise.all(of.getWeights().map((each) => each.data()));
  try {
    const straight = compiledGan();
    const whole = await straight.fit(data, { ...options, epochs: 4 });
    const stopped = compiledGan();
    await stopped.fit(data, { ...options, epochs: 2 });
    await stopped.save(folder);
    const loaded = await load(folder);
    expect(loaded).toBeInstanceOf(RingGan);
    expect(loaded.config().config).toEqual({ name: stopped.name, latentSize: 4 });
    expect([...loaded.optimizers].map(([field, { config }]) => [field, typeof config])).toHaveLength(2);
    const second = await loaded.fit(data, { ...options, initialEpoch: 2, epochs: 4 });
    for (const [name, values] of Object.entries(whole.history))
      expect(second.history[name], name).toEqual(values.slice(2));
    expect(await weights(loaded)).toEqual(await weights(straight));
  } finally {
    await rm(folder, { recursive: true });
  }
});
