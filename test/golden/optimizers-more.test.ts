/** Further optimizers, and options that all take: ten steps by given gradients, along the path that Keras takes. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { resolveOptimizer } from "../../src/optimizers/index.ts";
import { Variable } from "../../src/tensor/variable.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf, trajectory } from "./golden.ts";

type Parameters = Readonly<Record<string, GoldenTensor>>;
type Case = GoldenCase<
  { readonly parameters: Parameters; readonly gradients: readonly Parameters[] },
  Configuration & { readonly optimizer: string },
  { readonly steps: readonly Parameters[]; readonly averages?: readonly Parameters[] }
>;

describe("optimizers as in keras", () => {
  test.each(named<Case>("optimizers-more.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { optimizer: className, ...config } = options;
    const optimizer = resolveOptimizer("golden", { className, config });
    const names = Object.keys(inputs.parameters);
    const variables = names.map((name) => new Variable(tensorOf(inputs.parameters[name]!), { name }));
    for (const [step, golden] of outputs.steps.entries()) {
      optimizer.apply(
        names.map((name) => tensorOf(inputs.gradients[step]![name]!)),
        variables,
      );
      for (const [at, name] of names.entries())
        await expectGolden(`${name} after step ${step + 1}`, variables[at], golden[name], trajectory);
      for (const [name, average] of Object.entries(outputs.averages?.[step] ?? {})) {
        const kept = optimizer.variables.find((variable) => variable.name === `${className}/average/${name}`);
        await expectGolden(`average of ${name} after step ${step + 1}`, kept, average, trajectory);
      }
    }
  });
});
