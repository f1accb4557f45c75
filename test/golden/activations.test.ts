/** Activations: values and slopes of Keras and PyTorch, where they saturate and at their kinks too. */
import { describe, expect, test } from "vitest";
import {
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  linear,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  silu,
  softmax,
  softplus,
  softsign,
} from "../../src/ops/activations.ts";
import { exp, multiply, sigmoid, tanh } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, readGolden, tensorOf } from "./golden.ts";

type Case = GoldenCase<
  { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor },
  { readonly activation: string },
  { readonly output: GoldenTensor; readonly gradients: { readonly input: GoldenTensor } }
>;

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  elu,
  exponential: exp,
  gelu,
  geluTanh: (x) => gelu(x, { approximate: true }),
  hardSigmoid,
  leakyRelu,
  linear,
  logSoftmax,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
};

for (const origin of ["keras", "torch"]) {
  describe(`activations as in ${origin}`, () => {
    test.each(readGolden<Case>(`activations.${origin}.json`))("$name", async ({ inputs, options, outputs }) => {
      const activation = functions[options.activation];
      if (!activation) return expect.unreachable(`there is no activation ${options.activation}`);
      const input = tensorOf(inputs.input);
      const output = activation(input);
      const [gradient] = gradients(sum(multiply(output, tensorOf(inputs.outputGradient))), [input]);
      expectGolden("output", await output.data(), outputs.output);
      expectGolden("gradient", (await gradient?.data()) ?? [], outputs.gradients.input);
    });
  });
}
