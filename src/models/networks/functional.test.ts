/** Functional models: connections, shared layers, several inputs and outputs in training, judging and prediction. */
import { beforeEach, describe, expect, test } from "vitest";
import { countingDevice } from "../../../test/support/counting-device.ts";
import { numbers } from "../../../test/support/samples.ts";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import * as metrics from "../../metrics/index.ts";
import { add, square } from "../../ops/elementwise.ts";
import { gradients } from "../../ops/gradients.ts";
import { sum } from "../../ops/reduce.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { getDevice, setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { FunctionalModel, input, model } from "./functional.ts";
import { sequential } from "./sequential.ts";

const device = getDevice();
beforeEach(() => {
  setDevice(device);
  setSeed(1);
});

const context = { training: false };

/** Two features an example in each of two arrays; the sum is one target, which of the sums is larger the other. */
function examples(length: number) {
  const random = numbers(3);
  const rows = () => Array.from({ length }, () => [random() - 0.5, random() - 0.5]);
  const [left, right] = [rows(), rows()];
  const total = (row: readonly number[] | undefined) => (row?.[0] ?? 0) + (row?.[1] ?? 0);
  const sums = left.map((row, index) => [total(row) + total(right[index])]);
  const larger = Int32Array.from(left, (row, index) => (total(row) > total(right[index]) ? 1 : 0));
  return { x: { left, right }, y: { total: sums, larger } };
}

/** Two inputs go through one layer; two outputs. */
function twoByTwo(name?: string): FunctionalModel {
  const left = input({ shape: [2], name: "left" });
  const right = input({ shape: [2], name: "right" });
  const shared = layers.dense({ units: 8, activation: "tanh", name: "shared" });
  const joined = layers.concatenate({ name: "joined" }).apply([shared.apply(left), shared.apply(right)]);
  return model({
    inputs: { left, right },
    outputs: {
      total: layers.dense({ units: 1, name: "sum" }).apply(joined),
      larger: layers.dense({ units: 2, name: "comparison" }).apply(joined),
    },
    ...(name !== undefined && { name }),
  });
}

const twoLosses = () => ({
  total: losses.meanSquaredError(),
  larger: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
});

function compiled(name?: string): FunctionalModel {
  const network = twoByTwo(name);
  network.compile({
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    loss: twoLosses(),
    lossWeights: { larger: 0.5 },
    metrics: { total: ["meanAbsoluteError"], larger: ["accuracy"] },
  });
  return network;
}

describe("training", () => {
  test("a residual network learns", async () => {
    const x = input({ shape: [2] });
    let hidden = layers.dense({ units: 8 }).apply(x);
    for (let block = 0; block < 3; block++) {
      const inner = layers.dense({ units: 8, activation: "relu" }).apply(hidden);
      hidden = layers.add().apply([hidden, layers.dense({ units: 8 }).apply(inner)]);
    }
    const network = model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(hidden) });
    network.compile({
      optimizer: optimizers.adam({ learningRate: 0.01 }),
      loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: ["accuracy"],
    });
    const random = numbers(1);
    const points = Array.from({ length: 200 }, () => [2 * random() - 1, 2 * random() - 1]);
    const quadrants = Int32Array.from(points, ([a = 0, b = 0]) => (a * b > 0 ? 1 : 0));
    await network.fit({ x: points, y: quadrants }, { epochs: 30, batchSize: 20, seed: 1 });
    const { accuracy, perClass } = await network.evaluate(points, quadrants);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(perClass).toHaveLength(2);
  });

  test("two inputs and two outputs learn, with losses and metrics by output", async () => {
    const network = compiled();
    const options = { epochs: 25, batchSize: 16, validationSplit: 0.2, seed: 1 };
    const { history } = await network.fit(examples(150), options);
    const own = ["loss", "totalLoss", "largerLoss", "totalMeanAbsoluteError", "largerAccuracy"];
    const validation = ["valLoss", "valTotalLoss", "valLargerLoss", "valTotalMeanAbsoluteError", "valLargerAccuracy"];
    expect(Object.keys(history)).toEqual([...own, ...validation]);
    expect(history.valLargerAccuracy?.at(-1)).toBeGreaterThan(0.9);
    expect(history.valTotalLoss?.at(-1)).toBeLessThan(0.01);
    const evaluation = await network.evaluate(examples(50));
    expect(Object.keys(evaluation)).toEqual(own);
    const { loss, totalLoss, largerLoss } = evaluation;
    expect(loss).toBeCloseTo(Number(totalLoss) + 0.5 * Number(largerLoss), 5);
  });

  test("two inputs and two outputs take one program a step", async () => {
    const counting = countingDevice(getDevice());
    setDevice(counting);
    await compiled().fit(examples(64), { epochs: 3, batchSize: 16 });
    const steps = counting.runs.filter(({ times }) => times === 12);
    expect(steps).toHaveLength(1);
  });

  test("arrays in order, arrays by name in any order and batches of a stream train alike", async () => {
    const { x, y } = examples(32);
    const batch = (start: number) => ({
      x: { left: x.left.slice(start, start + 8), right: x.right.slice(start, start + 8) },
      y: { total: y.total.slice(start, start + 8), larger: y.larger.slice(start, start + 8) },
    });
    const stream = () => [0, 8, 16, 24].map(batch);
    const weights: number[][] = [];
    for (const train of [
      (network: FunctionalModel) => network.fit({ x, y }, { batchSize: 8, shuffle: false }),
      (network: FunctionalModel) =>
        network.fit([x.left, x.right], [y.total, y.larger], { batchSize: 8, shuffle: false }),
      (network: FunctionalModel) =>
        network.fit(
          { right: x.right, left: x.left },
          { larger: y.larger, total: y.total },
          { batchSize: 8, shuffle: false },
        ),
      (network: FunctionalModel) => network.fit(stream),
    ]) {
      setSeed(1);
      const network = compiled();
      await train(network);
      weights.push([...((await network.getWeights()[0]?.data()) ?? [])]);
    }
    expect(weights[1]).toEqual(weights[0]);
    expect(weights[2]).toEqual(weights[0]);
    expect(weights[3]).toEqual(weights[0]);
  });

  test("one loss serves all outputs, and sample weights count in each", async () => {
    const x = input({ shape: [1] });
    const network = model({
      inputs: x,
      outputs: [layers.dense({ units: 1, name: "a" }).apply(x), layers.dense({ units: 1, name: "b" }).apply(x)],
    });
    network.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "meanSquaredError" });
    network.setWeights([tensor([[1]]), tensor([0]), tensor([[2]]), tensor([0])]);
    const data = [
      [[1], [3]],
      [
        [0, 0],
        [0, 0],
      ],
    ] as const;
    expect(await network.testOnBatch(data[0], data[1])).toEqual({ loss: 25, aLoss: 5, bLoss: 20 });
    const logs = await network.testOnBatch(data[0], data[1], { sampleWeight: [1, 0] });
    expect(logs).toEqual({ loss: 2.5, aLoss: 0.5, bLoss: 2 });
  });

  test("a layer that is applied twice gets the sum of both gradients", async () => {
    const values = [tensor([[0.5, -1]]), tensor([[2, 0.25]])] as const;
    const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
    const shared = layers.dense({ units: 3, useBias: false });
    const network = model({
      inputs: [a, b],
      outputs: layers.concatenate().apply([shared.apply(a), shared.apply(b)]),
    });
    const kernel = shared.weight("kernel");
    expect(network.trainableVariables).toEqual([kernel]);
    const gradientOf = (output: Tensor) => gradients(sum(square(output)), [kernel])[0] as Tensor;
    const both = gradientOf(network.callAll(values, context)[0] as Tensor);
    const apart = values.map((x) => gradientOf(shared.call(x, context)));
    expect(await both.array()).toEqual(await add(apart[0] as Tensor, apart[1] as Tensor).array());
  });

  test("a regularizer of a shared layer counts once", async () => {
    const x = input({ shape: [1] });
    const shared = layers.dense({ units: 1, useBias: false, kernelRegularizer: "l2" });
    const network = model({ inputs: x, outputs: shared.apply(shared.apply(x)) });
    network.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    network.setWeights([tensor([[2]])]);
    const { loss, dataLoss } = await network.testOnBatch([[1]], [[4]]);
    expect(dataLoss).toBe(0);
    expect(loss).toBeCloseTo(0.01 * 4, 6);
  });

  test("a loss that is not finite names the output", async () => {
    const network = twoByTwo("net");
    const infinite = new (class extends losses.Loss {
      readonly className = "infinite";
      readonly predictions = "values";
      readonly targets = "values";
      perExample(): Tensor {
        return tensor([Number.POSITIVE_INFINITY]);
      }
    })("infinite");
    network.compile({ optimizer: "sgd", loss: { ...twoLosses(), total: infinite } });
    await expect(network.fit(examples(4))).rejects.toThrow("the loss infinite of the output total of them is Infinity");
  });
});

describe("connections", () => {
  test("layers come in the order in which they compute, with paths in the model", () => {
    const network = twoByTwo("net");
    expect(network.layers.map(({ path }) => path)).toEqual(
      ["left", "right", "shared", "joined", "sum", "comparison"].map((name) => `net/${name}`),
    );
    expect(network.inputSpecs.map(({ name, shape }) => [name, shape])).toEqual([
      ["left", [2]],
      ["right", [2]],
    ]);
    expect(network.countParameters()).toBe(2 * 8 + 8 + 16 + 1 + 32 + 2);
  });

  test("the summary tells them", () => {
    const text = twoByTwo("net").summary();
    expect(text).toMatch(/^shared \(dense\) +\[batch, 8\] +24 +32 {2}left; right$/m);
    expect(text).toMatch(/^joined \(concatenate\) +\[batch, 16\] +0 +0 {2}shared, shared\[1\]$/m);
    expect(text).toMatch(/^left \(input\) +\[batch, 2\] +0 +0$/m);
  });

  test("a configuration makes an equal model", () => {
    const network = twoByTwo("net");
    const { config } = JSON.parse(JSON.stringify(network.config()));
    const copy = FunctionalModel.fromConfig(config);
    expect(copy.config()).toEqual(network.config());
    expect(copy.summary()).toBe(network.summary());
  });

  test("a damaged configuration is an error", () => {
    const { config } = twoByTwo("net").config();
    const later = { ...config, nodes: [{ layer: "shared", inputs: [1] }] };
    expect(() => FunctionalModel.fromConfig(later)).toThrow(
      "net: a saved configuration must have nodes in the order of computing (node 0)",
    );
    expect(() => FunctionalModel.fromConfig({ ...config, outputs: [{ name: "a", node: 99 }] })).toThrow(
      "a name and a node for each input and output",
    );
  });

  test("models may share layers; the one that is used names their weights", async () => {
    const x = input({ shape: [2], name: "x" });
    const code = layers.dense({ units: 1, name: "code" }).apply(x);
    const encoder = model({ inputs: x, outputs: code, name: "encoder" });
    const whole = model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(code), name: "autoencoder" });
    whole.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const before = await (await encoder.predict([[1, 2]])).item();
    await whole.fit([[1, 2]], [[1, 2]]);
    expect(encoder.variables[0]?.name).toBe("autoencoder/code/kernel");
    expect(await (await encoder.predict([[1, 2]])).item()).not.toBe(before);
    expect(encoder.variables[0]?.name).toBe("encoder/code/kernel");
  });

  test("an input converts data to the type it declares", async () => {
    const tokens = input({ shape: [2], dtype: "int32" });
    const network = model({ inputs: tokens, outputs: layers.reshape({ targetShape: [2, 1] }).apply(tokens) });
    const output = await network.predict([[1, 2]]);
    expect(output.dtype).toBe("int32");
    const wrong: unknown = "flaot32";
    expect(() => input({ shape: [2], dtype: wrong as "float32" })).toThrow('input: dtype is "flaot32", did you mean');
  });

  test("what does not form a model is an error that says so", () => {
    const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [2], name: "b" })];
    const joined = layers.add({ name: "sum" }).apply([a, b]);
    expect(() => model({ inputs: a, outputs: joined, name: "net" })).toThrow(
      'net: the outputs depend on the input "b", which is not among the model\'s inputs; add it there',
    );
    const head = layers.dense({ units: 1, name: "head" }).apply(a);
    expect(() => model({ inputs: [a, b], outputs: head, name: "net" })).toThrow(
      'net: no output depends on the input "b"',
    );
    expect(() => model({ inputs: head, outputs: head, name: "net" })).toThrow(
      'net: the input "head" is the result of the layer head',
    );
    const other = layers.dense({ units: 1, name: "head" }).apply(a);
    expect(() => model({ inputs: a, outputs: { one: head, two: other }, name: "net" })).toThrow(
      'net: two layers are called "head"; give one of them another name',
    );
    expect(() => model({ inputs: a, outputs: [head, head], name: "net" })).toThrow(
      'net: two outputs are called "head"; give an object with a name for each',
    );
    const nothing: unknown = [tensor([1])];
    expect(() => model({ inputs: nothing as [], outputs: head, name: "net" })).toThrow("net: inputs[0] is");
    expect(() => layers.dense({ units: 1, name: "d" }).apply(nothing as [])).toThrow(
      "d.apply: got [an object of Tensor], expected what input({ shape }) or another layer's apply gives",
    );
    expect(() => layers.conv2d({ filters: 1, kernelSize: 3, name: "conv" }).apply(a)).toThrow(
      "conv: an example has the shape [2]",
    );
  });
});

describe("data and settings of several inputs and outputs", () => {
  test("predictions come by name", async () => {
    const network = twoByTwo("net");
    const { x } = examples(5);
    const whole = await network.predictAll(x);
    expect(Object.entries(whole).map(([name, { shape }]) => [name, shape])).toEqual([
      ["total", [5, 1]],
      ["larger", [5, 2]],
    ]);
    const batched = await network.predictAll([x.left, x.right], { batchSize: 2 });
    expect(await batched.larger?.array()).toEqual(await whole.larger?.array());
    await expect(network.predict(x)).rejects.toThrow(
      "net.predict: the model has 2 outputs, total, larger; predictAll gives them all by name",
    );
    expect(() => network.outputShape).toThrow("net: has 2 outputs");
    expect(() => network.call(tensor([[1, 2]]))).toThrow("net.call: the model has 2 inputs and 2 outputs");
  });

  test("a model of one input takes it by name, or in a list", async () => {
    const network = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    const data = tensor([[1, 2]]);
    const expected = await (await network.predict(data)).array();
    expect(await (await network.predict([data])).array()).toEqual(expected);
    expect(await (await network.predict({ x: [[1, 2]] })).array()).toEqual(expected);
  });

  test("what does not fit is an error that names the array", async () => {
    const network = compiled("net");
    const { x, y } = examples(4);
    const train = (...args: Parameters<typeof network.trainOnBatch>) => network.trainOnBatch(...args);
    await expect(train(x.left, y)).rejects.toThrow("the model has 2 of them: give { left, right }");
    await expect(train({ left: x.left, rihgt: x.right }, y)).rejects.toThrow(
      'trainOnBatch: x has an unknown name "rihgt", did you mean "right"?',
    );
    await expect(train({ left: x.left }, y)).rejects.toThrow('trainOnBatch: x lacks "right"');
    await expect(train({ ...x, right: x.right.slice(1) }, y)).rejects.toThrow(
      "x.left has 4 examples and x.right has 3",
    );
    await expect(train({ ...x, right: [[1], [2], [3], [4]] }, y)).rejects.toThrow(
      "an example of x.right has the shape [1], but net/right takes [2]",
    );
    await expect(train(x, { ...y, larger: [0, 1, 2, 0] })).rejects.toThrow("y.larger holds the label 2 at index 2");
    await expect(train(x, { ...y, total: [0, 1, Number.NaN, 0] })).rejects.toThrow("y.total holds NaN in example 2");
    await expect(network.fit({ x, y }, { classWeight: { 1: 2 } })).rejects.toThrow(
      "fit: classWeight is for models of one output, and this one has 2",
    );
    await expect(network.evaluate({ x, y }, { report: true })).rejects.toThrow(
      "the losses are meanSquaredError, sparseCategoricalCrossentropy; leave report out",
    );
  });

  test("settings must name the outputs", () => {
    const network = twoByTwo("net");
    const loss = twoLosses();
    expect(() => network.compile({ optimizer: "adam", loss: { totel: loss.total } })).toThrow(
      'net.compile: loss names an unknown output "totel", did you mean "total"?',
    );
    expect(() => network.compile({ optimizer: "adam", loss: { total: loss.total } })).toThrow(
      'net.compile: loss lacks the output "larger"; give one for each of total, larger',
    );
    expect(() => network.compile({ optimizer: "adam", loss, metrics: ["accuracy"] })).toThrow(
      "net.compile: metrics is an array, but the model has 2 outputs; give an object with an array for each name: total, larger",
    );
    expect(() => network.compile({ optimizer: "adam", loss, lossWeights: { larger: Number.NaN } })).toThrow(
      "net.compile: lossWeights.larger is NaN, expected a finite number",
    );
    const twice = [metrics.accuracy(), metrics.accuracy()];
    expect(() => network.compile({ optimizer: "adam", loss, metrics: { larger: twice } })).toThrow(
      'two metrics are called "largerAccuracy"',
    );
  });
});
