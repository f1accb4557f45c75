/** Steps that the engine does as one (engine/kernels/elementwise/chains.h) against the same steps one after another. */
import { beforeAll, describe, expect, test } from "vitest";
import { bitsOf } from "../../src/compiler/program.ts";
import {
  type BodyStep,
  body,
  empty,
  engine,
  execute,
  expectSame,
  float32,
  instructionSets,
  numbers,
  ulp,
} from "./kit.ts";

interface Example {
  readonly name: string;
  /** On operands 0 and 1, the constant 2 and the values of steps from 3 on. */
  readonly steps: readonly BodyStep[];
  /** By the example's operands and the results of its steps, one after another: what its last result may be off by. */
  readonly tolerance: (x: number, y: number) => number;
}

const rate = 0.03125;
const exact = () => 0;
/** Value 6: operand 0, scaled, by a root of operand 1. */
const quotientByRoot: readonly BodyStep[] = [
  ["mul", 0, 0, 2],
  ["sqrt", 1, 1],
  ["add", 2, 4, 2],
  ["div", 3, 3, 5],
];
const examples: readonly Example[] = [
  {
    name: "a mean towards a value",
    steps: [
      ["sub", 0, 0, 1],
      ["fma", 1, 3, 2, 1],
    ],
    tolerance: exact,
  },
  {
    name: "a mean towards a square",
    steps: [
      ["mul", 0, 0, 0],
      ["sub", 1, 3, 1],
      ["fma", 2, 4, 2, 1],
    ],
    tolerance: (x, y) => ulp(x * x) + ulp(y), // the square is not rounded
  },
  {
    name: "a descent by a scaled mean over a root",
    steps: [...quotientByRoot, ["sub", 4, 1, 6]],
    tolerance: exact,
  },
  {
    name: "no descent: the mean that was scaled is used again",
    steps: [...quotientByRoot, ["sub", 4, 3, 6]],
    tolerance: exact,
  },
  {
    name: "no descent: the quotient is what something is taken from",
    steps: [...quotientByRoot, ["sub", 4, 6, 1]],
    tolerance: exact,
  },
  {
    name: "what a share leaves",
    steps: [
      ["mul", 0, 1, 0],
      ["sub", 1, 0, 3],
    ],
    tolerance: (x, y) => ulp(x * y) + ulp(x - x * y), // the product is not rounded
  },
  {
    name: "no chain: what is left of something else",
    steps: [
      ["mul", 0, 0, 0],
      ["sub", 1, 1, 3],
    ],
    tolerance: exact,
  },
  {
    name: "no chain: the mean that moves is another one",
    steps: [
      ["sub", 0, 0, 1],
      ["fma", 1, 3, 2, 0],
    ],
    tolerance: exact,
  },
  {
    name: "no chain: a mean that has moved is the other factor",
    steps: [
      ["sub", 0, 0, 1],
      ["fma", 1, 3, 2, 3],
    ],
    tolerance: exact,
  },
  {
    name: "no chain: the root is divided",
    steps: [
      ["sqrt", 0, 1],
      ["add", 1, 3, 2],
      ["div", 2, 4, 0],
    ],
    tolerance: exact,
  },
];

/** The last step's values; those of all other steps are results as well, which lets nothing be a chain, or of none. */
function run({ steps }: Example, x: Float32Array, y: Float32Array, apart: boolean): Float32Array {
  const count = x.length;
  const last = steps.length - 1;
  const shown = apart ? steps.map((_, index) => index) : [last];
  const results = execute({
    bindings: [float32(x), float32(y), ...shown.map(() => empty("float32", count))],
    instructions: [
      {
        opcode: "map",
        words: body({
          dims: [count],
          inputs: [0, 1].map((buffer) => ({ buffer, strides: [1] })),
          constants: [bitsOf(rate, "float32")],
          steps,
          outputs: shown.map((step, index) => ({ buffer: 2 + index, strides: [1], operand: 3 + step })),
        }),
      },
    ],
  });
  return results.at(-1) as Float32Array;
}

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  test.each(examples)("$name", (example) => {
    const random = numbers(11);
    for (const count of [1, 3, 4, 15, 16, 17, 511, 512, 513, 1500]) {
      const x = Float32Array.from({ length: count }, () => 4 * random() - 2);
      const y = Float32Array.from({ length: count }, () => random());
      [x[0], y[0]] = [NaN, 0.5];
      if (count > 3) [x[1], y[1], x[2], y[2]] = [1, Infinity, -Infinity, 0];
      const together = run(example, x, y, false);
      const apart = run(example, x, y, true);
      for (let i = 0; i < count; i++) {
        const [actual, expected] = [together[i] as number, apart[i] as number];
        const limit = example.tolerance(x[i] as number, y[i] as number);
        if (!Object.is(actual, expected) && !(Math.abs(actual - expected) <= limit))
          expect.fail(`${example.name}, ${count} elements: element ${i} is ${actual}, expected ${expected}`);
      }
    }
  });

  test("a mean that is overwritten after it was scaled is scaled as it was", () => {
    const random = numbers(3);
    const values = () => Float32Array.from({ length: 600 }, () => 1 + random());
    const [mean, square, from] = [values(), values(), values()];
    const descent = (isInPlace: boolean) =>
      execute({
        bindings: [float32(mean), float32(square), float32(from), empty("float32", 600), empty("float32", 600)],
        instructions: [
          {
            opcode: "map",
            words: body({
              dims: [600],
              inputs: [0, 1, 2].map((buffer) => ({ buffer, strides: [1] })),
              constants: [bitsOf(rate, "float32")],
              steps: [
                ["mul", 0, 0, 3],
                ["add", 1, 0, 1],
                ["sqrt", 2, 1],
                ["add", 3, 6, 3],
                ["div", 0, 4, 7],
                ["sub", 4, 2, 4],
              ],
              outputs: [
                { buffer: isInPlace ? 0 : 3, strides: [1], operand: 5 },
                { buffer: 4, strides: [1], operand: 8 },
              ],
            }),
          },
        ],
      }).at(-1);
    expectSame(descent(true), descent(false) ?? [], "the result");
  });
});
