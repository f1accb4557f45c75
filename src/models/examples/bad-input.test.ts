import { expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Sequential, sequential } from "../networks/sequential.ts";
import type { FitOptions } from "../training/fit-options.ts";
import type { LabelledExamples } from "./arrays.ts";

setDevice("reference");

/** A classifier of three classes, called "net", for examples of two numbers. */
function classifier(loss: losses.Loss = losses.sparseCategoricalCrossentropy({ fromLogits: true })): Sequential {
  const model = sequential([layers.dense({ units: 3, name: "head", inputShape: [2] })], { name: "net" });
  model.compile({ optimizer: "sgd", loss });
  return model;
}

const x = [
  [1, 2],
  [3, 4],
  [5, 6],
];

test.each<[what: string, data: LabelledExamples, message: string | RegExp]>([
  [
    "no examples",
    { x: { data: new Float32Array(), shape: [0, 2] }, y: [] },
    "fit: x has no examples: its shape is [0, 2]",
  ],
  [
    "different lengths",
    { x, y: [0, 1] },
    "fit: x has 3 examples and y has 2: the shapes [3, 2] and [2] must agree in axis 0",
  ],
  [
    "NaN in the features",
    {
      x: [
        [1, 2],
        [3, Number.NaN],
        [5, 6],
      ],
      y: [0, 1, 2],
    },
    "fit: x holds NaN in example 1",
  ],
  ["infinity in the targets", { x, y: [0, Number.POSITIVE_INFINITY, 2] }, "fit: y holds Infinity in example 1"],
  [
    "a label too large",
    { x, y: [0, 1, 3] },
    "fit: y holds the label 3 at index 2, but the model has 3 classes: labels must be integers in [0, 3)",
  ],
  ["a negative label", { x, y: Int32Array.of(0, -1, 2) }, "fit: y holds the label -1 at index 1"],
  ["a fractional label", { x, y: [0, 0.5, 2] }, "fit: y holds the label 0.5 at index 1"],
  [
    "one-hot rows with a sparse loss",
    {
      x,
      y: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
    "one-hot rows fit the loss categoricalCrossentropy",
  ],
  [
    "another size",
    { x: [[1, 2, 3]], y: [0] },
    "fit: an example of x has the shape [3], but net/head takes [2]: axis 1 is 3 instead of 2",
  ],
  [
    "another rank",
    { x: [[[1, 2]]], y: [0] },
    "fit: an example of x has the shape [1, 2], but net/head takes [2]: that is 2 instead of 1 axes",
  ],
  [
    "values that do not fill the shape",
    { x: { data: new Float32Array(5), shape: [3, 2] }, y: [0, 1, 2] },
    "fit: x has 5 values, but its shape [3, 2] holds 6",
  ],
  ["ragged arrays", { x: [[1, 2], [3]], y: [0, 1] }, "fit: x[1] does not fit the shape [2, 2]"],
  [
    "weights of another length",
    { x, y: [0, 1, 2], sampleWeight: [1] },
    "fit: sampleWeight has the shape [1], expected one weight for each example, [3]",
  ],
])("%s", async (_, data, message) => {
  await expect(classifier().fit(data)).rejects.toThrow(message);
  const evaluated = classifier().evaluate(data);
  await expect(evaluated).rejects.toThrow(
    typeof message === "string" ? message.replaceAll("fit:", "evaluate:") : message,
  );
});

test("integer labels with a loss for one-hot rows", async () => {
  const model = classifier(losses.categoricalCrossentropy({ fromLogits: true }));
  await expect(model.fit(x, [0, 1, 2])).rejects.toThrow("integer labels fit the loss sparseCategoricalCrossentropy");
  await expect(
    model.fit(x, [
      [0, 2, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]),
  ).rejects.toThrow("y holds 2 at index 1");
});

test("targets of another size than the predictions", async () => {
  const model = classifier(losses.meanSquaredError());
  await expect(model.fit(x, [[1], [2], [3]])).rejects.toThrow(
    "fit: y has the shape [3, 1], but the loss meanSquaredError compares it with predictions [3, 3]; give the last layer 1 units",
  );
});

test("labels other than 0 and 1 with a binary loss", async () => {
  const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
  model.compile({ optimizer: "sgd", loss: losses.binaryCrossentropy({ fromLogits: true }) });
  await expect(model.fit(x, [0, 1, 2])).rejects.toThrow("y holds 2 at index 2");
});

test("labels of an ignored class are allowed", async () => {
  const model = classifier(losses.sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1 }));
  expect((await model.fit(x, [0, -1, 2])).history.loss?.[0]).toBeGreaterThan(0);
});

test("predict checks its examples too", async () => {
  const model = classifier();
  await expect(model.predict([[1, 2, 3]])).rejects.toThrow(
    "predict: an example of x has the shape [3], but net/head takes [2]",
  );
  await expect(model.predict([[1, Number.NaN]])).rejects.toThrow("predict: x holds NaN in example 0");
  await expect(model.predict({ data: new Float32Array(), shape: [0, 2] })).rejects.toThrow(
    "predict: x has no examples",
  );
});

const wrong: object = { epoch: 3 };
test.each<[what: string, options: FitOptions, message: string]>([
  ["an unknown option", wrong, 'fit: unknown option "epoch", did you mean "epochs"?'],
  ["a name of Keras", { ...JSON.parse('{"verbose":1}') }, "callbacks: [callbacks.progress()] shows how it goes"],
  ["a batch size of 0", { batchSize: 0 }, "fit: batchSize is 0, expected an integer of at least 1"],
  ["a split of 1", { validationSplit: 1 }, "fit: validationSplit is 1"],
  ["a split that leaves nothing", { validationSplit: 0.9 }, "leaves none of the 3 examples for training"],
  [
    "two validations",
    { validationSplit: 0.1, validationData: { x, y: [0, 1, 2] } },
    "validationData and validationSplit exclude each other",
  ],
  ["no steps", { stepsPerEpoch: 0 }, "fit: stepsPerEpoch is 0, expected an integer of at least 1"],
  ["a validation that is none", { validationFreq: 2 }, "fit: validationFreq has no effect without validationData"],
  [
    "half a frequency",
    { validationSplit: 0.5, validationFreq: 1.5 },
    "fit: validationFreq is 1.5, expected an integer",
  ],
  ["a negative class weight", { classWeight: { 1: -1 } }, "classWeight gives the class 1 the weight -1"],
  [
    "wrong validation data",
    { validationData: { x: [[1]], y: [0] } },
    "fit: validationData: an example of x has the shape [1]",
  ],
])("fit with %s", async (_, options, message) => {
  await expect(classifier().fit(x, [0, 1, 2], options)).rejects.toThrow(message);
});

test("a model that is not compiled", async () => {
  const model = sequential([layers.dense({ units: 1 })], { name: "net" });
  await expect(model.fit(x, [0, 1, 2])).rejects.toThrow("net: is not compiled; call compile(");
});

test("two trainings of one model at a time", async () => {
  const model = classifier();
  const first = model.fit(x, [0, 1, 2]);
  await expect(model.fit(x, [0, 1, 2])).rejects.toThrow("net.fit: the model is training already");
  await first;
});

test("a data set too small for its split, and one example", async () => {
  expect((await classifier().fit([[1, 2]], [0])).history.loss).toHaveLength(1);
});
