/** What holds for every layer: one test drives all that are registered, each with several options. */
import { describe, expect, test } from "vitest";
import { builtLayer, inputsFor, layerSamples, values } from "../../test/support/layer-samples.ts";
import { mergeSamples } from "../../test/support/merge-samples.ts";
import { textSamples } from "../../test/support/text-samples.ts";
import { add, multiply, square, subtract } from "../ops/elementwise.ts";
import { gradients } from "../ops/gradients.ts";
import { mean, sum } from "../ops/reduce.ts";
import { slice } from "../ops/slicing.ts";
import { SGD } from "../optimizers/sgd.ts";
import { jit } from "../tensor/jit.ts";
import { setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { layerFromConfig, layerNames } from "./registry.ts";

const batch = 4;
const step = 1e-4;

const dot = (a: Tensor, b: Tensor) => sum(multiply(a, b));

// Before the inputs are made: they live on the device that is current then.
setDevice("reference");
setSeed(1);

test("every layer has samples", () => {
  expect([...Object.keys(layerSamples), ...Object.keys(mergeSamples), ...Object.keys(textSamples)].sort()).toEqual(
    [...layerNames()].sort(),
  );
});

describe.each(
  Object.entries(layerSamples).flatMap(([className, list]) =>
    list.map((sample) => ({ title: `${className} ${JSON.stringify(sample.config ?? {})}`, className, sample })),
  ),
)("$title", ({ className, sample }) => {
  const { inputShape } = sample;
  const input = inputsFor(sample, batch);

  test("the result has the shape that outputShape tells", () => {
    const layer = builtLayer(className, sample);
    for (const training of [false, true])
      expect(layer.call(input, { training }).shape).toEqual([batch, ...layer.outputShape(inputShape)]);
  });

  test.each([false, true])(
    "gradients of inputs and weights equal finite differences (training: %s)",
    async (training) => {
      const layer = builtLayer(className, sample);
      const x = new Variable(input);
      const variables = [...(input.dtype === "float32" ? [x] : []), ...layer.trainableVariables];
      const outputGradient = values([batch, ...layer.outputShape(inputShape)], 7);
      // Everything in one program: the reference device computes in float64, but what is read is float32.
      const check = jit(() => {
        const state = layer.nonTrainableVariables.map((variable) => ({ variable, value: new Tensor(variable.node) }));
        const loss = () => {
          for (const { variable, value } of state) variable.assign(value);
          const penalties: Tensor[] = [];
          const output = layer.call(x, { training, penalties });
          const weightPenalty = layer.regularizationLoss();
          return [...penalties, ...(weightPenalty ? [weightPenalty] : [])].reduce(add, dot(output, outputGradient));
        };
        const exact = gradients(loss(), variables);
        return variables.map((variable, index) => {
          const start = new Tensor(variable.node);
          const direction = values(variable.shape, 50 + index);
          const along = (distance: number) => {
            variable.assign(add(start, multiply(direction, distance)));
            return loss();
          };
          const slope = multiply(subtract(along(step), along(-step)), 1 / (2 * step));
          variable.assign(start);
          return [dot(exact[index] as Tensor, direction), slope];
        });
      });
      for (const [index, pair] of check().entries()) {
        const [exact, measured] = (await Promise.all(pair.map((each) => each.item()))) as [number, number];
        const name = variables[index]?.name;
        expect(Math.abs(exact - measured), `${name}: ${exact} against ${measured}`).toBeLessThan(
          1e-4 * (1 + Math.abs(measured)),
        );
      }
    },
  );

  test("a step down the gradient makes the loss smaller", async () => {
    const layer = builtLayer(className, sample);
    if (layer.trainableVariables.length === 0) return;
    const target = values([batch, ...layer.outputShape(inputShape)], 9);
    const optimizer = new SGD({ learningRate: 0.01 });
    const train = jit(() => {
      const loss = mean(square(subtract(layer.call(input, { training: true }), target)));
      optimizer.minimize(loss, layer.trainableVariables);
      return loss;
    });
    const first = await train().item();
    expect(await train().item()).toBeLessThan(first);
  });

  test("its configuration makes an equal layer", async () => {
    const layer = builtLayer(className, sample);
    const config = JSON.parse(JSON.stringify(layer.config()));
    const copy = layerFromConfig({ className, config });
    expect(copy.config()).toEqual(layer.config());
    copy.build(inputShape);
    expect([...copy.weights.keys()]).toEqual([...layer.weights.keys()]);
    for (const [name, weight] of layer.weights) copy.weight(name).assign(new Tensor(weight.node));
    for (const training of [false, true]) {
      const [original, copied] = [layer.call(input, { training }), copy.call(input, { training })];
      expect(await copied.data()).toEqual(await original.data());
    }
  });

  test("inference treats each example by itself and leaves the state alone", async () => {
    const layer = builtLayer(className, sample);
    const before = await Promise.all(layer.variables.map((variable) => variable.data()));
    const all = await layer.call(input, { training: false }).data();
    const first = slice(input, { start: input.shape.map(() => 0), size: [1, ...inputShape] });
    const alone = await layer.call(first, { training: false }).data();
    expect(alone).toEqual(all.subarray(0, all.length / batch));
    expect(await Promise.all(layer.variables.map((variable) => variable.data()))).toEqual(before);
  });

  test("frozen, it has no trainable variables and keeps its state in training", async () => {
    const layer = builtLayer(className, sample);
    layer.trainable = false;
    expect(layer.trainableVariables).toEqual([]);
    expect(layer.nonTrainableVariables).toEqual(layer.variables);
    const weights = [...layer.weights]
      .filter(([name]) => !/(^|\/)generator$/.test(name))
      .map(([, variable]) => variable);
    const before = await Promise.all(weights.map((variable) => variable.data()));
    await layer.call(input, { training: true }).data();
    expect(await Promise.all(weights.map((variable) => variable.data()))).toEqual(before);
  });

  test("its path names it and its weights", () => {
    const layer = builtLayer(className, sample);
    layer.path = "model/block/layer";
    for (const [name, variable] of layer.weights) expect(variable.name).toBe(`model/block/layer/${name}`);
  });

  test("an option it does not know is an error", () => {
    expect(() => layerFromConfig({ className, config: { ...sample.config, nmae: "x" } })).toThrow(
      `${className}: unknown option "nmae", did you mean "name"?`,
    );
  });

  test("it is built once, and not called before", () => {
    const layer = layerFromConfig({ className, config: sample.config ?? {} });
    expect(() => layer.call(input, { training: false })).toThrow(`${layer.name}: is not built`);
    layer.build(inputShape);
    expect(() => layer.build(inputShape)).toThrow(`${layer.name}: is built already`);
  });
});
