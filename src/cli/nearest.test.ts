import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const names = ["fashion-mnist", "digits", "evaluate"];

test("slips of the finger find their name", () => {
  for (const word of ["fashion_mnist", "fashoin-mnist", "fashionmnist", "Fashion-Mnist"])
    expect(nearest(word, names), word).toBe("fashion-mnist");
  for (const word of ["digit", "digis", "digitis", "igdits", "DIGITS"])
    expect(nearest(word, names), word).toBe("digits");
});

test("the beginning of a name finds it", () => {
  expect(nearest("fash", names)).toBe("fashion-mnist");
  expect(nearest("eval", names)).toBe("evaluate");
});

test("another word finds nothing", () => {
  for (const word of ["", "d", "mnist", "cifar10", "units"]) expect(nearest(word, names), word).toBeUndefined();
});
