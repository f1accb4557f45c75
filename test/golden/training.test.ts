/** Whole trainings: loss and weights after each step as PyTorch has them, for a perceptron and a convolutional network. */
import { describe, expect, test } from "vitest";
import type { SerializedObject } from "../../src/graph/registry.ts";
import { activation, batchNormalization, conv2d, dense, flatten, maxPooling2d } from "../../src/layers/index.ts";
import { sparseCategoricalCrossentropy } from "../../src/losses/index.ts";
import { type Sequential, sequential } from "../../src/models/networks/sequential.ts";
import { sliceAxis } from "../../src/ops/slicing.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import type { Variable } from "../../src/tensor/variable.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf, trajectory } from "./golden.ts";

type Weights = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly features: GoldenTensor; readonly labels: GoldenTensor; readonly weights: Weights },
  { readonly network: "mlp" | "cnn"; readonly optimizer: SerializedObject; readonly batchSize: number },
  { readonly losses: GoldenTensor; readonly weights: readonly Weights[] }
>;

const networks = {
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

/** A weight by its golden name, `hidden/kernel`. */
function weightOf(model: Sequential, name: string): Variable | undefined {
  return model.variables.find((variable) => variable.name === `${model.name}/${name}`);
}

function makeModel({ inputs, options }: Case): Sequential {
  const model = sequential(networks[options.network]());
  model.build(inputs.features.shape.slice(1));
  for (const [name, golden] of Object.entries(inputs.weights)) weightOf(model, name)?.assign(tensorOf(golden));
  model.compile({ optimizer: options.optimizer, loss: sparseCategoricalCrossentropy({ fromLogits: true }) });
  return model;
}

async function expectWeights(model: Sequential, golden: Weights | undefined, when: string): Promise<void> {
  for (const [name, weight] of Object.entries(golden ?? {}))
    await expectGolden(`${name} after ${when}`, weightOf(model, name), weight, trajectory);
}

describe("training as in PyTorch", () => {
  test.each(named<Case>("training.torch.json"))("%s, step by step", async (_, golden) => {
    const { inputs, options, outputs } = golden;
    const model = makeModel(golden);
    const [features, labels] = [tensorOf(inputs.features), tensorOf(inputs.labels)];
    const losses: number[] = [];
    for (const [step, weights] of outputs.weights.entries()) {
      const from = (step * options.batchSize) % labels.size;
      const batch = (x: Tensor) => sliceAxis(x, 0, from, from + options.batchSize);
      const { loss } = await model.trainOnBatch(batch(features), batch(labels));
      losses.push(loss ?? Number.NaN);
      await expectWeights(model, weights, `step ${step + 1}`);
    }
    await expectGolden("losses", tensor(losses), outputs.losses, trajectory);
  });

  test.each(named<Case>("training.torch.json"))("%s, by fit", async (_, golden) => {
    const { inputs, options, outputs } = golden;
    const model = makeModel(golden);
    const steps = outputs.losses.data.map(Number);
    const stepsPerEpoch = Math.ceil(inputs.labels.data.length / options.batchSize);
    const epochs = steps.length / stepsPerEpoch;
    const { history } = await model.fit(tensorOf(inputs.features), tensorOf(inputs.labels), {
      batchSize: options.batchSize,
      epochs,
      shuffle: false,
    });
    await expectWeights(model, outputs.weights.at(-1), "the last epoch");
    expect(history.loss).toHaveLength(epochs);
    for (const [epoch, loss] of (history.loss ?? []).entries()) {
      const ofEpoch = steps.slice(epoch * stepsPerEpoch, (epoch + 1) * stepsPerEpoch);
      expect(loss).toBeCloseTo(ofEpoch.reduce((sum, each) => sum + each, 0) / stepsPerEpoch, 5);
    }
  });
});
