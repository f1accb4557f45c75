/** Whole trainings: loss and weights after each step as PyTorch has them, for a perceptron and a convolutional network. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import {
  activation,
  batchNormalization,
  conv2d,
  dense,
  flatten,
  type Layer,
  maxPooling2d,
} from "../../src/layers/index.ts";
import { sparseCategoricalCrossentropy } from "../../src/losses/index.ts";
import { sliceAxis } from "../../src/ops/movement.ts";
import { resolveOptimizer } from "../../src/optimizers/index.ts";
import { jit } from "../../src/tensor/jit.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, readGolden, tensorOf, trajectory } from "./golden.ts";

type Weights = Readonly<Record<string, GoldenTensor>>;
interface Options {
  readonly network: "mlp" | "cnn";
  readonly optimizer: { readonly className: string; readonly config: Configuration };
  readonly batchSize: number;
}
type Case = GoldenCase<
  { readonly features: GoldenTensor; readonly labels: GoldenTensor; readonly weights: Weights },
  Options,
  { readonly losses: GoldenTensor; readonly weights: readonly Weights[] }
>;

const networks: Readonly<Record<Options["network"], () => readonly Layer[]>> = {
  mlp: () => [dense({ units: 5, activation: "tanh", name: "hidden" }), dense({ units: 3, name: "logits" })],
  cnn: () => [
    conv2d({ filters: 4, kernelSize: 3, padding: "same", useBias: false, name: "convolution" }),
    batchNormalization({ momentum: 0.9, name: "normalization" }),
    activation({ activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 3, name: "logits" }),
  ],
};

function build(layers: readonly Layer[], inputShape: readonly number[], weights: Weights) {
  let shape = inputShape;
  for (const layer of layers) {
    layer.build(shape);
    shape = layer.outputShape(shape);
  }
  const variables = new Map(layers.flatMap((layer) => layer.variables).map((variable) => [variable.name, variable]));
  for (const [name, golden] of Object.entries(weights)) variables.get(name)?.assign(tensorOf(golden));
  return variables;
}

describe("training as in PyTorch", () => {
  test.each(readGolden<Case>("training.torch.json"))("$name", async ({ inputs, options, outputs }) => {
    const layers = networks[options.network]();
    const variables = build(layers, inputs.features.shape.slice(1), inputs.weights);
    const criterion = sparseCategoricalCrossentropy({ fromLogits: true });
    const optimizer = resolveOptimizer("golden", options.optimizer);
    const trainable = [...variables.values()].filter((variable) => variable.trainable);
    const step = jit((features: Tensor, labels: Tensor) => {
      const logits = layers.reduce((x, layer) => layer.call(x, { training: true }), features);
      const loss = criterion.call(labels, logits);
      optimizer.minimize(loss, trainable);
      return loss;
    });
    const [features, labels] = [tensorOf(inputs.features), tensorOf(inputs.labels)];
    const count = inputs.features.shape[0]!;
    const losses: number[] = [];
    for (const [index, golden] of outputs.weights.entries()) {
      const from = (index * options.batchSize) % count;
      const batch = (x: Tensor) => sliceAxis(x, 0, from, from + options.batchSize);
      losses.push(await step(batch(features), batch(labels)).item());
      for (const [name, weight] of Object.entries(golden))
        await expectGolden(`${name} after step ${index + 1}`, variables.get(name), weight, trajectory);
    }
    await expectGolden("losses", tensor(losses), outputs.losses, trajectory);
  });
});
