/** Weights in a file of their own, for models that code makes; and models of one's own that are made again from data. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as layers from "../layers/index.ts";
import type { CallContext } from "../layers/layer.ts";
import { Model, type ModelSettings } from "../models/model.ts";
import { registerModel } from "../models/networks/model-kinds.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setSaver } from "../models/saver.ts";
import { concatenate } from "../ops/joining.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { load, saveModel } from "./model.ts";
import { loadWeights, saveWeights } from "./weights.ts";

setDevice("native");
setSaver(saveModel, { saveWeights, loadWeights });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-weights-"));
  setSeed(1);
});
afterEach(() => rm(folder, { recursive: true }));

class Pair extends Model {
  static readonly className = "pair";
  readonly units: number;
  readonly towers: readonly layers.Dense[];
  readonly inner: Model;
  readonly head = layers.dense({ units: 1 });

  constructor({ units = 2, ...settings }: ModelSettings & { readonly units?: number } = {}) {
    super({ ...settings, inputs: ["a", "b"] });
    this.units = units;
    this.towers = [layers.dense({ units }), layers.dense({ units })];
    this.inner = sequential([layers.batchNormalization({ name: "norm" })]);
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    const parts = this.towers.map((tower, index) => tower.call(inputs[index] as Tensor, context));
    return [this.head.call(this.inner.call(concatenate(parts, -1), context), context)];
  }

  override config() {
    const { className, config } = super.config();
    return { className, config: { ...config, units: this.units } };
  }
}

const x = {
  a: [
    [1, 2, 3],
    [4, 5, 6],
    [0, 1, 0],
  ],
  b: [[1], [-1], [2]],
};
const y = [1, 2, 3];

async function trained(settings = {}) {
  const model = new Pair(settings);
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  await model.fit(x, y, { epochs: 2, seed: 1 });
  return model;
}

test("weights go from one model to another of the same class", async () => {
  const file = join(folder, "some", "weights.safetensors");
  const first = await trained({ name: "first" });
  await first.saveWeights(file);
  const second = new Pair({ name: "second" });
  await expect(second.loadWeights(file)).rejects.toThrow("second.loadWeights: the model is not built");
  second.buildAll([[3], [1]]);
  await second.loadWeights(file);
  expect(await (await second.predict(x)).data()).toEqual(await (await first.predict(x)).data());
});

test("what does not fit is an error, and the model stays as it is", async () => {
  const file = join(folder, "weights.safetensors");
  await (await trained()).saveWeights(file);
  const wide = new Pair({ units: 3, name: "wide" });
  wide.buildAll([[3], [1]]);
  const before = await (await wide.predict(x)).data();
  await expect(wide.loadWeights(file)).rejects.toThrow(
    '"towers/0/kernel" is float32[3, 2], but wide has float32[3, 3]',
  );
  expect(await (await wide.predict(x)).data()).toEqual(before);
  const other = sequential([layers.dense({ units: 1, inputShape: [2], name: "head" })], { name: "other" });
  await expect(other.loadWeights(file)).rejects.toThrow(
    'holds "towers/0/kernel", which other does not have; it has head/kernel',
  );
  await expect(other.loadWeights(join(folder, "none"))).rejects.toThrow("there is no such file");
  await expect(new Pair({ name: "new" }).saveWeights(file)).rejects.toThrow("new.saveWeights: the model is not built");
});

test("a class that is registered is made again, and trains on as if it had never stopped", async () => {
  const original = await trained();
  await original.save(folder);
  await expect(load(folder)).rejects.toThrow(/unknown kind of model "pair".*registerModel/);
  registerModel(Pair);
  const loaded = await load(folder);
  expect(loaded).toBeInstanceOf(Pair);
  expect(loaded.config()).toEqual(original.config());
  expect(await (await loaded.predict(x)).data()).toEqual(await (await original.predict(x)).data());
  const rest = { initialEpoch: 2, epochs: 4 };
  expect((await loaded.fit(x, y, rest)).history).toEqual((await original.fit(x, y, rest)).history);
});

test("two classes of one name are an error", () => {
  registerModel(Pair);
  class Other extends Model {
    static readonly className = "pair";
  }
  expect(() => registerModel(Other)).toThrow('model "pair" is already registered by another class');
});
