import { expect, test } from "vitest";
import { counted, duration, integer, metric, percent } from "./numbers.ts";

test("numbers are rounded and grouped for people", () => {
  expect(integer(1234567.8)).toBe("1,234,568");
  expect([counted(1, "epoch"), counted(2000, "epoch")]).toEqual(["1 epoch", "2,000 epochs"]);
  expect(percent(0.91349)).toBe("91.3 %");
  expect(percent(1, 2)).toBe("100.00 %");
  expect(percent(Number.NaN)).toBe("–");
});

test("metrics show four places, or an exponent where those would be empty or endless", () => {
  expect(metric(0.25)).toBe("0.2500");
  expect(metric(12.34567)).toBe("12.3457");
  expect(metric(0)).toBe("0");
  expect(metric(1.234e-6)).toBe("1.23e-6");
  expect(metric(-2e7)).toBe("-2.00e+7");
  expect(metric(Number.NaN)).toBe("NaN");
});

test("durations are seconds, minutes or hours by their length", () => {
  expect([0.0423, 0.9999, 8.26, 10, 59.4, 59.6, 247, 3723].map(duration)).toEqual([
    "42 ms",
    "1.0 s",
    "8.3 s",
    "10 s",
    "59 s",
    "1:00",
    "4:07",
    "1:02:03",
  ]);
});
