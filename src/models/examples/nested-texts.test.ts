/** Texts that enter a model inside another, and models whose class says how they compute. */
import { beforeEach, describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import { load, loadState, saveModel } from "../../io/model.ts";
import * as layers from "../../layers/index.ts";
import type { CallContext } from "../../layers/layer.ts";
import { concatenate } from "../../ops/joining.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Model, type ModelSettings } from "../model.ts";
import { input, model } from "../networks/functional.ts";
import { registerModel } from "../networks/model-kinds.ts";
import { sequential } from "../networks/sequential.ts";
import { setSaver } from "../saver.ts";
import type { StepBatch } from "../training/step-batch.ts";

setSaver(saveModel, { loadState });
beforeEach(() => {
  setDevice(reference);
  setSeed(1);
});

const texts = ["a good film", "good good acting", "I loved it", "a bad film", "bad, bad acting", "I hated it"];
const labels = [1, 1, 1, 0, 0, 0];
const queries = ["what a good film", "they hated it", ""];
const training = {
  optimizer: { className: "adam", config: { learningRate: 0.1 } },
  loss: "binaryCrossentropy",
} as const;

async function encoder() {
  const words = layers.textVectorization({ outputSequenceLength: 4, name: "words" });
  await words.adapt(texts);
  return sequential(
    [words, layers.embedding({ inputDim: 20, outputDim: 4, maskZero: true }), layers.globalAveragePooling1d()],
    { name: "encoder" },
  );
}

const head = () => layers.dense({ units: 1, activation: "sigmoid", name: "head" });

class Reviews extends Model {
  static readonly className = "reviews";
  readonly words = layers.textVectorization({ outputSequenceLength: 4 });
  readonly embed = layers.embedding({ inputDim: 20, outputDim: 4, maskZero: true });
  readonly pool = layers.globalAveragePooling1d();
  readonly head = head();
  constructor(settings: ModelSettings = {}) {
    super(settings);
  }
  override call(x: Tensor, context: CallContext) {
    return this.head.call(this.pool.call(this.embed.call(this.words.call(x)), context), context);
  }
}
registerModel(Reviews);

/** A model around one that takes texts, of each kind. */
const kinds = {
  async sequential() {
    return sequential([await encoder(), head()], { name: "outer" });
  },
  async functional() {
    const text = input({ shape: [], dtype: "string", name: "text" });
    return model({ inputs: text, outputs: head().apply((await encoder()).apply(text)), name: "outer" });
  },
  async twice() {
    return sequential([sequential([await encoder()], { name: "middle" }), head()], { name: "outer" });
  },
  async own() {
    const network = new Reviews();
    await network.words.adapt(texts);
    return network;
  },
};

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test.each(Object.entries(kinds))(
    "%s: learns from texts, and predicts from them after it was saved and loaded",
    async (_, make) => {
      setDevice(device);
      const network = await make();
      network.compile({ ...training, metrics: ["accuracy"] });
      await network.fit(texts, labels, { epochs: 30, batchSize: 4, seed: 1 });
      expect((await network.evaluate(texts, labels)).accuracy).toBe(1);
      const before = await (await network.predict(queries)).data();
      expect(before[0]).toBeGreaterThan(before[1] as number);
      const loaded = await load(await network.toFiles());
      expect((await loaded.evaluate(texts, labels)).accuracy).toBe(1);
      for (const [index, value] of (await (await loaded.predict(queries)).data()).entries())
        expect(value).toBeCloseTo(before[index] as number, 5);
      expect(network.summary()).toContain("head");
      expect(await (await network.predict([queries].values())).data()).toEqual(before);
    },
  );
});

test("the same weights give the same, whether the text layer stands inside or outside", async () => {
  const inner = await encoder();
  const [whole, own] = [
    sequential([inner, head()], { name: "whole" }),
    new (class extends Model {
      readonly encoder = inner;
      readonly head = head();
      override call(x: Tensor, context: CallContext) {
        return this.head.call(this.encoder.call(x, context), context);
      }
    })("own"),
  ];
  await whole.predict(texts);
  await own.predict(texts);
  own.setWeights(whole.getWeights());
  expect(await (await own.predict(queries)).data()).toEqual(await (await whole.predict(queries)).data());
});

test("a class's own state of a text layer comes back by loadState too", async () => {
  const network = await kinds.own();
  const before = await (await network.predict(queries)).data();
  const again = new Reviews({ name: network.name });
  const files = await network.toFiles();
  await again.loadState(files);
  expect(again.words.getVocabulary()).toEqual(network.words.getVocabulary());
  expect(await (await again.predict(queries)).data()).toEqual(before);
});

/** Texts and numbers, several of both. */
class Shop extends Model {
  readonly title = layers.hashing({ numBins: 8, outputMode: "oneHot" });
  readonly colour = layers.stringLookup({ vocabulary: ["red", "green"], outputMode: "oneHot" });
  readonly head = layers.dense({ units: 1 });
  constructor(texts: Readonly<Record<string, string>> = { title: "title", colour: "colour" }) {
    super({ name: "shop", inputs: ["title", "price", "colour"], texts });
  }
  override callAll([title, price, colour]: readonly Tensor[], context: CallContext) {
    const parts = [this.title.call(title as Tensor), price as Tensor, this.colour.call(colour as Tensor)];
    return [this.head.call(concatenate(parts, -1), context)];
  }
}

test("a class says which input goes to which text layer", async () => {
  const x = { title: ["a", "b"], price: [[1], [2]], colour: ["red", "pink"] };
  const network = new Shop();
  network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  await network.fit({ x, y: [1, 2] }, { epochs: 2 });
  expect((await network.predict(x)).shape).toEqual([2, 1]);
  expect(network.inputSpecs.map(({ shape }) => shape)).toEqual([[], [1], []]);
  await expect(network.predict({ ...x, price: ["cheap", "dear"] })).rejects.toThrow(
    "predict: x.price holds texts, expected numbers",
  );
  await expect(network.predict({ ...x, title: [1, 2] })).rejects.toThrow(
    "predict: x.title holds numbers, but shop/title takes texts",
  );
});

test("a training step of a class's own gets the indices", async () => {
  const seen: string[] = [];
  class Own extends Reviews {
    override trainStep(batch: StepBatch) {
      seen.push(`${batch.x.dtype}${batch.x.shape}`);
      return super.trainStep(batch);
    }
  }
  const network = new Own();
  await network.words.adapt(texts);
  network.compile(training);
  await network.fit(texts, labels);
  expect(new Set(seen)).toEqual(new Set(["int326,4"]));
});

describe("what does not fit is told", () => {
  test("in what texts says", async () => {
    expect(() => new Shop({ titel: "title" })).toThrow(
      'shop: texts names an unknown input "titel", did you mean "title"?',
    );
    const predict = (shop: Shop) => shop.predict({ title: ["a"], price: [[1]], colour: ["red"] });
    await expect(predict(new Shop({ title: "titles" }))).rejects.toThrow(
      'shop: texts names the field "titles", in which there is no layer, did you mean "title"?',
    );
    await expect(predict(new Shop({ title: "head" }))).rejects.toThrow(
      'shop: texts names the field "head", but its dense takes no texts',
    );
    await expect(predict(new Shop({ title: "title" }))).rejects.toThrow(
      "predict: x.colour holds texts, expected numbers",
    );
    expect(() => new Reviews({ texts: JSON.parse('["words"]') })).toThrow("reviews");
  });

  test("where it is not told which input a text layer takes", async () => {
    class Unsaid extends Model {
      readonly words = layers.hashing({ numBins: 8 });
      readonly tags = layers.hashing({ numBins: 8 });
      override call(x: Tensor) {
        return this.words.call(x);
      }
    }
    await expect(new Unsaid("unsaid").predict(["a"])).rejects.toThrow(
      'unsaid: has the inputs x and takes texts in words, tags; say which input goes to which: super({ texts: { x: "words" } })',
    );
  });

  test("where a model of texts stands behind numbers", async () => {
    const inner = await encoder();
    expect(() => sequential([layers.dense({ units: 1, name: "d" }), inner], { name: "net" })).toThrow(
      "net/encoder: takes texts, but net/d before it gives numbers; put it first",
    );
    expect(() => inner.apply(input({ shape: [1], name: "n" }))).toThrow(
      "encoder: takes texts, but n before it gives numbers",
    );
    const text = input({ shape: [], dtype: "string", name: "text" });
    const [left, right] = [
      input({ shape: [], dtype: "string", name: "l" }),
      input({ shape: [], dtype: "string", name: "r" }),
    ];
    const hashed = [left, right].map((each) => layers.hashing({ numBins: 3, outputMode: "oneHot" }).apply(each));
    const pair = model({ inputs: [left, right], outputs: layers.add().apply(hashed), name: "pair" });
    expect(() => model({ inputs: text, outputs: pair.apply([text, text]), name: "two" })).toThrow(
      'two: pair and pair are applied to the texts of the input "text"; declare an input for each',
    );
    expect(() => head().apply(text)).toThrow("takes numbers, but text before it gives texts");
  });
});
