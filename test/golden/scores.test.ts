/** Scores on the host: each call gives what scikit-learn gives, to the rounding of float64 sums. */
import { describe, expect, test } from "vitest";
import * as classification from "../../src/metrics/classification.ts";
import * as regression from "../../src/metrics/regression.ts";
import * as segmentation from "../../src/metrics/segmentation.ts";
import type { GoldenCase } from "./golden.ts";
import { readGoldenText } from "./golden-files.node.ts";

/** Numbers, lists of them and objects of such. */
type Result = number | readonly Result[] | { readonly [name: string]: Result };
/** What the arguments are depends on the function, which checks them. */
type Case = GoldenCase<
  { readonly yTrue: never; readonly yPred: never },
  { readonly function: string; readonly options: never },
  { readonly result: Result }
>;

const functions = new Map<string, (yTrue: never, yPred: never, options: never) => unknown>(
  Object.entries({ ...classification, ...regression, ...segmentation }),
);

const values: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const cases: Case[] = JSON.parse(readGoldenText("scores.sklearn.json"), (_, value) =>
  typeof value === "string" ? (values[value] ?? value) : value,
);

/** Every number of a result with the way to it. */
function numbersOf(result: unknown, path = "result"): [path: string, value: number][] {
  if (typeof result === "number") return [[path, result]];
  if (typeof result !== "object" || result === null) throw new TypeError(`${path} is ${result}, no number`);
  return Object.entries(result).flatMap(([key, value]) => numbersOf(value, `${path}.${key}`));
}

describe("scores as in scikit-learn", () => {
  test.each(cases.map((golden) => [golden.name, golden] as const))("%s", (_, { inputs, options, outputs }) => {
    const score = functions.get(options.function);
    if (!score) return expect.unreachable(`there is no function ${options.function}`);
    const expected = numbersOf(outputs.result);
    const actual = numbersOf(score(inputs.yTrue, inputs.yPred, options.options));
    expect(actual.map(([path]) => path)).toEqual(expected.map(([path]) => path));
    for (const [index, [path, value]] of expected.entries()) {
      const met = actual[index]?.[1] ?? Number.NaN;
      if (Object.is(met, value) || met === value) continue;
      expect(Math.abs(met - value), `${path} is ${met}, expected ${value}`).toBeLessThanOrEqual(
        1e-12 * Math.max(1, Math.abs(value)),
      );
    }
  });
});
