/** Models inside models: applied, shared, frozen and trained as layers. */
import { beforeEach, describe, expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Model } from "../model.ts";
import { registerModelKinds } from "../registry.ts";
import { FunctionalModel, input, model } from "./functional.ts";
import { sequential } from "./sequential.ts";

setDevice("native");
registerModelKinds();
beforeEach(() => setSeed(3));

const x = [
  [0.5, -1, 2],
  [1, 0.25, -0.75],
  [-2, 1, 0.5],
  [0.1, 0.2, 0.3],
];

function encoder(name = "encoder") {
  return sequential(
    [
      layers.dense({ units: 4, activation: "tanh", name: "hidden", inputShape: [3] }),
      layers.dense({ units: 2, name: "code", kernelRegularizer: "l2" }),
    ],
    { name },
  );
}

const weightsOf = (of: Model) => Promise.all(of.getWeights().map((each) => each.data()));

describe("a model as a layer of a sequential one", () => {
  test("computes the same, and its weights stand under its name", async () => {
    const inner = encoder();
    const alone = await (await inner.predict(x)).data();
    const outer = sequential([inner, layers.rescaling({ scale: 2 })], { name: "outer" });
    expect(outer.built).toBe(true);
    expect(outer.outputShape).toEqual([2]);
    expect(await (await outer.predict(x)).data()).toEqual(alone.map((value) => 2 * value));
    expect(outer.variables.map(({ name }) => name)).toEqual([
      "outer/encoder/hidden/kernel",
      "outer/encoder/hidden/bias",
      "outer/encoder/code/kernel",
      "outer/encoder/code/bias",
    ]);
    await inner.predict(x);
    expect(inner.variables[0]?.name).toBe("encoder/hidden/kernel");
  });

  test("is built by the outer model where no shape is declared", async () => {
    const outer = sequential([sequential([layers.dense({ units: 2 })]), sequential([layers.dense({ units: 5 })])]);
    expect(outer.built).toBe(false);
    expect((await outer.predict(x)).shape).toEqual([4, 5]);
  });

  test("trains as the same layers one behind the other do", async () => {
    const inner = encoder();
    const nested = sequential([inner, layers.dense({ units: 1, name: "head" })]);
    setSeed(3);
    const flat = sequential([
      layers.dense({ units: 4, activation: "tanh", inputShape: [3] }),
      layers.dense({ units: 2, kernelRegularizer: "l2" }),
      layers.dense({ units: 1 }),
    ]);
    const histories = [];
    for (const each of [nested, flat]) {
      each.compile({ optimizer: "adam", loss: "meanSquaredError" });
      histories.push((await each.fit(x, [1, 2, 3, 4], { epochs: 3, batchSize: 2, seed: 5 })).history);
    }
    expect(histories[0]).toEqual(histories[1]);
    expect(histories[0]?.dataLoss).toHaveLength(3);
    expect(await weightsOf(nested)).toEqual(await weightsOf(flat));
  });

  test("draws other numbers in each of its layers, from the seed of fit", async () => {
    const noisy = () =>
      sequential([
        sequential([layers.dense({ units: 8, inputShape: [3] }), layers.dropout({ rate: 0.5 })]),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 1 }),
      ]);
    const train = async () => {
      setSeed(3);
      const net = noisy();
      setSeed(Math.floor(Math.random() * 1e6)); // The layers draw from fit's seed, not from this.
      net.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      return (await net.fit(x, [1, 2, 3, 4], { epochs: 3, seed: 5 })).history;
    };
    expect(await train()).toEqual(await train());
  });
});

describe("in a functional model", () => {
  test("one model applied twice shares its weights", async () => {
    const tower = encoder();
    const [left, right] = [input({ shape: [3], name: "left" }), input({ shape: [3], name: "right" })];
    const similarity = layers.dot({ axes: -1, normalize: true }).apply([tower.apply(left), tower.apply(right)]);
    const siamese = model({ inputs: [left, right], outputs: similarity, name: "siamese" });
    expect(siamese.countParameters()).toBe(tower.countParameters());
    const same = await (await siamese.predict({ left: x, right: x })).data();
    for (const value of same) expect(value).toBeCloseTo(1, 5);
  });

  test("a functional model of several inputs is a layer of as many", async () => {
    const [a, b] = [input({ shape: [3], name: "a" }), input({ shape: [3], name: "b" })];
    const inner = model({ inputs: [a, b], outputs: layers.subtract().apply([a, b]), name: "difference" });
    const [c, d] = [input({ shape: [3], name: "c" }), input({ shape: [3], name: "d" })];
    const outer = model({ inputs: [c, d], outputs: layers.rescaling({ scale: 3 }).apply(inner.apply([c, d])) });
    const difference = await (await outer.predict({ c: x, d: x.map((row) => row.map((value) => value - 1)) })).data();
    for (const value of difference) expect(value).toBeCloseTo(3, 4);
    expect(() => inner.apply(c)).toThrow("difference: got 1 input, but the model difference takes 2: a, b");
  });

  test("models of several outputs give them all by name", async () => {
    const a = input({ shape: [3] });
    const inner = model({ inputs: a, outputs: { low: layers.reLU().apply(a), high: a }, name: "two" });
    const b = input({ shape: [3], name: "b" });
    expect(() => inner.apply(b)).toThrow("two.apply: the model has 2 outputs, low, high; applyAll gives them");
    const { low, high } = inner.applyAll(b) as { low: layers.SymbolicTensor; high: layers.SymbolicTensor };
    const negative = model({ inputs: b, outputs: layers.subtract().apply([high, low]), name: "negative" });
    const row = [[1, -2, 3]];
    expect(await (await negative.predict(row)).array()).toEqual([[0, -2, 0]]);
    const again = FunctionalModel.fromConfig(negative.config().config);
    expect(await (await again.predict(row)).array()).toEqual([[0, -2, 0]]);
  });

  test("an input of another shape is an error that names the layer inside", () => {
    const inner = encoder();
    expect(() => inner.apply(input({ shape: [7] }))).toThrow(/encoder\/hidden: the last axis is 7, .*built for 3/);
  });
});

describe("freezing", () => {
  test("a model freezes all its layers, in whatever models they are", async () => {
    const inner = encoder();
    const outer = sequential([inner, layers.dense({ units: 1, name: "head" })], { name: "outer" });
    outer.compile({ optimizer: optimizers.sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    inner.trainable = false;
    const before = await weightsOf(inner);
    await outer.fit(x, [1, 2, 3, 4], { epochs: 2 });
    expect(await weightsOf(inner)).toEqual(before);
    expect(outer.trainableVariables.map(({ name }) => name)).toEqual(["outer/head/kernel", "outer/head/bias"]);
    inner.trainable = true; // The compiled model notices.
    await outer.fit(x, [1, 2, 3, 4], { epochs: 1 });
    expect(await weightsOf(inner)).not.toEqual(before);
  });

  test("single layers may be set free again", () => {
    const inner = encoder();
    const outer = sequential([inner, layers.dense({ units: 1 })]);
    outer.trainable = false;
    expect(outer.trainableVariables).toEqual([]);
    expect(inner.trainableVariables).toEqual([]);
    outer.trainable = true;
    inner.trainable = false;
    inner.trainable = true;
    (inner.layers[0] as layers.Layer).trainable = false;
    expect(outer.trainableVariables.map(({ name }) => name.split("/").at(-2))).toEqual([
      "code",
      "code",
      outer.layers[1]?.name,
      outer.layers[1]?.name,
    ]);
  });

  test("a frozen batch normalization inside uses its moving statistics", async () => {
    const inner = sequential([layers.batchNormalization({ inputShape: [3] })]);
    const outer = sequential([inner, layers.dense({ units: 1 })]);
    outer.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    inner.trainable = false;
    await outer.fit(x, [1, 2, 3, 4], { epochs: 2 });
    const [, , movingMean] = inner.getWeights();
    expect([...((await movingMean?.data()) ?? [])]).toEqual([0, 0, 0]);
  });
});

test("a layer that is part of two models inside one counts, and is penalized, once", async () => {
  const shared = layers.dense({ units: 3, name: "shared", kernelRegularizer: { className: "l2", config: { l2: 1 } } });
  const [one, two] = [sequential([shared], { name: "one" }), sequential([shared], { name: "two" })];
  const outer = sequential([one, two]);
  outer.build([3]);
  expect(outer.variables).toHaveLength(2);
  expect(outer.countParameters()).toBe(12);
  outer.setWeights(shared.variables.map((variable) => new Tensor(variable.node)));
  outer.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { loss, dataLoss } = await outer.evaluate(x, x);
  const kernel = await (shared.weight("kernel") as Tensor).data();
  const penalty = [...kernel].reduce((total, value) => total + value ** 2, 0);
  expect(loss - (dataLoss as number)).toBeCloseTo(penalty, 4);
});
