/** Models of one's own: classes with layers in their fields, trained, judged and used like any other model. */
import { beforeEach, describe, expect, test } from "vitest";
import { countingDevice } from "../../../test/support/counting-device.ts";
import * as layers from "../../layers/index.ts";
import type { CallContext } from "../../layers/layer.ts";
import * as metrics from "../../metrics/index.ts";
import { add, multiply, square, subtract } from "../../ops/elementwise.ts";
import { concatenate } from "../../ops/joining.ts";
import { mean } from "../../ops/reduce.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { getDevice, setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { Model } from "../model.ts";
import type { StepBatch } from "../training/step-batch.ts";
import { sequential } from "./sequential.ts";

beforeEach(() => {
  setDevice("native");
  setSeed(3);
});

const x = Array.from({ length: 24 }, (_, row) => [Math.sin(row), Math.cos(2 * row), Math.sin(3 * row)]);
const y = x.map(([a = 0, b = 0, c = 0]) => a - 2 * b + c);

class Regressor extends Model {
  readonly hidden = layers.dense({ units: 4, activation: "tanh", kernelRegularizer: "l2" });
  readonly drop = layers.dropout({ rate: 0.2 });
  readonly head = layers.dense({ units: 1 });

  override call(x: Tensor, context: CallContext): Tensor {
    return this.head.call(this.drop.call(this.hidden.call(x, context), context), context);
  }
}

const same = () =>
  sequential([
    layers.dense({ units: 4, activation: "tanh", kernelRegularizer: "l2", inputShape: [3] }),
    layers.dropout({ rate: 0.2 }),
    layers.dense({ units: 1 }),
  ]);

const options = { optimizer: "adam", loss: "meanSquaredError", metrics: ["meanAbsoluteError"] } as const;
const weightsOf = (of: Model) => Promise.all(of.getWeights().map((each) => each.data()));

describe("a class with layers in its fields", () => {
  test("trains, judges and predicts as the sequential model of the same layers, bit by bit", async () => {
    const results = [];
    for (const make of [() => new Regressor(), same]) {
      setSeed(3);
      const model = make();
      model.compile(options);
      const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8, seed: 5, validationSplit: 0.25 });
      results.push({
        history,
        weights: await weightsOf(model),
        evaluation: await model.evaluate(x, y),
        predictions: await (await model.predict(x)).data(),
      });
    }
    // Layers are drawn when they are built: the class builds its own in the order in which they compute.
    expect(results[0]?.history).toEqual(results[1]?.history);
    expect(results[0]).toEqual(results[1]);
    expect(Object.keys(results[0]?.history ?? {})).toContain("valDataLoss");
  });

  test("is a model, as every other one, which is none of the class", () => {
    const models: readonly Model[] = [new Regressor(), same()];
    expect(models.map((model) => model instanceof Model)).toEqual([true, true]);
    expect(models.map((model) => model instanceof Regressor)).toEqual([true, false]);
    expect({} instanceof Model).toBe(false);
  });

  test("takes one program a step", async () => {
    const counting = countingDevice(getDevice());
    setDevice(counting);
    const model = new Regressor();
    model.compile(options);
    await model.fit(x, y, { epochs: 3, batchSize: 8 });
    const steps = counting.runs.filter(({ times }) => times === 9);
    expect(steps).toHaveLength(1);
  });

  test("names itself after its class, and its weights after its fields", async () => {
    const model = new Regressor({ name: "net" });
    expect(new Regressor().name).toMatch(/^regressor(_\d+)?$/);
    expect([model.built, model.countParameters()]).toEqual([false, 0]);
    model.build([3]);
    expect(model.variables.map(({ name }) => name)).toEqual([
      "net/hidden/kernel",
      "net/hidden/bias",
      "net/drop/generator",
      "net/head/kernel",
      "net/head/bias",
    ]);
    expect([model.inputShape, model.outputShape, model.countParameters()]).toEqual([[3], [1], 21]);
    expect(model.summary()).toContain("hidden");
  });

  test("finds layers in arrays, Maps and objects, and models with their own", () => {
    class Deep extends Model {
      readonly blocks = [layers.dense({ units: 3 }), sequential([layers.dense({ units: 3, name: "inner" })])] as const;
      readonly byName = { last: layers.dense({ units: 2 }) };
      readonly map = new Map([["gate", layers.dense({ units: 2 })]]);
      readonly regressor = new Regressor();
      readonly scale = new Variable(tensor(2));
      readonly again = this.byName.last;

      override call(x: Tensor, context: CallContext): Tensor {
        const [first, second] = this.blocks;
        const hidden = second.call(first.call(x, context), context);
        const gated = multiply(
          this.byName.last.call(hidden, context),
          this.map.get("gate")?.call(hidden, context) ?? 1,
        );
        return multiply(add(this.regressor.call(hidden, context), gated), this.scale);
      }
    }
    const model = new Deep({ name: "deep" });
    model.build([5]);
    expect(model.variables.filter(({ name }) => /kernel|scale/.test(name)).map(({ name }) => name)).toEqual([
      "deep/scale",
      "deep/blocks/0/kernel",
      "deep/blocks/1/inner/kernel",
      "deep/byName/last/kernel",
      "deep/map/gate/kernel",
      "deep/regressor/hidden/kernel",
      "deep/regressor/head/kernel",
    ]);
    expect(model.trainableVariables).toContain(model.scale);
    model.regressor.trainable = false;
    expect(model.trainableVariables.some(({ name }) => name.includes("regressor"))).toBe(false);
    expect(model.variables.length - model.trainableVariables.length).toBe(5);
  });

  test("may be a layer of another model, shared and frozen", async () => {
    const inner = new Regressor({ name: "inner" });
    const outer = sequential([layers.rescaling({ scale: 0.5, inputShape: [3] }), inner], { name: "outer" });
    outer.compile(options);
    await outer.fit(x, y, { epochs: 1 });
    expect(outer.trainableVariables[0]?.name).toBe("outer/inner/hidden/kernel");
    inner.trainable = false;
    const before = await weightsOf(inner);
    await outer.fit(x, y, { epochs: 1 });
    expect(await weightsOf(inner)).toEqual(before);
  });

  test("of several inputs and outputs defines callAll, and trains in one program a step", async () => {
    class Both extends Model {
      readonly left = layers.dense({ units: 3, activation: "tanh" });
      readonly right = layers.dense({ units: 3, activation: "tanh" });
      readonly number = layers.dense({ units: 1 });
      readonly kind = layers.dense({ units: 1, activation: "sigmoid" });

      constructor() {
        super({ name: "both", inputs: ["a", "b"], outputs: ["number", "kind"] });
      }

      override callAll([a, b]: readonly [Tensor, Tensor], context: CallContext): readonly Tensor[] {
        const merged = concatenate([this.left.call(a, context), this.right.call(b, context)], -1);
        return [this.number.call(merged, context), this.kind.call(merged, context)];
      }
    }
    const counting = countingDevice(getDevice());
    setDevice(counting);
    const model = new Both();
    model.compile({
      optimizer: optimizers.adam({ learningRate: 0.05 }),
      loss: { number: "meanSquaredError", kind: "binaryCrossentropy" },
      lossWeights: { kind: 0.5 },
      metrics: { kind: ["accuracy"], number: ["meanAbsoluteError"] },
    });
    const data = {
      x: { a: x, b: x.map((row) => row.slice(1)) },
      y: { number: y, kind: y.map((value) => Number(value > 0)) },
    };
    const { history } = await model.fit(data, { epochs: 30, batchSize: 8 });
    expect(Object.keys(history)).toEqual(["loss", "numberLoss", "kindLoss", "numberMeanAbsoluteError", "kindAccuracy"]);
    expect(history.loss?.at(-1)).toBeLessThan(0.3 * (history.loss?.[0] as number));
    expect(counting.runs.filter(({ times }) => times === 90)).toHaveLength(1);
    const { number, kind } = await model.predictAll(data.x);
    expect([number?.shape, kind?.shape]).toEqual([
      [24, 1],
      [24, 1],
    ]);
    await expect(model.fit({ x: { a: x }, y: data.y })).rejects.toThrow('fit: x lacks "b"');
  });
});

describe("steps of one's own", () => {
  class Custom extends Regressor {
    readonly error = metrics.meanAbsoluteError({ name: "error" });

    override trainStep(batch: StepBatch) {
      const result = this.computeLoss(batch, { training: true });
      const { loss, outputs, logs } = result;
      this.optimizer.minimize(loss, this.trainableVariables);
      this.updateMetrics(batch, result);
      this.error.update(batch.y, outputs[0] as Tensor);
      return { ...logs, doubled: multiply(loss, 2) };
    }

    override testStep(batch: StepBatch) {
      const output = this.call(batch.x, { training: false });
      this.error.update(batch.y, output);
      return { squared: mean(square(subtract(output, batch.y))) };
    }

    override predictStep([x]: readonly Tensor[]) {
      return [multiply(this.call(x as Tensor, { training: false }), 10)];
    }
  }

  test("train as every model's where they compute the same, and report what they say", async () => {
    const plain = new Regressor();
    plain.compile(options);
    const expected = await plain.fit(x, y, { epochs: 2, batchSize: 8, seed: 5 });
    setSeed(3);
    const model = new Custom();
    model.compile(options);
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 8, seed: 5, validationData: { x, y } });
    expect(history.loss).toEqual(expected.history.loss);
    expect(history.meanAbsoluteError).toEqual(expected.history.meanAbsoluteError);
    expect(history.error).toEqual(expected.history.meanAbsoluteError);
    expect(history.doubled?.[0]).toBeCloseTo(2 * (history.loss?.[0] as number), 5);
    expect(Object.keys(history)).toEqual([
      "loss",
      "dataLoss",
      "doubled",
      "meanAbsoluteError",
      "error",
      "valSquared",
      "valMeanAbsoluteError",
      "valError",
    ]);
    const { squared, error } = await model.evaluate(x, y, { batchSize: 8 });
    expect(squared).toBeCloseTo(history.valSquared?.at(-1) as number, 6);
    expect(error).toBeCloseTo(history.valError?.at(-1) as number, 6);
    const predictions = await (await model.predict(x)).data();
    const called = await model.call(tensor(x), { training: false }).data();
    expect(predictions[0]).toBeCloseTo(10 * (called[0] as number), 4);
    expect(await model.trainOnBatch(x, y)).toHaveProperty("doubled");
    expect(await model.testOnBatch(x, y)).toHaveProperty("squared");
  });

  test("callbacks know the names before training begins", async () => {
    const model = new Custom();
    model.compile(options);
    const { earlyStopping } = await import("../callbacks/early-stopping.ts");
    const callbacks = [earlyStopping({ monitor: "valSquare", mode: "min" })];
    await expect(model.fit(x, y, { callbacks, validationSplit: 0.2 })).rejects.toThrow(
      'there is no "valSquare" to monitor, did you mean "valSquared"?',
    );
  });

  test("must give scalars", async () => {
    class Wrong extends Regressor {
      override trainStep({ x, y }: StepBatch) {
        return { loss: square(subtract(this.call(x, { training: true }), y)) };
      }
    }
    const model = new Wrong({ name: "wrong" });
    model.compile({ optimizer: "sgd" });
    await expect(model.fit(x, y)).rejects.toThrow(
      /wrong\.trainStep: gives float32\[24, 24\] as "loss", expected a scalar/,
    );
    class Nothing extends Regressor {
      override trainStep() {
        return {};
      }
    }
    const nothing = new Nothing({ name: "nothing" });
    nothing.compile({});
    await expect(nothing.fit({ x })).rejects.toThrow(
      "nothing.trainStep: gives an object of Object, expected the values to report",
    );
  });
});

describe("mistakes are told", () => {
  test("a layer that call does not use", () => {
    class Unused extends Regressor {
      readonly extra = layers.dense({ units: 1 });
    }
    expect(() => new Unused({ name: "net" }).build([3])).toThrow(
      "net: call does not use the layer net/extra, which therefore has no weights; use it, or build it before",
    );
  });

  test("a class without call", async () => {
    class Empty extends Model {
      readonly dense = layers.dense({ units: 1 });
    }
    const model = new Empty({ name: "empty" });
    model.compile(options);
    await expect(model.fit(x, y)).rejects.toThrow(
      "empty: the layer empty/dense is not built, and no call says what comes to it",
    );
    class Built extends Model {
      readonly dense = layers.dense({ units: 1, inputShape: [3] });
    }
    await expect(new Built({ name: "built" }).predict(x)).rejects.toThrow(
      "built: has no call; define call(x, { training })",
    );
  });

  test("names for other numbers of outputs, and wrong settings", () => {
    class Two extends Regressor {
      constructor() {
        super({ name: "two", outputs: ["a", "b"] });
      }
    }
    expect(() => new Two().build([3])).toThrow("two: callAll gives 1 tensors for 2 outputs: a, b");
    const wrong: object = { nmae: "x" };
    expect(() => new Regressor(wrong)).toThrow('model: unknown option "nmae", did you mean "name"?');
    expect(() => new Regressor({ inputs: ["a", "a"] })).toThrow('two inputs are called "a"');
  });

  test("neither loss nor optimizer, without a step of its own", () => {
    const model = new Regressor({ name: "net" });
    expect(() => model.compile({ loss: "meanSquaredError" })).toThrow("net.compile: optimizer is missing");
    expect(() => model.compile({ optimizer: "sgd" })).toThrow("net.compile: loss is missing");
  });
});
