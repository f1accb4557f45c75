/** Every primitive's reverse rule against central differences of its own reference, in float64. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/autodiff.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import {
  allPrimitives,
  apply,
  type Node,
  type Primitive,
  type Sample,
  topologicalOrder,
} from "../../src/graph/node.ts";
import { constant, multiply, parameter, reshape, sum } from "../../src/graph/primitives/index.ts";
import { sizeOf } from "../../src/graph/shape.ts";
import { describeSample, dtypeOfInput, numbers, valuesOfSample } from "../support/samples.ts";

const step = 1e-6;

function checkGradient(primitive: Primitive, sample: Sample): void {
  const parameters = sample.inputs.map((input) => parameter(input.shape, dtypeOfInput(input)));
  const output = apply(primitive, parameters, sample.attributes);
  // A random weight for each element of the result makes one scalar that depends on all of them.
  const random = numbers(99);
  const weights = Array.from({ length: sizeOf(output.shape) }, () => random() * 2 - 1);
  const weighted = multiply(reshape(output, [weights.length]), constant(weights));
  const loss = sum(weighted, [0]);
  const differentiable = parameters.filter(({ dtype }) => dtype === "float32");
  const rules = gradients(loss, differentiable);
  const values = valuesOfSample(sample);
  const known = new Map(parameters.map((leaf, index) => [leaf, values[index] as Float64Array]));
  const analytic = evaluate(topologicalOrder(rules), known, rules);
  const order = topologicalOrder([loss]);
  const lossAt = () => evaluate(order, known, [loss])[0]?.[0] as number;
  for (const [index, leaf] of differentiable.entries()) {
    const at = known.get(leaf) as Float64Array;
    const rule = analytic[index] as Float64Array;
    expect(rule.length).toBe(at.length);
    for (let element = 0; element < at.length; element++) {
      const value = at[element] as number;
      at[element] = value + step;
      const above = lossAt();
      at[element] = value - step;
      const below = lossAt();
      at[element] = value;
      const difference = (above - below) / (2 * step);
      const tolerance = 1e-6 * Math.max(1, Math.abs(difference));
      expect(
        Math.abs((rule[element] as number) - difference),
        `input ${index} element ${element}: rule ${rule[element]}, difference ${difference}`,
      ).toBeLessThan(tolerance);
    }
  }
}

describe.each(allPrimitives().map((primitive) => [primitive.name, primitive] as const))(
  "gradient of %s",
  (_name, primitive) => {
    const samples = primitive
      .samples()
      .filter(
        ({ inputs, differentiable }) =>
          differentiable !== false && inputs.length > 0 && sizeOf(inputs[0]?.shape ?? []) <= 400,
      );
    test.runIf(samples.length > 0)("equals central differences", () => {
      for (const sample of samples) {
        try {
          checkGradient(primitive, sample);
        } catch (error) {
          if (error instanceof Error) error.message = `${describeSample(sample)}: ${error.message}`;
          throw error;
        }
      }
    });
  },
);

test("a gradient of a gradient is right: d³/dx³ x⁴ = 24 x", () => {
  const x: Node = parameter([], "float32");
  const square = multiply(x, x);
  const first = gradients(multiply(square, square), [x])[0] as Node;
  const second = gradients(first, [x])[0] as Node;
  const third = gradients(second, [x])[0] as Node;
  const known = new Map([[x, Float64Array.of(3)]]);
  expect(evaluate(topologicalOrder([third]), known, [third])[0]?.[0]).toBeCloseTo(72, 10);
});
