import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { oneOf, positiveNumber, wholeNumber } from "./options.ts";

test("whole numbers within the range are taken, everything else is refused", () => {
  const epochs = wholeNumber(1);
  expect([epochs("1"), epochs("250"), epochs("+3")]).toEqual([1, 250, 3]);
  for (const text of ["0", "-1", "1.5", "1e3", "ten", "", " ", "0x10", "9".repeat(20)])
    expect(() => epochs(text), text).toThrow("Expected a whole number, at least 1.");
  expect(() => wholeNumber(1, 64)("65")).toThrow("Expected a whole number, from 1 to 64.");
});

test("numbers above zero may have an exponent", () => {
  expect([positiveNumber("0.001"), positiveNumber("1e-3"), positiveNumber("2")]).toEqual([0.001, 0.001, 2]);
  for (const text of ["0", "-1e-3", "", " ", "NaN", "Infinity", "1e-3x"])
    expect(() => positiveNumber(text), text).toThrow("Expected a number above 0, such as 1e-3.");
});

test("an unknown name is refused with the nearest known one", () => {
  const dataset = oneOf(["fashion-mnist", "digits"]);
  expect(dataset("digits")).toBe("digits");
  expect(() => dataset("digit")).toThrow(
    "There is no such name; there are fashion-mnist, digits. Did you mean digits?",
  );
  expect(() => dataset("cifar10")).toThrow(/digits\.$/);
  expect(() => dataset("")).toThrow(InvalidArgumentError);
});
