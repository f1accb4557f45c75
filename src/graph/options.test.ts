import { expect, test } from "vitest";
import { checkInteger, checkNumber, checkOptions, nearestName } from "./options.ts";
import { type Configuration, Registry } from "./registry.ts";

test("an unknown option is an error that suggests the nearest known one", () => {
  const known = { patience: true, monitor: true } as const;
  const options: Record<string, unknown> = { patiance: 3 };
  expect(() => checkOptions("earlyStopping", options, known)).toThrow(
    'earlyStopping: unknown option "patiance", did you mean "patience"?',
  );
  expect(() => checkOptions("earlyStopping", { colour: 1 } as Record<string, unknown>, known)).toThrow(
    'earlyStopping: unknown option "colour"; known are patience, monitor',
  );
  expect(() => checkOptions("earlyStopping", { monitor: 1 } as Record<string, unknown>, known)).not.toThrow();
});

test("options that are no object are an error", () => {
  expect(() => checkOptions("dense", JSON.parse("[10]"), { units: true })).toThrow(
    "dense: got [10], expected an object of options such as { units: … }",
  );
});

test("names of Object's own methods are not options", () => {
  expect(() => checkOptions("dense", JSON.parse('{ "toString": 1 }'), { units: true })).toThrow("toString");
});

test("spelling, swaps and case lead to the nearest name; unrelated names do not", () => {
  const known = ["relu", "leakyRelu", "learningRate", "softmax"];
  expect(nearestName("ReLU", known)).toBe("relu");
  expect(nearestName("learning_rate", known)).toBe("learningRate");
  expect(nearestName("sotfmax", known)).toBe("softmax");
  expect(nearestName("tanh", known)).toBeUndefined();
});

test("numbers out of range name owner, option, value and range", () => {
  expect(() => checkNumber("dropout", "rate", 1.5, { minimum: 0, maximum: 1 })).toThrow(
    "dropout: rate is 1.5, expected a finite number ≥ 0 and ≤ 1",
  );
  expect(() => checkNumber("dropout", "rate", Number.NaN)).toThrow("dropout: rate is NaN, expected a finite number");
  expect(() => checkInteger("dense", "units", 2.5, 1)).toThrow(
    "dense: units is 2.5, expected an integer of at least 1",
  );
});

class Point {
  static readonly className = "point";
  readonly className = Point.className;
  readonly x: number;
  constructor({ x }: { x: number }) {
    checkNumber("point", "x", x);
    this.x = x;
  }
  config(): Configuration {
    return { x: this.x };
  }
}

test("a registry makes objects from data, from names and passes objects through", () => {
  const registry = new Registry<Point>("shape", [Point]);
  expect(registry.create({ className: "point", config: { x: 3 } })).toEqual(new Point({ x: 3 }));
  const point = new Point({ x: 1 });
  expect(registry.resolve("drawing: shape", point)).toBe(point);
  expect(() => registry.resolve("drawing: shape", "piont")).toThrow(
    'drawing: shape: unknown shape "piont", did you mean "point"?',
  );
  expect(() => registry.create({ className: "circle", config: {} })).toThrow(
    'unknown shape "circle"; known are point; a class of your own must be registered first',
  );
  expect(() => registry.resolve("drawing: shape", JSON.parse("7"))).toThrow(
    "drawing: shape: got 7, expected a shape, or the name of one: point",
  );
});
