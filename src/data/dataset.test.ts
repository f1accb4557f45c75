import { describe, expect, test } from "vitest";
import { Dataset } from "./dataset.ts";

/** Labels 0, 1, 1, 2, 2, 2, … with the example's index as its only feature. */
function numbered(labels: readonly number[]): Dataset {
  return new Dataset({
    x: { data: Float32Array.from(labels, (_, index) => index), shape: [labels.length, 1] },
    y: { data: Int32Array.from(labels), shape: [labels.length] },
  });
}

const hundred = numbered([...Array(60).fill(0), ...Array(30).fill(1), ...Array(10).fill(2)]);

describe("a Dataset", () => {
  test("counts examples along axis 0 of both arrays", () => {
    expect(hundred.length).toBe(100);
    expect(hundred.classCounts()).toEqual([60, 30, 10]);
    expect(hundred.hasLabels).toBe(true);
  });

  test("refuses arrays that do not fill their shape", () => {
    const y = { data: new Int32Array(2), shape: [2] };
    expect(() => new Dataset({ x: { data: new Float32Array(5), shape: [2, 3] }, y, name: "sales" })).toThrow(
      "sales: x has 5 values, but its shape [2, 3] holds 6",
    );
    expect(() => new Dataset({ x: { data: new Float32Array(1), shape: [] }, y })).toThrow("dataset: x has shape []");
  });

  test("refuses features and targets of different length", () => {
    const x = { data: new Float32Array(6), shape: [3, 2] };
    const y = { data: new Int32Array(2), shape: [2] };
    expect(() => new Dataset({ x, y })).toThrow("x has 3 examples and y has 2");
  });

  test("refuses a label without a class name, and names the example", () => {
    const x = { data: new Float32Array(3), shape: [3, 1] };
    const y = { data: Int32Array.of(0, 2, 1), shape: [3] };
    expect(() => new Dataset({ x, y, classNames: ["no", "yes"] })).toThrow(
      "example 1 has the label 2, but there are 2 class names",
    );
  });
});

describe("slice and take", () => {
  test("share memory and count like arrays", () => {
    const part = hundred.slice(-10, -8);
    expect([...part.x.data]).toEqual([90, 91]);
    expect(part.x.data.buffer).toBe(hundred.x.data.buffer);
    expect(hundred.slice(70).length).toBe(30);
    expect(hundred.slice(5, 2).length).toBe(0);
    expect(hundred.take(1000).length).toBe(100);
  });

  test("take refuses what is no count", () => {
    expect(() => hundred.take(-1)).toThrow("take(-1)");
  });

  test("batches cover everything in order, the last one smaller", () => {
    const batches = [...hundred.batches(32)];
    expect(batches.map((batch) => batch.length)).toEqual([32, 32, 32, 4]);
    expect(batches.flatMap((batch) => [...batch.x.data])).toEqual([...hundred.x.data]);
    expect(() => [...hundred.batches(0)]).toThrow("batches(0)");
  });
});

describe("select and shuffle", () => {
  test("copy the rows of all axes, in the order asked for", () => {
    const images = new Dataset({
      x: { data: Uint8Array.from({ length: 12 }, (_, index) => index), shape: [3, 2, 2] },
      y: { data: Float32Array.of(10, 20, 30), shape: [3, 1] },
    });
    const selected = images.select([2, 0, 2]);
    expect(selected.x.shape).toEqual([3, 2, 2]);
    expect([...selected.x.data]).toEqual([8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11]);
    expect([...selected.y.data]).toEqual([30, 10, 30]);
    expect(() => images.select([3])).toThrow("index 3 is outside [0, 3)");
  });

  test("shuffle keeps features and targets together and depends on the seed only", () => {
    const shuffled = hundred.shuffle({ seed: 5 });
    expect([...shuffled.x.data]).not.toEqual([...hundred.x.data]);
    expect([...shuffled.x.data].sort((a, b) => a - b)).toEqual([...hundred.x.data]);
    shuffled.x.data.forEach((index, position) => {
      expect(shuffled.y.data[position]).toBe(hundred.y.data[index]);
    });
    expect(hundred.shuffle({ seed: 5 }).x.data).toEqual(shuffled.x.data);
    expect(hundred.shuffle({ seed: 6 }).x.data).not.toEqual(shuffled.x.data);
  });
});

describe("split", () => {
  test("gives two parts that together are the whole", () => {
    for (const stratify of [true, false]) {
      const { train, test: held } = hundred.split(0.2, { seed: 3, stratify });
      expect([train.length, held.length]).toEqual([80, 20]);
      expect([...train.x.data, ...held.x.data].sort((a, b) => a - b)).toEqual([...hundred.x.data]);
    }
  });

  test("keeps each class's share where it stratifies, which it does for labels unless told not to", () => {
    expect(hundred.split(0.2, { seed: 3 }).test.classCounts()).toEqual([12, 6, 2]);
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const counts = seeds.map((seed) => hundred.split(0.2, { seed, stratify: false }).test.classCounts().join());
    expect(new Set(counts).size).toBeGreaterThan(3);
  });

  test("holds out the exact number where the shares are no whole numbers", () => {
    const uneven = numbered([...Array(7).fill(0), ...Array(7).fill(1), ...Array(3).fill(5)]);
    const { test: held } = uneven.split(1 / 3, { seed: 1 });
    expect(held.length).toBe(6);
    expect(held.classCounts()).toEqual([3, 2, 0, 0, 0, 1]);
  });

  test("depends on the seed only", () => {
    expect(hundred.split(0.3, { seed: 1 }).test.x.data).toEqual(hundred.split(0.3, { seed: 1 }).test.x.data);
    expect(hundred.split(0.3, { seed: 1 }).test.x.data).not.toEqual(hundred.split(0.3, { seed: 2 }).test.x.data);
  });

  test("never leaves a part empty", () => {
    expect(numbered([0, 1]).split(0.01).test.length).toBe(1);
    expect(numbered([0, 1]).split(0.99).train.length).toBe(1);
    expect(() => numbered([0]).split(0.5)).toThrow("split needs at least 2 examples, there are 1");
  });

  test("refuses fractions that hold out nothing or everything, and strata without labels", () => {
    expect(() => hundred.split(1)).toThrow("split(1): the part to hold out must lie between 0 and 1");
    const regression = new Dataset({
      x: { data: new Float32Array(4), shape: [4, 1] },
      y: { data: new Float32Array(4), shape: [4] },
    });
    expect(regression.split(0.5).test.length).toBe(2);
    expect(() => regression.split(0.5, { stratify: true })).toThrow("y is float32[4], expected integer labels");
  });
});

test("labels become one-hot rows, with the same examples and names", () => {
  const dataset = new Dataset({
    x: { data: Float32Array.of(5, 6, 7), shape: [3, 1] },
    y: { data: Int32Array.of(2, 0, 2), shape: [3] },
    classNames: ["cat", "dog", "horse", "cow"],
    name: "Animals",
  });
  const rows = dataset.oneHot();
  expect(rows.y).toEqual({ data: Float32Array.of(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0), shape: [3, 4] });
  expect([rows.x, rows.classNames, rows.hasLabels]).toEqual([dataset.x, dataset.classNames, false]);
  expect(rows.split(0.5, { seed: 1 }).test.y.shape).toEqual([2, 4]);
  expect(rows.describe()).toContain("y  float32[3, 4]");
  expect(numbered([0, 2]).oneHot().y.shape).toEqual([2, 3]);
  expect(() => dataset.oneHot(2)).toThrow("Animals: oneHot(2): example 0 has the label 2; give more classes");
  expect(() => rows.oneHot()).toThrow("Animals: y is float32[3, 4], expected integer labels of shape [examples]");
});

test("describe shows sizes, ranges and classes", () => {
  const dataset = new Dataset({
    x: { data: Uint8Array.of(0, 50, 150, 200), shape: [2, 2] },
    y: { data: Int32Array.of(1, 1), shape: [2] },
    classNames: ["cat", "horse"],
    name: "Animals",
  });
  expect(dataset.describe()).toBe(
    [
      "Animals: 2 examples",
      "  x  uint8[2, 2], 0 to 200, mean 100, standard deviation 79.06",
      "  y  int32[2], class labels",
      "     cat    0",
      "     horse  2",
    ].join("\n"),
  );
});
