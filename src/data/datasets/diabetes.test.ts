import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { diabetes } from "./diabetes.ts";

const sha256 = (values: ArrayLike<number>) =>
  createHash("sha256")
    .update(new Uint8Array(Float32Array.from(values).buffer))
    .digest("hex");

test("the measurements are scikit-learn's, bit for bit", async () => {
  const { x, y, length } = await diabetes({ scale: false });
  expect(length).toBe(442);
  expect(x.shape).toEqual([442, 10]);
  expect(y.shape).toEqual([442, 1]);
  // The sums over load_diabetes(scaled=False).data and .target as float32.
  expect(sha256(x.data)).toBe("364d6af10d06ac7ee663808f0facd92f57b939758169b67fb3e5c2b95521bbd5");
  expect(sha256(y.data)).toBe("64c6aa6f4027afaed70d85b069db7079ab90ff693fe67e65c9550c8454b8f2af");
});

test("by default the columns are centered and of length 1", async () => {
  const { x } = await diabetes();
  // scikit-learn's first patient.
  const first = [
    0.03807591, 0.05068012, 0.06169621, 0.02187239, -0.0442235, -0.03482076, -0.04340085, -0.00259226, 0.01990749,
    -0.01764613,
  ];
  for (const [feature, value] of first.entries()) expect(x.data[feature]).toBeCloseTo(value, 7);
  for (let feature = 0; feature < 10; feature++) {
    const column = Array.from({ length: 442 }, (_, row) => x.data[row * 10 + feature] as number);
    expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
    expect(Math.hypot(...column)).toBeCloseTo(1, 6);
  }
});
