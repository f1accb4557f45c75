/** `fit`, `evaluate` and `predict` as in Keras: smaller last batches, validation, penalties, weights of examples and classes. */
import { describe, expect, test } from "vitest";
import type { SerializedObject } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf, trajectory } from "./golden.ts";

interface Examples {
  readonly x: GoldenTensor;
  readonly y: GoldenTensor;
}
type Case = GoldenCase<
  Examples & {
    readonly weights: Readonly<Record<string, GoldenTensor>>;
    readonly validation?: Examples;
    readonly sampleWeight?: GoldenTensor;
  },
  {
    readonly layers: readonly SerializedObject[];
    readonly optimizer: SerializedObject;
    readonly loss: SerializedObject;
    readonly metrics: readonly string[];
    readonly epochs: number;
    readonly batchSize: number;
    readonly classWeight?: Readonly<Record<string, number>>;
  },
  {
    readonly history: Readonly<Record<string, readonly number[]>>;
    readonly weights: Readonly<Record<string, GoldenTensor>>;
    readonly evaluation: Readonly<Record<string, number>>;
    readonly predictions: GoldenTensor;
  }
>;

const examplesOf = ({ x, y }: Examples) => ({ x: tensorOf(x), y: tensorOf(y) });

/** Losses and shares of right answers, each a float32 in Keras. */
function expectNumbers(what: string, actual: readonly unknown[], expected: readonly number[]): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index], `${what} ${index}`).toBeCloseTo(value, 5);
}

describe("fit as in Keras", () => {
  test.each(named<Case>("fit.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { layers, optimizer, loss, metrics, ...fitOptions } = options;
    const model = sequential(layers.map(layerFromConfig));
    model.build(inputs.x.shape.slice(1));
    const weights = new Map(model.variables.map((variable) => [variable.name, variable]));
    const weightOf = (name: string) => weights.get(`${model.name}/${name}`);
    for (const [name, golden] of Object.entries(inputs.weights)) weightOf(name)?.assign(tensorOf(golden));
    model.compile({ optimizer, loss, metrics });

    const { history } = await model.fit(examplesOf(inputs), {
      ...fitOptions,
      shuffle: false,
      ...(inputs.validation && { validationData: examplesOf(inputs.validation) }),
      ...(inputs.sampleWeight && { sampleWeight: tensorOf(inputs.sampleWeight) }),
    });
    for (const [name, course] of Object.entries(outputs.history)) expectNumbers(name, history[name] ?? [], course);
    for (const [name, golden] of Object.entries(outputs.weights))
      await expectGolden(name, weightOf(name), golden, trajectory);

    const evaluation = await model.evaluate(examplesOf(inputs), { batchSize: 8 });
    for (const [name, value] of Object.entries(outputs.evaluation)) expectNumbers(name, [evaluation[name]], [value]);
    await expectGolden("predictions", await model.predict(tensorOf(inputs.x)), outputs.predictions, trajectory);
  });
});
