/** Argsort and Cumulate on every instruction set, against plain loops; bits do not depend on threads. */
import { beforeAll, describe, test } from "vitest";
import { cumulateKind } from "../../src/compiler/program.ts";
import { empty, engine, execute, expectSame, float32, hasThreads, instructionSets, int32, numbers } from "./kit.ts";

const shapes = [
  { outer: 1, size: 1, inner: 1 },
  { outer: 5, size: 30, inner: 1 },
  { outer: 3, size: 77, inner: 7 },
  { outer: 1, size: 5000, inner: 3 },
  { outer: 300, size: 100, inner: 1 },
  { outer: 2, size: 9, inner: 200 },
  { outer: 0, size: 4, inner: 3 },
  { outer: 2, size: 0, inner: 3 },
];

/** The places of the elements of each line. */
function lines({ outer, size, inner }: (typeof shapes)[number]): number[][] {
  return Array.from({ length: outer * inner }, (_, line) =>
    Array.from({ length: size }, (_, i) => (Math.floor(line / inner) * size + i) * inner + (line % inner)),
  );
}

describe.each(instructionSets)("on %s", (isa) => {
  beforeAll(() => engine.setInstructionSet(isa));

  test.each(shapes)("argsort of $outer x $size x $inner", (shape) => {
    const { outer, size, inner } = shape;
    const random = numbers(3);
    const values = Float32Array.from({ length: outer * size * inner }, () => Math.floor(random() * 60) - 30);
    for (const count of [0, Math.min(size, 3), Math.min(size, 40), size])
      for (const descending of [0, 1]) {
        const expected = new Int32Array(outer * count * inner);
        for (const [line, places] of lines(shape).entries()) {
          const sign = descending ? -1 : 1;
          const order = places
            .map((_, i) => i)
            .sort((a, b) => sign * ((values[places[a]!] as number) - (values[places[b]!] as number)));
          const start = Math.floor(line / inner) * count * inner + (line % inner);
          for (let i = 0; i < count; i++) expected[start + i * inner] = order[i] as number;
        }
        const words = [outer, size, count, inner, descending, 0, 0, 1, 0];
        const [, positions] = execute({
          bindings: [float32(values), empty("int32", expected.length)],
          instructions: [{ opcode: "argsort", words }],
        });
        expectSame(positions, expected, `${count} of them`);
        const [, ofIntegers] = execute({
          bindings: [int32(values), empty("int32", expected.length)],
          instructions: [{ opcode: "argsort", words }],
        });
        expectSame(ofIntegers, expected, `${count} of the integers`);
      }
  });

  test.each(shapes)("cumulate over $outer x $size x $inner", (shape) => {
    const { outer, size, inner } = shape;
    const random = numbers(4);
    const values = Float32Array.from({ length: outer * size * inner }, () => Math.floor(random() * 3) - 1);
    const factors = Float32Array.from(values, () => Math.floor(random() * 2));
    for (const [name, kind] of Object.entries(cumulateKind))
      for (const reverse of [0, 1]) {
        const expected = new Float32Array(values.length);
        for (const places of lines(shape)) {
          let before = name === "product" ? 1 : name === "max" ? -Infinity : name === "min" ? Infinity : 0;
          for (const place of reverse ? places.reverse() : places) {
            const x = values[place] as number;
            if (name === "sum") before += x;
            else if (name === "product") before *= x;
            else if (name === "max") before = Math.max(before, x);
            else if (name === "min") before = Math.min(before, x);
            else before = (factors[place] as number) * before + x;
            expected[place] = before + 0;
          }
        }
        const recurrence = name === "linearRecurrence";
        const words = [kind, reverse, outer, size, inner, ...(recurrence ? [2, 0] : []), 0, 0, 1, 0];
        const [, result] = execute({
          bindings: [float32(values), empty("float32", values.length), float32(factors)],
          instructions: [{ opcode: "cumulate", words }],
        });
        expectSame(
          result?.map((x) => x + 0),
          expected,
          name,
        );
        if (recurrence) continue;
        const [, integers] = execute({
          bindings: [int32(values), empty("int32", values.length)],
          instructions: [{ opcode: "cumulate", words }],
        });
        expectSame(integers, Int32Array.from(expected), `${name} of integers`);
      }
  });

  test.skipIf(!hasThreads)("the bits do not depend on the number of threads", () => {
    const random = numbers(5);
    const [outer, size, inner] = [10, 100, 70];
    const values = Float32Array.from({ length: outer * size * inner }, () => random() - 0.5);
    const run = (threads: number) => {
      engine.setThreads(threads);
      return execute({
        bindings: [float32(values), empty("int32", values.length), empty("float32", values.length)],
        instructions: [
          { opcode: "argsort", words: [outer, size, size, inner, 0, 0, 0, 1, 0] },
          { opcode: "cumulate", words: [0, 0, outer, size, inner, 0, 0, 2, 0] },
        ],
      });
    };
    const before = engine.info().threads;
    const [one, four] = [run(1), run(4)];
    for (const index of [1, 2]) expectSame(four[index], one[index] ?? [], `result ${index}`);
    engine.setThreads(before);
  });
});
