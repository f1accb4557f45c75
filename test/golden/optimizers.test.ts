/** Optimizers: ten steps by given gradients, along the path that Keras and PyTorch take. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { add, multiply } from "../../src/ops/elementwise.ts";
import { type Optimizer, resolveOptimizer } from "../../src/optimizers/index.ts";
import { Variable } from "../../src/tensor/variable.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf, trajectory } from "./golden.ts";

type Parameters = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly parameters: Parameters; readonly gradients: readonly Parameters[] },
  Configuration & { readonly optimizer: string; readonly coupledWeightDecay?: number },
  { readonly steps: readonly Parameters[]; readonly averages?: readonly Parameters[] }
>;

/**
 * The epsilon that makes Keras's Adam, which Rappel follows, do PyTorch's step t: PyTorch adds its epsilon to the root after the
 * correction of the bias, so that before the correction it is smaller.
 */
function adamEpsilonOfTorch(config: Configuration, t: number): Configuration {
  const { epsilon, beta2 } = config;
  return { ...config, epsilon: Number(epsilon) * Math.sqrt(1 - Number(beta2) ** t) };
}

/** An optimizer that goes on from where another one is. */
function withState(next: Optimizer, last: Optimizer, variables: readonly Variable[]): Optimizer {
  next.build(variables);
  last.build(variables);
  for (const [index, variable] of next.variables.entries()) variable.assign(last.variables[index]!);
  return next;
}

for (const file of ["optimizers.keras", "optimizers.torch", "optimizers-more.keras"]) {
  describe(`optimizers as in ${file}`, () => {
    test.each(named<Case>(`${file}.json`))("%s", async (_, { inputs, options, outputs }) => {
      const { optimizer: className, coupledWeightDecay = 0, ...config } = options;
      const adamOfTorch = file === "optimizers.torch" && "epsilon" in config;
      const make = (t: number) =>
        resolveOptimizer("golden", { className, config: adamOfTorch ? adamEpsilonOfTorch(config, t) : config });
      let optimizer = make(1);
      const names = Object.keys(inputs.parameters);
      const variables = names.map((name) => new Variable(tensorOf(inputs.parameters[name]!), { name }));
      for (const [step, golden] of outputs.steps.entries()) {
        if (adamOfTorch) optimizer = withState(make(step + 1), optimizer, variables);
        const gradients = names.map((name) => tensorOf(inputs.gradients[step]![name]!));
        // PyTorch's SGD and Adam add the decay to the gradient, as an L2 regularizer does.
        const decayed = variables.map((variable, at) => add(gradients[at]!, multiply(variable, coupledWeightDecay)));
        optimizer.apply(coupledWeightDecay === 0 ? gradients : decayed, variables);
        for (const [at, name] of names.entries())
          await expectGolden(`${name} after step ${step + 1}`, variables[at], golden[name], trajectory);
        for (const [name, average] of Object.entries(outputs.averages?.[step] ?? {})) {
          const kept = optimizer.variables.find((variable) => variable.name === `${className}/average/${name}`);
          await expectGolden(`average of ${name} after step ${step + 1}`, kept, average, trajectory);
        }
      }
    });
  });
}
