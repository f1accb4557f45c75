import { describe, expect, test } from "vitest";
import { roundToBfloat16 } from "../graph/precision.ts";
import { matmul as matmulNode } from "../graph/primitives/matmul.ts";
import { gradients } from "../ops/gradients.ts";
import { matmul, resizeImages, scan, sum, withPrecision } from "../ops/index.ts";
import { jit } from "./jit.ts";
import { activePrecision } from "./precision.ts";
import { randomNormal } from "./random.ts";
import { tensor } from "./tensor.ts";

// 1 + 2^-9 becomes 1.
const fine = 1 + 2 ** -9;

describe("withPrecision", () => {
  test("products within it round their operands, others do not", async () => {
    const [a, b] = [tensor([[fine]]), tensor([[1]])];
    expect(await withPrecision("bfloat16", () => matmul(a, b)).array()).toEqual([[1]]);
    expect(await matmul(a, b).array()).toEqual([[fine]]);
  });

  test("the gradient's products have the precision of the product, wherever they are asked for", async () => {
    const [a, b] = [tensor([[1]]), tensor([[fine]])];
    const product = withPrecision("bfloat16", () => matmul(a, b));
    const [gradient] = gradients(sum(product), [a]);
    expect(await gradient?.array()).toEqual([[1]]);
    const [exact] = gradients(sum(matmul(a, b)), [a]);
    expect(await exact?.array()).toEqual([[fine]]);
  });

  test("gradients through a scan's weights have it too", async () => {
    const weights = tensor([[1]]);
    const steps = tensor([[[fine]], [[fine]]]);
    const gradientIn = (precision: "float32" | "bfloat16") =>
      withPrecision(precision, () => {
        const { outputs } = scan(
          (carry, [x]) => ({ carry, outputs: x ? [matmul(x, weights)] : [] }),
          [tensor([0])],
          [steps],
        );
        return gradients(sum(outputs[0] ?? weights), [weights])[0] ?? weights;
      });
    expect(await gradientIn("bfloat16").array()).toEqual([[2]]);
    expect(await gradientIn("float32").array()).toEqual([[2 * fine]]);
  });

  test("scopes lie in one another and end, after an error too", () => {
    withPrecision("bfloat16", () => {
      expect(withPrecision("float32", activePrecision)).toBe("float32");
      expect(activePrecision()).toBe("bfloat16");
    });
    expect(() =>
      withPrecision("bfloat16", () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(activePrecision()).toBe("float32");
  });

  test("a compiled function is traced anew for the precision it is called in", async () => {
    const double = jit((x: ReturnType<typeof tensor>) => matmul(x, tensor([[2]])));
    const x = tensor([[fine]]);
    expect(await double(x).array()).toEqual([[2 * fine]]);
    expect(await withPrecision("bfloat16", () => double(x)).array()).toEqual([[2]]);
    expect(await double(x).array()).toEqual([[2 * fine]]);
    expect(withPrecision("bfloat16", () => double.explain(x))).toContain("matmul in bfloat16");
  });

  test("products of both precisions are different expressions", () => {
    const { node } = randomNormal([2, 2]);
    expect(matmulNode(node, node, "bfloat16")).not.toBe(matmulNode(node, node));
    expect(matmulNode(node, node, "bfloat16")).toBe(matmulNode(node, node, "bfloat16"));
  });

  test("images are resized in float32", async () => {
    const image = randomNormal([1, 5, 7, 3]);
    const resize = () => resizeImages(image, { height: 11, width: 4, interpolation: "bilinear" });
    expect(await withPrecision("bfloat16", resize).array()).toEqual(await resize().array());
  });

  test("an unknown precision and an asynchronous function are refused", () => {
    const unknown: string = "bfloat61";
    // @ts-expect-error a name that there is not
    expect(() => withPrecision(unknown, () => 0)).toThrow(
      'withPrecision: precision is "bfloat61", did you mean "bfloat16"?',
    );
    expect(() => withPrecision("bfloat16", async () => 0)).toThrow(/the function is asynchronous/);
    expect(activePrecision()).toBe("float32");
  });
});

test("rounding to bfloat16 is to the nearest, ties to even", () => {
  expect([1, -1, 0, fine, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1e-40, 3.4e38].map(roundToBfloat16)).toEqual([
    1,
    -1,
    0,
    1,
    1,
    1 + 2 ** -6,
    roundToBfloat16(1e-40),
    Number.POSITIVE_INFINITY,
  ]);
  expect(roundToBfloat16(Number.NaN)).toBeNaN();
  expect(roundToBfloat16(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  expect(Math.abs(roundToBfloat16(0.1) / 0.1 - 1)).toBeLessThan(2 ** -8);
});
