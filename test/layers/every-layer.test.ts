/**
 * What holds for every layer in a model, whatever it takes and gives: one input or several, numbers, indices or texts, one result or
 * several. It is trained by `fit`, frozen, saved and loaded, and predicts each example by itself. Beside this,
 * src/layers/layers.test.ts checks the gradients of each layer alone.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { type Shape, sizeOf } from "../../src/graph/shape.ts";
import { load, saveModel } from "../../src/io/model.ts";
import * as layers from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { NestedText } from "../../src/layers/preprocessing/texts.ts";
import { layerFromConfig, layerNames } from "../../src/layers/registry.ts";
import type { ArrayInput } from "../../src/models/examples/arrays.ts";
import type { Model } from "../../src/models/model.ts";
import { type FunctionalModel, input, model } from "../../src/models/networks/functional.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { setSaver } from "../../src/models/saver.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { setSeed } from "../../src/tensor/random.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { inputsFor, layerSamples, values } from "../support/layer-samples.ts";
import { mergeSamples } from "../support/merge-samples.ts";
import { textSamples } from "../support/text-samples.ts";

interface Case {
  readonly className: string;
  readonly config: Configuration;
  /** Of one example of each input. */
  readonly shapes: readonly Shape[];
  readonly dtype: "float32" | "int32" | "string";
  /** A batch for each input. */
  readonly batches: () => readonly (Tensor | NestedText)[];
  readonly weightScale?: number | undefined;
}

const batch = 4;

const single = Object.entries(layerSamples).flatMap(([className, list]) =>
  list.map(
    (sample): Case => ({
      className,
      config: sample.config ?? {},
      shapes: [sample.inputShape],
      dtype: sample.indices === undefined ? "float32" : "int32",
      batches: () => [inputsFor(sample, batch)],
      weightScale: sample.weightScale,
    }),
  ),
);
const merging = Object.entries(mergeSamples).flatMap(([className, list]) =>
  list.map(
    ({ config = {}, inputShapes }): Case => ({
      className,
      config,
      shapes: inputShapes,
      dtype: "float32",
      batches: () => inputShapes.map((shape, index) => values([batch, ...shape], 10 + index)),
    }),
  ),
);
const texts = Object.entries(textSamples).flatMap(([className, list]) =>
  list.map(
    (sample): Case => ({
      className,
      config: sample.config,
      shapes: [sample.textShape],
      dtype: "string",
      batches: () => [sample.texts],
    }),
  ),
);
const whole: Case = {
  className: "model",
  config: {
    model: sequential([layers.dense({ units: 3, activation: "tanh" }), layers.layerNormalization()]).config(),
  },
  shapes: [[2]],
  dtype: "float32",
  batches: () => [values([batch, 2], 10)],
};
// An input is what the others are applied to, and so in each of these models.
const cases = [...single, ...merging, ...texts, whole].filter(({ className }) => className !== "input");

setSaver(saveModel);
setSeed(1);
const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterAll(() => warnings.mockRestore());

/** A model of the layer alone. */
function modelOf({ className, config, shapes, dtype, weightScale = 1 }: Case): {
  readonly layer: Layer;
  readonly net: FunctionalModel;
} {
  const layer = layerFromConfig({ className, config: { ...config, name: "layer" } });
  const inputs = shapes.map((shape, index) => input({ shape, dtype, name: `in${index}` }));
  const outputs = layer.applyOutputs(inputs.length === 1 && inputs[0] ? inputs[0] : inputs);
  // Neither zeros nor ones, which hide mistakes.
  for (const [index, weight] of layer.trainableVariables.entries())
    weight.assign(multiply(values(weight.shape, 100 + index), weightScale));
  return {
    layer,
    net: model({ inputs, outputs: Object.fromEntries(outputs.map((each, index) => [`out${index}`, each])) }),
  };
}

const byName = (inputs: readonly ArrayInput[]) => Object.fromEntries(inputs.map((each, index) => [`in${index}`, each]));

/** What the model makes of inputs, in the order of its outputs. */
async function predictions(net: Model, inputs: readonly ArrayInput[]) {
  const tensors = Object.values(await net.predictAll(byName(inputs)));
  return Promise.all(tensors.map(async (each) => ({ shape: each.shape, dtype: each.dtype, data: await each.data() })));
}

/** The first example of each input alone. */
async function firstOf(inputs: readonly (Tensor | NestedText)[]): Promise<ArrayInput[]> {
  const first = async (each: Tensor | NestedText): Promise<ArrayInput> => {
    if (!(each instanceof Tensor)) return [(each as readonly NestedText[])[0] as NestedText];
    const shape = [1, ...each.shape.slice(1)];
    return { data: (await each.data()).slice(0, sizeOf(shape)), shape };
  };
  return Promise.all(inputs.map(first));
}

const stateOf = (layer: Layer) =>
  Promise.all(
    [...layer.weights]
      .filter(([name]) => !/(^|\/)generator$/.test(name))
      .map(async ([name, variable]) => [name, await variable.data()] as const),
  );

test("every layer is driven", () => {
  const driven = new Set(["input", ...cases.map(({ className }) => className)]);
  expect([...driven].sort()).toEqual([...layerNames()].sort());
});

describe.each(cases.map((each) => ({ title: `${each.className} ${JSON.stringify(each.config)}`, each })))(
  "$title",
  ({ each }) => {
    test("it predicts each example by itself, in the shapes it tells, and again after saving and loading", async () => {
      const { net } = modelOf(each);
      const inputs = each.batches();
      const all = await predictions(net, inputs);
      expect(all.map(({ shape }) => shape)).toEqual(net.outputSpecs.map(({ shape }) => [batch, ...(shape ?? [])]));
      for (const [index, alone] of (await predictions(net, await firstOf(inputs))).entries()) {
        const expected = all[index]?.data.subarray(0, alone.data.length) ?? [];
        for (const [at, value] of alone.data.entries()) expect(value).toBeCloseTo(expected[at] ?? Number.NaN, 4);
      }
      const copy = await load(await net.toFiles());
      expect(await predictions(copy, inputs)).toEqual(all);
    });

    test("fit changes its weights, and not those of a frozen one", async () => {
      const trained = async (trainable: boolean) => {
        const { layer, net } = modelOf(each);
        layer.trainable = trainable;
        const inputs = each.batches();
        const results = await predictions(net, inputs);
        if (results.some(({ dtype }) => dtype !== "float32")) return undefined; // indices, through which nothing is trained
        const targets = results.map(({ data, shape }, index) => ({
          data: Float32Array.from(data, (value, at) => value + Math.sin(at + index + 1)),
          shape,
        }));
        const before = await stateOf(layer);
        net.compile({ optimizer: optimizers.sgd({ learningRate: 0.01 }), loss: "meanSquaredError" });
        const { history } = await net.fit(byName(inputs), targets, { batchSize: batch, epochs: 2 });
        expect(history.loss?.every(Number.isFinite)).toBe(true);
        const after = await stateOf(layer);
        const learned = new Set(layer.trainableVariables.map(({ name }) => name.slice(layer.path.length + 1)));
        return {
          before,
          after,
          changed: after.some(
            ([name, data], at) => learned.has(name) && data.some((value, i) => value !== before[at]?.[1][i]),
          ),
          learned,
        };
      };
      const free = await trained(true);
      if (free && free.learned.size > 0) expect(free.changed).toBe(true);
      const frozen = await trained(false);
      expect(frozen?.after).toEqual(frozen?.before);
    });
  },
);
