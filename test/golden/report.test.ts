/** Classification reports as scikit-learn prints them. */
import { describe, expect, test } from "vitest";
import {
  classificationReport,
  classificationReportText,
  type ReportOptions,
} from "../../src/metrics/classification.ts";
import { type GoldenCase, type GoldenTensor, named, numbers } from "./golden.ts";

type Case = GoldenCase<
  { readonly truth: GoldenTensor; readonly guess: GoldenTensor },
  { readonly report: ReportOptions; readonly digits: number },
  { readonly text: string }
>;

describe("reports as scikit-learn prints them", () => {
  test.each(named<Case>("report.sklearn.json"))("%s", (_, { inputs, options, outputs }) => {
    const report = classificationReport(numbers(inputs.truth), numbers(inputs.guess), options.report);
    expect(classificationReportText(report, { digits: options.digits })).toBe(outputs.text);
  });

  test("digits are checked", () => {
    const report = classificationReport([0, 1], [0, 1]);
    expect(() => classificationReportText(report, { digits: -1 })).toThrow("classificationReportText: digits is -1");
  });
});
