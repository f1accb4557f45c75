import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as layers from "../layers/index.ts";
import * as losses from "../losses/index.ts";
import * as metrics from "../metrics/index.ts";
import * as optimizers from "../optimizers/index.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { tensor } from "../tensor/tensor.ts";
import { earlyStopping } from "./callbacks/early-stopping.ts";
import { sequential } from "./networks/sequential.ts";

setDevice("reference");
beforeEach(() => setSeed(1));

describe("sequential", () => {
  test("is built at once where the first layer tells the shape, and else at the first data", async () => {
    expect(sequential([layers.dense({ units: 2, inputShape: [3] })]).outputShape).toEqual([2]);
    const later = sequential([layers.flatten(), layers.dense({ units: 2 })]);
    expect(later.built).toBe(false);
    await later.predict([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect([later.inputShape, later.outputShape]).toEqual([[2, 2], [2]]);
  });

  test("gives its layers paths, for messages and names of weights", () => {
    const model = sequential([layers.dense({ units: 2, name: "head", inputShape: [3] })], { name: "net" });
    expect(model.variables.map(({ name }) => name)).toEqual(["net/head/kernel", "net/head/bias"]);
  });

  test("grows by add", () => {
    const model = sequential([layers.dense({ units: 4, inputShape: [3] })]);
    model.add(layers.dense({ units: 2 }));
    expect(model.outputShape).toEqual([2]);
    expect(model.countParameters()).toBe(3 * 4 + 4 + 4 * 2 + 2);
  });

  test("refuses what is no layer, and two layers of one name", () => {
    const notLayer: unknown = 7;
    expect(() => sequential([notLayer as layers.Layer], { name: "net" })).toThrow(
      "net: layer 0 is 7, expected a layer such as",
    );
    const layer = layers.dense({ units: 1, name: "a" });
    expect(() => sequential([layer, layer], { name: "net" })).toThrow('net: the layer "a" is in the model already');
    expect(() => sequential([layer, layers.flatten({ name: "a" })], { name: "net" })).toThrow(
      'net: two layers are called "a"',
    );
  });

  test("names the layer that cannot take what comes to it", () => {
    expect(() =>
      sequential(
        [layers.dense({ units: 2, inputShape: [3] }), layers.conv2d({ filters: 1, kernelSize: 3, name: "conv" })],
        { name: "net" },
      ),
    ).toThrow(/^net\/conv: .*\[2\]/);
  });
});

describe("weights", () => {
  test("are copies, which training does not change", async () => {
    const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    model.setWeights([tensor([[2]])]);
    const before = model.getWeights();
    await model.fit([[1]], [0]);
    expect(await before[0]?.item()).toBe(2);
    expect(await model.getWeights()[0]?.item()).not.toBe(2);
  });

  test("must fit when set", () => {
    const model = sequential([layers.dense({ units: 2, inputShape: [3], name: "d" })], { name: "net" });
    expect(() => model.setWeights([])).toThrow("net.setWeights: got 0 tensors, but the model has 2 weights");
    expect(() => model.setWeights([tensor([[1]]), tensor([1, 2])])).toThrow(
      "the tensor 0 has the shape [1, 1], but net/d/kernel has [3, 2]",
    );
  });

  test("hold moving statistics but no states of random generators", () => {
    const model = sequential([layers.batchNormalization({ inputShape: [3] }), layers.dropout({ rate: 0.5 })]);
    expect(model.getWeights().map(({ shape }) => shape)).toEqual([[3], [3], [3], [3]]);
    expect([model.trainableVariables.length, model.nonTrainableVariables.length]).toEqual([2, 3]);
  });
});

test("the summary lists layers, shapes and parameters", () => {
  const model = sequential(
    [layers.dense({ units: 1000, inputShape: [3], name: "wide" }), layers.batchNormalization({ name: "norm" })],
    { name: "net" },
  );
  let printed = "";
  const text = model.summary({ print: (line) => (printed = line) });
  expect(printed).toBe(text);
  expect(text.split("\n").filter((line) => !line.startsWith("─"))).toEqual([
    'Model "net"',
    "Layer (type)               Output shape   Parameters  Frozen  Multiply-adds",
    "wide (dense)               [batch, 1000]       4,000       0          3,000",
    "norm (batchNormalization)  [batch, 1000]       4,000   2,000              0",
    "Parameters: 8,000",
    "  trainable: 6,000",
    "  not trainable: 2,000",
    "Multiply-adds: 3,000 an example",
    "Memory: weights 32 kB; in training gradients 24 kB; activations 8 kB an example",
  ]);
  expect(sequential([layers.flatten()]).summary()).toContain("not built");
});

describe("compile", () => {
  const model = () => sequential([layers.dense({ units: 2, name: "head", inputShape: [3] })], { name: "net" });

  test("takes names, and suggests the nearest for a mistyped one", () => {
    const compiled = model();
    compiled.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["accuracy"] });
    expect(compiled.optimizer).toBeInstanceOf(optimizers.Adam);
    const mistyped: string = "meanSquareError";
    expect(() => model().compile({ optimizer: "sgd", loss: mistyped as "meanSquaredError" })).toThrow(
      'net.compile: loss: unknown loss "meanSquareError", did you mean "meanSquaredError"?',
    );
    expect(() => model().compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["acuracy"] })).toThrow(
      'net.compile: metrics[0]: unknown metric "acuracy", did you mean "accuracy"?',
    );
    const options = { optimizer: "sgd", loss: "meanSquaredError", metric: [] } as const;
    expect(() => model().compile(options)).toThrow('unknown option "metric", did you mean "metrics"?');
  });

  test("refuses two metrics of one name", () => {
    expect(() =>
      model().compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["accuracy", metrics.accuracy()] }),
    ).toThrow('two metrics are called "accuracy"');
    const named = metrics.accuracy({ name: "loss" });
    expect(() => model().compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [named] })).toThrow(
      'cannot be called "loss"',
    );
  });

  describe("warns where the last activation does not fit the loss", () => {
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    afterEach(() => warnings.mockClear());
    const warningFor = (last: layers.Layer[], fromLogits: boolean) => {
      sequential([layers.dense({ units: 2, inputShape: [3] }), ...last], { name: "net" }).compile({
        optimizer: "sgd",
        loss: losses.sparseCategoricalCrossentropy({ fromLogits }),
      });
      return warnings.mock.lastCall?.[0];
    };

    test("softmax twice", () => {
      expect(warningFor([layers.softmax({ name: "last" })], true)).toMatch(
        /net\/last ends in softmax, so that softmax is applied twice; probably fromLogits: false/,
      );
    });
    test("softmax twice, as an activation of dense", () => {
      expect(warningFor([layers.dense({ units: 2, activation: "softmax" })], true)).toMatch(/applied twice/);
    });
    test("logits taken for probabilities", () => {
      expect(warningFor([], false)).toMatch(
        /takes probabilities, but the last layer net\/dense.* gives logits; probably fromLogits: true/,
      );
    });
    test("and not where it fits", () => {
      expect(warningFor([], true)).toBeUndefined();
      expect(warningFor([layers.dense({ units: 2, activation: "softmax" })], false)).toBeUndefined();
    });
  });
});

describe("evaluate", () => {
  const labels = [0, 1, 2, 1, 0];
  /** Says the class that the example names. */
  const oracle = () => {
    const model = sequential([layers.dense({ units: 3, useBias: false, inputShape: [3] })]);
    model.setWeights([
      tensor([
        [5, 0, 0],
        [0, 5, 0],
        [0, 0, 5],
      ]),
    ]);
    model.compile({
      optimizer: "sgd",
      loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: ["accuracy"],
    });
    return model;
  };
  const rows = (predicted: number[]) => predicted.map((label) => [0, 1, 2].map((other) => Number(other === label)));

  test("gives a classifier's report, exact over all batches", async () => {
    const data = { x: rows([0, 1, 1, 1, 0]), y: labels, classNames: ["a", "b", "c"] };
    for (const batchSize of [1, 2, 5, 100]) {
      const { accuracy, confusionMatrix, perClass } = await oracle().evaluate(data, { batchSize });
      expect(accuracy).toBeCloseTo(4 / 5, 12);
      expect(confusionMatrix).toEqual([
        [2, 0, 0],
        [0, 2, 0],
        [0, 1, 0],
      ]);
      expect(perClass).toEqual([
        { name: "a", precision: 1, recall: 1, f1: 1, support: 2 },
        { name: "b", precision: 2 / 3, recall: 1, f1: 0.8, support: 2 },
        { name: "c", precision: 0, recall: 0, f1: 0, support: 1 },
      ]);
    }
  });

  test("adds confidence intervals if they are asked for", async () => {
    const { accuracy, intervals } = await oracle().evaluate(rows([0, 1, 1, 1, 0]), labels, {
      bootstrap: { resamples: 200, seed: 1 },
    });
    expect(intervals?.accuracy.estimate).toBe(accuracy);
    expect(intervals?.accuracy.low).toBeLessThan(0.8);
    expect(intervals?.classes).toHaveLength(3);
  });

  test("gives only losses and metrics without a report", async () => {
    const evaluation = await oracle().evaluate(rows(labels), labels, { report: false });
    expect(Object.keys(evaluation)).toEqual(["loss", "accuracy"]);
  });

  test("refuses a report of what is no classifier", async () => {
    const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await expect(model.evaluate([[1]], [1], { report: true })).rejects.toThrow("a report is for classifiers");
    expect(Object.keys(await model.evaluate([[1]], [1]))).toEqual(["loss"]);
  });

  test("may run several times at once", async () => {
    const model = oracle();
    const [good, bad] = await Promise.all([
      model.evaluate(rows(labels), labels),
      model.evaluate(rows([1, 1, 1, 0, 1]), labels),
    ]);
    expect([good.accuracy, bad.accuracy]).toEqual([1, 1 / 5]);
  });
});

describe("predict", () => {
  test("gives the same for every batch size, in the examples' order", async () => {
    const model = sequential([layers.dense({ units: 2, inputShape: [1], activation: "tanh" })]);
    const x = Float32Array.from({ length: 7 }, (_, index) => index / 3);
    const all = await (await model.predict({ data: x, shape: [7, 1] })).array();
    for (const batchSize of [1, 3, 7]) {
      const predictions = await model.predict({ data: x, shape: [7, 1] }, { batchSize });
      expect(predictions.shape).toEqual([7, 2]);
      expect(await predictions.array()).toEqual(all);
    }
  });

  test("does not drop", async () => {
    const model = sequential([layers.dropout({ rate: 0.9 })]);
    expect(
      await (
        await model.predict([
          [1, 2],
          [3, 4],
        ])
      ).array(),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

test("trainOnBatch takes one step and gives the loss before it; testOnBatch takes none", async () => {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[1]])]);
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0.25 }),
    loss: "meanSquaredError",
    metrics: ["meanAbsoluteError"],
  });
  expect(await model.testOnBatch([[2]], [0])).toEqual({ loss: 4, meanAbsoluteError: 2 });
  expect(await model.trainOnBatch([[2]], [0])).toEqual({ loss: 4, meanAbsoluteError: 2 });
  expect(await model.testOnBatch([[2]], [0])).toEqual({ loss: 4, meanAbsoluteError: 2 });
  expect(await model.getWeights()[0]?.item()).toBe(1 - 0.25 * 2 * 4);
});

test("a batch on its own: weights of its examples and classes, and predictions", async () => {
  const model = sequential([layers.dense({ units: 2, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[1, -1]])]);
  model.compile({
    optimizer: optimizers.sgd({ learningRate: 0 }),
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
  });
  const [x, y] = [
    [[1], [2]],
    [0, 1],
  ];
  const each = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(4))] as const;
  const lossWith = async (options: Parameters<typeof model.trainOnBatch>[2]) =>
    (await model.trainOnBatch(x, y, options)).loss;
  expect(await lossWith({})).toBeCloseTo((each[0] + each[1]) / 2, 5);
  expect(await lossWith({ classWeight: { 1: 3 } })).toBeCloseTo((each[0] + 3 * each[1]) / 2, 5);
  expect(await lossWith({ sampleWeight: [2, 0], classWeight: [5] })).toBeCloseTo((10 * each[0]) / 2, 5);
  expect(await (await model.predictOnBatch(x)).array()).toEqual([
    [1, -1],
    [2, -2],
  ]);
});

test("early stopping puts the best epoch's weights back", async () => {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[1]])]);
  // The step overshoots: w = 1, -1.5, 2.25 …, so that the first epoch's weight is the best there is.
  model.compile({ optimizer: optimizers.sgd({ learningRate: 1.25 }), loss: "meanSquaredError" });
  const data = { x: [[1]], y: [0] };
  const callback = earlyStopping({ patience: 2, restoreBestWeights: true });
  const { epoch } = await model.fit({ ...data }, { epochs: 10, validationData: data, callbacks: [callback] });
  expect(epoch).toEqual([0, 1, 2]);
  expect(await model.getWeights()[0]?.item()).toBe(-1.5);
});

test("a monitor of a name that fit will not have is an error before training", async () => {
  const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["accuracy"] });
  await expect(model.fit([[1]], [0], { callbacks: [earlyStopping({ monitor: "acuracy" })] })).rejects.toThrow(
    'earlyStopping: there is no "acuracy" to monitor, did you mean "accuracy"?',
  );
});
