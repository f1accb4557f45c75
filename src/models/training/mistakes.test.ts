/** Settings and data that do not go together: each says what is probably meant. */
import { afterEach, describe, expect, test, vi } from "vitest";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import * as metrics from "../../metrics/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import { input, model } from "../networks/functional.ts";
import { sequential } from "../networks/sequential.ts";

setDevice("reference");
const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterEach(() => warnings.mockClear());
const warned = () => warnings.mock.calls.map(([message]) => String(message));

const x = [
  [1, 2],
  [3, 4],
  [5, 7],
];

const probabilities = losses.categoricalCrossentropy({ fromLogits: false });
test.each<[what: string, last: layers.Layer, loss: losses.LossLike, message: RegExp | undefined]>([
  [
    "sigmoid before a loss of classes",
    layers.dense({ units: 3, activation: "sigmoid" }),
    probabilities,
    /net\/last ends in sigmoid, whose results do not add up to 1; probably activation: "softmax" is meant, or the loss binaryCrossentropy/,
  ],
  [
    "softmax of one unit",
    layers.dense({ units: 1, activation: "softmax" }),
    losses.binaryCrossentropy(),
    /applies softmax to a single unit, which is always 1; probably activation: "sigmoid"/,
  ],
  [
    "one unit for several classes",
    layers.dense({ units: 1 }),
    losses.sparseCategoricalCrossentropy({ fromLogits: true }),
    /compares classes, but the last layer net\/last has a single unit; probably the loss binaryCrossentropy/,
  ],
  [
    "softmax before a binary loss",
    layers.dense({ units: 3, activation: "softmax" }),
    losses.binaryCrossentropy(),
    /ends in softmax, whose results add up to 1; probably the loss categoricalCrossentropy/,
  ],
  [
    "relu before logits",
    layers.dense({ units: 3, activation: "relu" }),
    losses.categoricalCrossentropy({ fromLogits: true }),
    /takes logits, but the last layer net\/last ends in relu, which cuts them off; probably no activation in last/,
  ],
  [
    "tanh before probabilities",
    layers.dense({ units: 1, activation: "tanh" }),
    losses.binaryCrossentropy(),
    /takes probabilities, but the last layer net\/last ends in tanh/,
  ],
  [
    "logits for probabilities of one question",
    layers.dense({ units: 1 }),
    losses.binaryCrossentropy({ fromLogits: false }),
    /has no activation and gives logits; probably fromLogits: true/,
  ],
  [
    "sigmoid for one question",
    layers.dense({ units: 1, activation: "sigmoid" }),
    losses.binaryCrossentropy(),
    undefined,
  ],
  ["softmax for classes", layers.dense({ units: 3, activation: "softmax" }), probabilities, undefined],
  ["relu for a regression", layers.dense({ units: 1, activation: "relu" }), "meanSquaredError", undefined],
])("compile warns of %s", (_, layer, loss, message) => {
  const config = { ...layer.config(), name: "last", inputShape: [2] };
  const net = sequential([layers.layerFromConfig({ className: "dense", config })], { name: "net" });
  net.compile({ optimizer: "sgd", loss });
  if (message) expect(warned()[0]).toMatch(message);
  else expect(warned()).toEqual([]);
});

test("softmax as a layer before logits", () => {
  const net = sequential([layers.dense({ units: 3, inputShape: [2] }), layers.softmax({ name: "last" })], {
    name: "net",
  });
  net.compile({ optimizer: "sgd", loss: losses.categoricalCrossentropy({ fromLogits: true }) });
  expect(warned()[0]).toMatch(/softmax is applied twice; .* or better: the model without last$/);
});

test("the last layer may stand in a model inside", () => {
  const inner = sequential([layers.dense({ units: 2, name: "last", inputShape: [2] })], { name: "inner" });
  const net = sequential([inner], { name: "net" });
  net.compile({ optimizer: "sgd", loss: losses.sparseCategoricalCrossentropy({ fromLogits: false }) });
  expect(warned()[0]).toMatch(/the last layer net\/inner\/last has no activation/);
});

describe("fit warns", () => {
  const normalized = () => {
    const net = sequential([layers.batchNormalization({ inputShape: [2], name: "norm" }), layers.dense({ units: 1 })], {
      name: "net",
    });
    net.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    return net;
  };

  test("of batch normalization over one example, at each step or at the end", async () => {
    await normalized().fit(x, [1, 2, 3], { batchSize: 1 });
    expect(warned()[0]).toMatch(
      /a batch of one example comes to net\/norm, .*; give larger batches, or use layerNormalization/,
    );
    warnings.mockClear();
    await normalized().fit(x, [1, 2, 3], { batchSize: 2 });
    expect(warned()[0]).toMatch(/give a batchSize that leaves no single example at the end of an epoch/);
    warnings.mockClear();
    await normalized().fit(x, [1, 2, 3], { batchSize: 3 });
    const frozen = normalized();
    (frozen.layers[0] as layers.Layer).trainable = false;
    await frozen.fit(x, [1, 2, 3], { batchSize: 1 });
    expect(warned()).toEqual([]);
  });

  test("of it in streams too, and once in a loop of trainOnBatch", async () => {
    await normalized().fit(() => x.map((row) => ({ x: [row], y: [1] })));
    expect(warned()[0]).toMatch(/^fit: a batch of one example comes to net\/norm/);
    warnings.mockClear();
    const net = normalized();
    for (const row of x) await net.trainOnBatch([row], [1]);
    expect(warned()).toHaveLength(1);
    expect(warned()[0]).toMatch(/^trainOnBatch: a batch of one example comes to net\/norm/);
    await net.testOnBatch([[1, 2]], [1]);
    expect(warned()).toHaveLength(1);
  });

  test("of learning rates for weights that the model has not", async () => {
    const net = sequential([layers.dense({ units: 1, inputShape: [2], name: "head" })], { name: "net" });
    const learningRateMultipliers = { "head/bias": 2, "encoder/": 0.1 };
    net.compile({ optimizer: optimizers.sgd({ learningRateMultipliers }), loss: "meanSquaredError" });
    await net.fit(x, [1, 2, 3]);
    expect(warned()).toEqual([
      'fit: learningRateMultipliers names "encoder/", which is part of none of the weights\' names, such as net/head/kernel; ' +
        "look at model.variables for them",
    ]);
  });

  test("where everything is frozen, or there is nothing to train", async () => {
    const net = normalized();
    net.trainable = false;
    await net.fit(x, [1, 2, 3]);
    expect(warned()[0]).toMatch(/nothing of net is trained, for all its layers are frozen; set trainable = true/);
    const empty = sequential([layers.flatten()], { name: "empty" });
    empty.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await empty.fit(x, x);
    expect(warned()[1]).toMatch(/nothing of empty is trained, for it has no weights/);
  });
});

test("an index that an embedding has no vector for is told before anything is computed", async () => {
  const message = (value: number) =>
    `x holds ${value} in example 1 (counted from 0), but net/words takes whole numbers in [0, 3); make the layer for more of them`;
  const words = () => layers.embedding({ inputDim: 3, outputDim: 2, inputShape: [2], name: "words" });
  const row = sequential([words(), layers.flatten(), layers.dense({ units: 1 })], { name: "net" });
  row.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  for (const wrong of [3, -1, 0.5]) {
    const indices = [
      [0, 2],
      [1, wrong],
    ];
    await expect(row.fit(indices, [1, 2])).rejects.toThrow(`fit: ${message(wrong)}`);
    await expect(row.predict(indices)).rejects.toThrow(`predict: ${message(wrong)}`);
    const token = input({ shape: [2], dtype: "int32" });
    const graph = model({ inputs: token, outputs: words().apply(token), name: "net" });
    if (Number.isInteger(wrong)) await expect(graph.predict(indices)).rejects.toThrow(`predict: ${message(wrong)}`);
  }
});

test("labels that CTC cannot align are told with their example", async () => {
  const ctc = async (labels: number[], options: object = {}) => {
    const net = sequential([layers.dense({ units: 4, inputShape: [3, 2] })], { name: "net" });
    net.compile({ optimizer: "sgd", loss: losses.ctc(options) });
    const sequence = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    return net.fit([sequence, sequence], [[1, 2, 0], labels]);
  };
  await expect(ctc([1, 4, 0])).rejects.toThrow(
    "fit: y holds the label 4 in example 1 (counted from 0), but the loss ctc takes whole numbers in [0, 4) other than the blank 0",
  );
  await expect(ctc([1, -1, -1])).rejects.toThrow("fit: y holds the label -1 in example 1");
  await expect(ctc([1, 1, 2])).rejects.toThrow(
    "fit: y has 3 labels in example 1 (counted from 0), which take 4 steps, but the predictions have 3",
  );
  await ctc([1, 1, 2], { zeroInfinity: true });
  await ctc([1, 1, 0]);
});

test("a batchSize larger than the data takes them all", async () => {
  const net = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  net.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { params } = await net.fit(x, [1, 2, 3], { batchSize: 1000 });
  expect([params.steps, params.batchSize]).toEqual([1, 3]);
});

test("a metric of labels for one-hot rows, and the reverse", async () => {
  const classes = (metric: string, oneHot: boolean) => {
    const net = sequential([layers.dense({ units: 3, inputShape: [2] })]);
    const loss = oneHot ? losses.categoricalCrossentropy : losses.sparseCategoricalCrossentropy;
    net.compile({ optimizer: "sgd", loss: loss({ fromLogits: true }), metrics: [metric] });
    const labels = [0, 1, 2];
    return net.fit(x, oneHot ? labels.map((label) => labels.map((other) => Number(other === label))) : labels);
  };
  await expect(classes("sparseCategoricalAccuracy", true)).rejects.toThrow(
    "fit: y has the shape [3, 3], but the metric sparseCategoricalAccuracy takes one label for each row of 3 predictions; one-hot rows fit categoricalAccuracy",
  );
  await expect(classes("categoricalAccuracy", false)).rejects.toThrow("integer labels fit sparseCategoricalAccuracy");
  for (const oneHot of [true, false]) await classes("accuracy", oneHot);
  await classes("categoricalAccuracy", true);
  await classes("sparseCategoricalAccuracy", false);
});

test("a metric that cannot judge an output is named with both shapes", async () => {
  class Picky extends metrics.Metric {
    readonly className = "picky";
    readonly variables = [];
    update(): void {
      throw new Error("picky takes nothing");
    }
    result(): Promise<number> {
      return Promise.resolve(0);
    }
    reset(): void {}
  }
  const net = sequential([layers.dense({ units: 2, inputShape: [2] })]);
  net.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: [new Picky("picky")] });
  await expect(net.fit(x, x)).rejects.toThrow(
    "the metric picky does not fit predictions [3, 2] and targets [3, 2]; take another one: picky takes nothing",
  );
});

describe("errors", () => {
  const net = () => sequential([layers.dense({ units: 1, inputShape: [2], name: "head" })], { name: "net" });
  const compile = (options: object) => () => net().compile(options as Parameters<ReturnType<typeof net>["compile"]>[0]);

  test("in what compile is given", () => {
    expect(compile({ optimizer: "sgd" })).toThrow('net.compile: loss is missing; give one, such as "meanSquaredError"');
    expect(compile({ loss: "meanSquaredError" })).toThrow(
      'net.compile: optimizer is missing; give one, such as optimizer: "adam"',
    );
    expect(compile({ optimizer: "sgd", loss: "mse" })).toThrow('unknown loss "mse", did you mean "meanSquaredError"?');
    expect(compile({ optimizer: "sgd", loss: "mae" })).toThrow('did you mean "meanAbsoluteError"?');
    expect(compile({ optimizer: "sgd", loss: "mean_squared_error" })).toThrow('did you mean "meanSquaredError"?');
    expect(compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["acc"] })).toThrow(
      'did you mean "accuracy"?',
    );
    expect(compile({ optimizer: "sgd", loss: { haed: "meanSquaredError" } })).toThrow(
      'loss names an unknown output "haed", did you mean "head"?',
    );
    expect(() => optimizers.sgd({ learningRate: -0.1 })).toThrow(
      "sgd: learningRate is -0.1, expected a finite number ≥ 0",
    );
    const wrong: object = { learning_rate: 0.1 };
    expect(() => optimizers.adam(wrong)).toThrow('adam: unknown option "learning_rate", did you mean "learningRate"?');
  });

  test("in the number of inputs and the shape of validation data", async () => {
    const compiled = net();
    compiled.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const y = [1, 2, 3];
    const wide = x.map((row) => [...row, 0]);
    await expect(compiled.fit(x, y, { validationData: { x: wide, y } })).rejects.toThrow(
      "fit: validationData: an example of x has the shape [3], but net/head takes [2]: axis 1 is 3 instead of 2",
    );
    const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [2], name: "b" })];
    const two = model({ inputs: [a, b], outputs: layers.add({ name: "sum" }).apply([a, b]) });
    await expect(two.predict(x)).rejects.toThrow("the model has 2 of them: give { a, b }");
    await expect(two.predict({ a: x, b: x, c: x })).rejects.toThrow('predict: x has an unknown name "c"');
    await expect(compiled.fit({ x } as { x: number[][]; y: number[] })).rejects.toThrow(
      "fit: got examples without targets",
    );
  });
});
