/** Operands that are one value for each row (engine/kernels/elementwise/rows.h) against the same values laid out once for each element. */
import { beforeAll, describe, test } from "vitest";
import { type BodyStep, body, empty, engine, execute, expectSame, float32, instructionSets, numbers } from "./kit.ts";

/** On operands 0 and 1, [rows, columns], and 2 and 3, a value for each row; values of steps are from 4 on, that of slot 0 is the result. */
const examples: Readonly<Record<string, readonly BodyStep[]>> = {
  "a sum": [["add", 0, 0, 2]],
  "a sum the other way round": [["add", 0, 2, 0]],
  "a difference": [["sub", 0, 0, 2]],
  "a difference from the row's value": [["sub", 0, 2, 0]],
  "a product": [["mul", 0, 0, 3]],
  "a product added to something": [["fma", 0, 0, 2, 1]],
  "a product added to something, the other way round": [["fma", 0, 3, 0, 1]],
  "a product added to the row's value": [["fma", 0, 0, 1, 2]],
  "the values of two rows": [["mul", 0, 2, 3]],
  "a row's value squared": [["mul", 0, 2, 2]],
  "centred and scaled": [
    ["sub", 1, 0, 2],
    ["mul", 0, 5, 3],
  ],
  "centred and scaled, where the difference is used again": [
    ["sub", 1, 0, 2],
    ["mul", 2, 5, 3],
    ["add", 0, 5, 6],
  ],
  "taken by one step as it is, and by another laid out": [
    ["sub", 1, 0, 2],
    ["div", 2, 5, 2],
    ["max", 0, 6, 3],
  ],
};

function run(steps: readonly BodyStep[], data: readonly Float32Array[], columns: number, laidOut: boolean) {
  const count = (data[0] as Float32Array).length;
  const spread = (values: Float32Array) =>
    Float32Array.from({ length: count }, (_, i) => values[Math.floor(i / columns)] as number);
  const bindings = data.map((values, index) => float32(laidOut && index > 1 ? spread(values) : values));
  const words = body({
    dims: [count / columns, columns],
    inputs: data.map((_, buffer) => ({ buffer, strides: laidOut || buffer < 2 ? [columns, 1] : [1, 0] })),
    steps,
    outputs: [{ buffer: data.length, strides: [columns, 1], operand: data.length }],
  });
  return execute({ bindings: [...bindings, empty("float32", count)], instructions: [{ opcode: "map", words }] }).at(-1);
}

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  // Rows of a vector, of several, that do not part a tile evenly, as long as one, longer; and such as no loop by rows is for.
  test.each(Object.entries(examples))("%s", (name, steps) => {
    const random = numbers(7);
    for (const columns of [1, 5, 16, 48, 64, 512, 720, 1040])
      for (const rows of [1, 2, 3, 45]) {
        const values = (length: number) => Float32Array.from({ length }, () => 4 * random() - 2);
        const data = [values(rows * columns), values(rows * columns), values(rows), values(rows)];
        (data[2] as Float32Array)[rows - 1] = NaN;
        (data[3] as Float32Array)[0] = Infinity;
        expectSame(
          run(steps, data, columns, false),
          run(steps, data, columns, true) ?? [],
          `${name}, [${rows}, ${columns}]`,
        );
      }
  });
});
