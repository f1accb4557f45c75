import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { digits } from "./digits.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("the digits are scikit-learn's, bit for bit", async () => {
  const { x, y, length } = await digits({ scale: false });
  expect(length).toBe(1797);
  expect(x.shape).toEqual([1797, 8, 8, 1]);
  // The sums over load_digits().data and .target as uint8.
  expect(sha256(Uint8Array.from(x.data))).toBe("8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3");
  expect(sha256(Uint8Array.from(y.data))).toBe("8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0");
});

test("by default the pixels are scaled to [0, 1]", async () => {
  const raw = await digits({ scale: false });
  const { x, y } = await digits();
  expect(x.data).toBeInstanceOf(Float32Array);
  expect(x.data).toEqual(Float32Array.from(raw.x.data, (value) => value / 16));
  expect(y).toEqual(raw.y);
});

test("every class keeps its share in a held-out fifth", async () => {
  const { train, test: heldOut } = (await digits()).split(0.2, { seed: 1 });
  expect([train.length, heldOut.length]).toEqual([1438, 359]);
  expect(heldOut.classCounts()).toEqual([36, 36, 35, 37, 36, 36, 36, 36, 35, 36]);
});
