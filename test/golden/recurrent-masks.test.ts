/** Recurrent layers with masks and states as in Keras, and with lengths as in PyTorch's packed sequences. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { add, cast, multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { sequenceMask } from "../../src/ops/sequence-mask.ts";
import { type Tensor, tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Tensors = Readonly<Record<string, GoldenTensor>>;
type KerasCase = GoldenCase<
  {
    readonly input: GoldenTensor;
    readonly mask?: GoldenTensor;
    readonly states: readonly GoldenTensor[];
    readonly outputGradients: readonly GoldenTensor[];
    readonly weights: Tensors;
  },
  { readonly className: string; readonly config: Configuration },
  {
    readonly outputs: readonly GoldenTensor[];
    /** Of a stateful layer: those of the same batch once more. */
    readonly second?: readonly GoldenTensor[];
    readonly gradients: { input: GoldenTensor; states: readonly GoldenTensor[]; weights: Tensors };
  }
>;
type TorchCase = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor; readonly weights: Tensors },
  { readonly className: string; readonly bidirectional: boolean; readonly units: number; readonly lengths: number[] },
  { readonly output: GoldenTensor; readonly states: readonly GoldenTensor[]; readonly gradient: GoldenTensor }
>;

function built(layer: Layer, inputs: readonly Tensor[], weights: Tensors): Layer {
  layer.buildAll(inputs.map(({ shape }) => shape.slice(1)));
  for (const [name, golden] of Object.entries(weights)) layer.weight(name).assign(tensorOf(golden));
  return layer;
}

describe("masks and states as in Keras", () => {
  const cases = [...named<KerasCase>("recurrent-masks.keras.json"), ...named<KerasCase>("stacked.keras.json")];
  test.each(cases)("%s", async (_, { inputs, options, outputs }) => {
    const { className, config } = options;
    const { stateful } = config;
    const given = [inputs.input, ...inputs.states].map(tensorOf);
    const batchSize = inputs.input.shape[0] as number;
    const layer = layerFromConfig({ className, config: { ...config, ...(stateful && { batchSize }) } });
    built(layer, given, inputs.weights);
    const masks = inputs.mask && [cast(tensorOf(inputs.mask), "bool")];
    const run = () => layer.run(given, { training: false, ...(masks && { masks }) }).outputs;
    const met = run();
    expect(met.length).toBe(outputs.outputs.length);
    const losses = met.map((output, index) =>
      sum(multiply(output, tensorOf(inputs.outputGradients[index] as GoldenTensor))),
    );
    const names = Object.keys(outputs.gradients.weights);
    const slopes = gradients(losses.reduce(add), [...given, ...names.map((name) => layer.weight(name))]);
    for (const [index, golden] of outputs.outputs.entries()) await expectGolden(`output ${index}`, met[index], golden);
    const expected = [
      outputs.gradients.input,
      ...outputs.gradients.states,
      ...Object.values(outputs.gradients.weights),
    ];
    const labels = ["the input", ...outputs.gradients.states.map((_, index) => `state ${index}`), ...names];
    for (const [index, golden] of expected.entries())
      await expectGolden(`gradient of ${labels[index]}`, slopes[index], golden);
    if (!outputs.second) return;
    for (const [index, output] of run().entries()) await expectGolden(`second ${index}`, output, outputs.second[index]);
  });
});

describe("lengths as in PyTorch's packed sequences", () => {
  test.each(named<TorchCase>("packed.torch.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { className, bidirectional, units, lengths } = options;
    const inner = { className, config: { units, returnSequences: true, returnState: true, zeroOutputForMask: true } };
    const x = tensorOf(inputs.input);
    const layer = layerFromConfig(bidirectional ? { className: "bidirectional", config: { layer: inner } } : inner);
    built(layer, [x], inputs.weights);
    const mask = sequenceMask(tensor(Int32Array.from(lengths)), Math.max(...lengths));
    const [output, ...states] = layer.callOutputs([x], { training: false, masks: [mask] }) as [Tensor, ...Tensor[]];
    await expectGolden("output", output, outputs.output);
    for (const [index, golden] of outputs.states.entries()) await expectGolden(`state ${index}`, states[index], golden);
    const [slope] = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), [x]);
    await expectGolden("gradient", slope, outputs.gradient);
  });
});
