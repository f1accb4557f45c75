import { afterEach, expect, test, vi } from "vitest";
import { activationNames } from "../../layers/activations/activation-names.ts";
import { dense } from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import { Loss } from "../../losses/loss.ts";
import { accuracy, binaryAccuracy } from "../../metrics/index.ts";
import { sequential } from "../networks/sequential.ts";
import { warnOfMismatch } from "./mismatch.ts";
import { isUsual } from "./usual-settings.ts";

afterEach(() => vi.restoreAllMocks());

const made = Object.entries(losses).flatMap(([name, make]) => {
  if (typeof make !== "function" || !/^[a-z]/.test(name)) return [];
  try {
    const loss: unknown = Reflect.apply(make, undefined, []);
    return loss instanceof Loss ? [loss] : [];
  } catch {
    return []; // a loss that cannot do without options
  }
});

test("of usual settings no warning is due, whichever the loss, the last layer and the metrics", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const found: string[] = [];
  expect(made.length).toBeGreaterThan(10);
  for (const loss of made)
    for (const activation of activationNames)
      for (const units of [1, 3]) {
        const model = sequential([dense({ units, activation, inputShape: [2] })]);
        model.compile({ optimizer: "adam", loss, metrics: [accuracy(), binaryAccuracy()] });
        if (!isUsual(model)) continue;
        found.push(`${loss.className} of ${activation}`);
        warn.mockClear();
        warnOfMismatch(model, "test");
        expect(warn.mock.calls).toEqual([]);
      }
  for (const each of [
    "sparseCategoricalCrossentropy of softmax",
    "binaryCrossentropy of sigmoid",
    "meanSquaredError of linear",
  ])
    expect(found).toContain(each);
});
