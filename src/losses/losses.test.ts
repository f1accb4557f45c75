import { describe, expect, test } from "vitest";
import { ctcLoss } from "../ops/ctc-loss.ts";
import { gradients } from "../ops/gradients.ts";
import { sum } from "../ops/reduce.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import * as losses from "./index.ts";

const int = (values: number[]) => tensor(Int32Array.from(values));

async function lossAndGradient(loss: losses.Loss, yTrue: Tensor, predictions: number[][]) {
  const yPred = new Variable(tensor(predictions));
  const value = loss.call(yTrue, yPred);
  const [gradient] = gradients(sum(value), [yPred]) as [Tensor];
  return { value: await value.array(), gradient: await gradient.array() };
}

describe("logits of any size", () => {
  test("a certain and right prediction costs nothing, a certain and wrong one its margin", async () => {
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true, reduction: "none" });
    const { value, gradient } = await lossAndGradient(loss, int([0, 1]), [
      [1e4, -1e4],
      [1e4, -1e4],
    ]);
    expect(value).toEqual([0, 2e4]);
    expect(gradient).toEqual([
      [0, 0],
      [1, -1],
    ]);
  });

  test("a difference of logits far from zero is not rounded away", async () => {
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
    const { value } = await lossAndGradient(loss, int([0]), [[8192.5, 8192]]);
    expect(value).toBeCloseTo(Math.log1p(Math.exp(-0.5)), 6);
  });

  test("binary", async () => {
    const loss = losses.binaryCrossentropy({ fromLogits: true, reduction: "none" });
    const { value, gradient } = await lossAndGradient(loss, tensor([[1], [0], [1], [0]]), [[1e4], [1e4], [-1e4], [0]]);
    expect(value).toEqual([0, 1e4, 1e4, Math.fround(Math.LN2)]);
    expect(gradient).toEqual([[0], [1], [-1], [0.5]]);
  });
});

test("targets of any integer or float type mean the same", async () => {
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  const predictions = tensor([
    [1, 2, 3],
    [3, 1, 0],
  ]);
  const expected = await loss.call(int([2, 0]), predictions).item();
  for (const targets of [tensor(Uint8Array.from([2, 0])), tensor([2, 0]), tensor([[2], [0]])])
    expect(await loss.call(targets, predictions).item()).toBe(expected);
  const oneHot = tensor([
    [0, 0, 1],
    [1, 0, 0],
  ]);
  expect(await losses.categoricalCrossentropy({ fromLogits: true }).call(oneHot, predictions).item()).toBe(expected);
});

test("label smoothing of indices equals that of one-hot rows", async () => {
  const options = { fromLogits: true, labelSmoothing: 0.2 };
  const predictions = tensor([[1, 2, 3]]);
  const sparse = await losses
    .sparseCategoricalCrossentropy(options)
    .call(int([1]), predictions)
    .item();
  expect(sparse).toBeCloseTo(
    await losses
      .categoricalCrossentropy(options)
      .call(tensor([[0, 1, 0]]), predictions)
      .item(),
    6,
  );
});

test("an ignored class adds nothing, is not counted, and has no gradient", async () => {
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1 });
  const alone = await lossAndGradient(loss, int([1]), [[1, 2]]);
  const { value, gradient } = await lossAndGradient(loss, int([1, -1, -1]), [
    [1, 2],
    [5, 0],
    [0, 7],
  ]);
  expect(value).toBe(alone.value);
  expect(gradient).toEqual([...(alone.gradient as number[][]), [0, 0], [0, 0]]);
  expect(await loss.call(int([-1]), tensor([[1, 2]])).item()).toBe(0);
});

test("weights multiply, and the mean divides by the number of examples", async () => {
  const [yTrue, yPred] = [tensor([[0], [0], [0]]), tensor([[1], [2], [3]])];
  const weights = tensor([1, 0, 2]);
  expect(await losses.meanSquaredError().call(yTrue, yPred, weights).item()).toBeCloseTo(19 / 3, 6);
  expect(await losses.meanSquaredError({ reduction: "sum" }).call(yTrue, yPred, weights).item()).toBe(19);
  expect(await losses.meanSquaredError({ reduction: "none" }).call(yTrue, yPred, weights).array()).toEqual([1, 0, 18]);
  expect(() => losses.meanSquaredError().call(yTrue, yPred, tensor([1, 2]))).toThrow(
    "meanSquaredError: sampleWeight has the shape [2], expected one weight an example, [3]",
  );
});

test("one output an example meets targets without its axis, and nothing else is stretched", async () => {
  expect(
    await losses
      .meanSquaredError()
      .call(tensor([1, 2]), tensor([[1], [4]]))
      .item(),
  ).toBe(2);
  expect(() =>
    losses.meanSquaredError().call(
      tensor([1, 2]),
      tensor([
        [1, 2, 3],
        [1, 2, 3],
      ]),
    ),
  ).toThrow("meanSquaredError: the targets have the shape [2] and the predictions [2, 3], which must be equal");
});

test("one-hot rows for a sparse loss and indices for a categorical one name the loss that fits", () => {
  const rows = tensor([[0, 1]]);
  expect(() => losses.sparseCategoricalCrossentropy().call(rows, rows)).toThrow("use categoricalCrossentropy");
  expect(() => losses.categoricalCrossentropy().call(int([1]), rows)).toThrow("use sparseCategoricalCrossentropy");
});

test.each([
  ["meanAbsolutePercentageError", [[2, 4]], [[1, 5]], (50 + 25) / 2],
  ["meanSquaredLogarithmicError", [[0, 1]], [[1, 3]], (Math.log(2) ** 2 + Math.log(2) ** 2) / 2],
  ["logCosh", [[0, 0]], [[1, -200]], (Math.log(Math.cosh(1)) + 200 - Math.LN2) / 2],
  ["poisson", [[3, 0]], [[2, 0.5]], (2 - 3 * Math.log(2) + 0.5) / 2],
  ["hinge", [[1, -1, 0]], [[0.25, 0.5, -3]], (0.75 + 1.5 + 0) / 3],
  ["squaredHinge", [[1, -1, 0]], [[0.25, 0.5, -3]], (0.75 ** 2 + 1.5 ** 2 + 0) / 3],
  ["categoricalHinge", [[0, 1, 0]], [[0.5, 1, 0.75]], 0.75],
  ["klDivergence", [[0.25, 0.75]], [[0.5, 0.5]], 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5)],
  ["cosineSimilarity", [[3, 4]], [[4, 3]], -24 / 25],
] as const)("%s of %j and %j", async (name, yTrue, yPred, expected) => {
  expect(await losses.resolveLoss("test", name).call(tensor(yTrue), tensor(yPred)).item()).toBeCloseTo(expected, 5);
});

test("every loss is made again by its configuration", () => {
  for (const loss of [
    losses.meanSquaredError({ reduction: "sum" }),
    losses.meanAbsoluteError({ name: "mae" }),
    losses.huber({ delta: 2 }),
    losses.binaryCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }),
    losses.categoricalCrossentropy({ fromLogits: true }),
    losses.sparseCategoricalCrossentropy({ ignoreClass: 3 }),
    losses.categoricalHinge(),
    losses.cosineSimilarity({ reduction: "none" }),
    losses.hinge(),
    losses.klDivergence(),
    losses.logCosh(),
    losses.meanAbsolutePercentageError(),
    losses.meanSquaredLogarithmicError(),
    losses.poisson(),
    losses.squaredHinge(),
    losses.binaryFocalCrossentropy({ fromLogits: true, gamma: 1, alpha: 0.5, applyClassBalancing: true }),
    losses.categoricalFocalCrossentropy({ gamma: 3, alpha: [1, 2] }),
    losses.contrastive({ margin: 2 }),
    losses.dice({ axis: [1, 2], smooth: 1 }),
    losses.tripletMargin({ margin: 2, swap: true }),
    losses.tripletSemiHard({ margin: 0.5 }),
    losses.tversky({ alpha: 0.3, beta: 0.7 }),
  ]) {
    const config = JSON.parse(JSON.stringify(loss.config()));
    expect(losses.resolveLoss("test", { className: loss.className, config })).toEqual(loss);
  }
  expect(() => losses.resolveLoss("compile: loss", "meanSquareError")).toThrow('did you mean "meanSquaredError"?');
});

describe("focal losses", () => {
  test("with gamma 0 are cross-entropies", async () => {
    const [yTrue, yPred] = [tensor([[0, 1, 0]]), tensor([[1, -2, 0.5]])];
    const value = (loss: losses.Loss) => loss.call(yTrue, yPred).item();
    const options = { fromLogits: true, labelSmoothing: 0.1 };
    expect(await value(losses.binaryFocalCrossentropy({ ...options, gamma: 0 }))).toBeCloseTo(
      await value(losses.binaryCrossentropy(options)),
      6,
    );
    expect(await value(losses.categoricalFocalCrossentropy({ ...options, gamma: 0, alpha: 1 }))).toBeCloseTo(
      await value(losses.categoricalCrossentropy(options)),
      6,
    );
  });

  test("have finite values and gradients for logits of any size", async () => {
    const binary = losses.binaryFocalCrossentropy({ fromLogits: true, gamma: 0.5, reduction: "none" });
    const met = await lossAndGradient(binary, tensor([[1], [1]]), [[1e4], [-1e4]]);
    expect(met).toEqual({ value: [0, 1e4], gradient: [[0], [-1]] });
    const categorical = losses.categoricalFocalCrossentropy({
      fromLogits: true,
      gamma: 0.5,
      alpha: 1,
      reduction: "none",
    });
    const { value, gradient } = await lossAndGradient(
      categorical,
      tensor([
        [1, 0],
        [0, 1],
      ]),
      [
        [1e4, -1e4],
        [1e4, -1e4],
      ],
    );
    expect(value).toEqual([0, 2e4]);
    for (const row of gradient as number[][]) for (const each of row) expect(Number.isFinite(each)).toBe(true);
  });

  test("take a weight for each class", () => {
    const loss = losses.categoricalFocalCrossentropy({ alpha: [1, 2] });
    expect(() => loss.call(tensor([[0, 1, 0]]), tensor([[0.2, 0.3, 0.5]]))).toThrow(
      "categoricalFocalCrossentropy: alpha has the shape [2], but the predictions have 3 classes",
    );
  });
});

test("an empty region that is predicted empty costs nothing with smoothing", async () => {
  const empty = tensor([[0, 0]]);
  expect(await losses.dice().call(empty, empty).item()).toBe(1);
  expect(await losses.dice({ smooth: 1 }).call(empty, empty).item()).toBeCloseTo(0, 6);
});

test("triplets whose embeddings are equal have gradients", async () => {
  const { value, gradient } = await lossAndGradient(losses.tripletSemiHard(), int([0, 0, 1]), [[1], [1], [1]]);
  expect(value).toBe(1);
  expect(gradient).toEqual([[0], [0], [0]]);
  expect(() => losses.tripletMargin().call(int([0]), tensor([[1, 2, 3]]))).toThrow(
    "tripletMargin: the predictions have the shape [1, 3], expected [batch, 3, features]",
  );
  expect(() => losses.tripletSemiHard().call(int([0, 1]), tensor([[1]]))).toThrow("expected labels [batch]");
});

test("a batch without any pair of one label has no triplet loss", async () => {
  const { value, gradient } = await lossAndGradient(losses.tripletSemiHard(), int([0, 1]), [[1], [3]]);
  expect(value).toBe(0);
  expect(gradient).toEqual([[0], [0]]);
});

test("CTC takes from a mask how many steps a row has, and divides by labels where asked to", async () => {
  const logits = tensor([
    [
      [0.5, 1, -1],
      [2, 0, 1],
      [0, 3, 1],
    ],
    [
      [1, 0, 2],
      [0, 2, 1],
      [9, 9, 0],
    ],
  ]);
  const labels = tensor([
    [1, 2],
    [2, 0],
  ]);
  const steps = tensor(
    [
      [1, 1, 1],
      [1, 1, 0],
    ],
    { dtype: "bool" },
  );
  const expected = await ctcLoss(labels, logits, { logitLength: tensor([3, 2]) }).array();
  const each = losses.ctc({ reduction: "none" });
  expect(await each.call(labels, logits, undefined, steps).array()).toEqual(expected);
  const [first, second] = expected as [number, number];
  expect(await losses.ctc().call(labels, logits, undefined, steps).item()).toBeCloseTo((first + second) / 2, 5);
  const divided = losses.ctc({ divideByLabelLength: true, reduction: "sum" });
  expect(await divided.call(labels, logits, undefined, steps).item()).toBeCloseTo(first / 2 + second, 5);
  expect(losses.resolveLoss("test", { className: "ctc", config: divided.config() }).config()).toEqual(divided.config());
  expect(() => losses.ctc({ blank: -1 })).toThrow("ctc: blank is -1, expected an integer of at least 0");
  expect(() => Reflect.construct(losses.CTC, [{ zeroInfinty: true }])).toThrow('did you mean "zeroInfinity"?');
});

test("weights of positive targets and of classes are checked, and saved", () => {
  const weighted = losses.binaryCrossentropy({ fromLogits: true, positiveWeight: [1, 2] });
  expect(weighted.config().positiveWeight).toEqual([1, 2]);
  expect(losses.categoricalCrossentropy({ classWeight: [1, 3] }).config().classWeight).toEqual([1, 3]);
  expect(() => weighted.call(tensor([[1, 0, 1]]), tensor([[1, 0, 1]]))).toThrow(
    "binaryCrossentropy: positiveWeight has 2 weights, but the predictions have 3 outputs; give one for each",
  );
  const classes = losses.sparseCategoricalCrossentropy({ classWeight: [1, 2] });
  expect(() => classes.call(tensor([0]), tensor([[0.2, 0.3, 0.5]]))).toThrow(
    "sparseCategoricalCrossentropy: classWeight has 2 weights, but the predictions have 3 outputs",
  );
  expect(() => losses.binaryCrossentropy({ positiveWeight: -1 })).toThrow(
    "binaryCrossentropy: positiveWeight is -1, expected a finite number ≥ 0",
  );
  expect(() => losses.categoricalCrossentropy(JSON.parse('{ "classWeight": { "1": 2 } }'))).toThrow(
    "categoricalCrossentropy: classWeight is",
  );
});
