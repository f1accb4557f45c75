/** CTC against the sum over all alignments; what does not fit; gradients without NaN; and the two ways of reading. */
import { expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import { explain } from "../tensor/jit.ts";
import { getDevice, setDevice } from "../tensor/storage.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import { ctcBeamSearchDecode, ctcGreedyDecode } from "./ctc-decode.ts";
import { ctcLoss } from "./ctc-loss.ts";
import { gradients } from "./gradients.ts";
import { sum } from "./reduce.ts";

const [steps, classes] = [5, 3];
const random = numbers(3);
const scores = Array.from({ length: steps }, () => Array.from({ length: classes }, () => 4 * random() - 2));
const logits = tensor([scores]);
const int = (rows: readonly (readonly number[])[]) =>
  tensor(Int32Array.from(rows.flat()), { shape: [rows.length, rows[0]?.length ?? 0] });

/** The probability of every labelling, by going through all alignments. */
function allLabellings(): Map<string, number> {
  const probabilities = scores.map((row) => {
    const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
    return row.map((value) => Math.exp(value) / total);
  });
  const result = new Map<string, number>();
  for (let alignment = 0; alignment < classes ** steps; alignment++) {
    const path = Array.from({ length: steps }, (_, step) => Math.floor(alignment / classes ** step) % classes);
    const labels = path.filter((label, step) => label !== 0 && label !== path[step - 1]);
    const probability = path.reduce((product, label, step) => product * (probabilities[step]?.[label] as number), 1);
    result.set(labels.join(), (result.get(labels.join()) ?? 0) + probability);
  }
  return result;
}

test("the loss is minus the logarithm of the sum over all alignments, for every labelling there is", async () => {
  for (const [key, probability] of allLabellings()) {
    const labels = key === "" ? [] : key.split(",").map(Number);
    const padded = int([[...labels, 0, 0, 0, 0, 0].slice(0, 5)]);
    expect(await ctcLoss(padded, logits).item()).toBeCloseTo(-Math.log(probability), 4);
  }
});

test("a beam search that keeps all finds the likeliest labels with their probabilities", async () => {
  const expected = [...allLabellings()].sort((a, b) => b[1] - a[1]).slice(0, 4);
  const [found] = await ctcBeamSearchDecode(logits, { beamWidth: 1000, topPaths: 4 });
  expect(found?.map(({ labels }) => labels.join())).toEqual(expected.map(([key]) => key));
  for (const [index, [, probability]] of expected.entries())
    expect(found?.[index]?.logProbability).toBeCloseTo(Math.log(probability), 5);
  const [narrow] = await ctcBeamSearchDecode(logits, { beamWidth: 1, logitLength: [2] });
  expect(narrow).toHaveLength(1);
});

test("the greedy reading follows one alignment, where a beam adds up several", async () => {
  // Blank is likeliest at each step, but one label in either or both steps is likelier than none.
  const row = [Math.log(0.6), Math.log(0.4)];
  const two = tensor([[row, row]]);
  const [greedy] = await ctcGreedyDecode(two);
  expect(greedy?.labels).toEqual([]);
  expect(greedy?.logProbability).toBeCloseTo(Math.log(0.36), 5);
  const [[beam]] = (await ctcBeamSearchDecode(two)) as [[{ labels: readonly number[]; logProbability: number }]];
  expect(beam.labels).toEqual([1]);
  expect(beam.logProbability).toBeCloseTo(Math.log(0.64), 5);
});

test("another blank, and repeated labels kept apart by blanks", async () => {
  const certain = (path: readonly number[]) =>
    tensor([path.map((label) => Array.from({ length: 3 }, (_, each) => (each === label ? 9 : 0)))]);
  const path = certain([0, 0, 2, 0, 1, 1]);
  expect((await ctcGreedyDecode(path, { blank: 2 }))[0]?.labels).toEqual([0, 0, 1]);
  expect((await ctcGreedyDecode(path, { blank: 2, mergeRepeated: false }))[0]?.labels).toEqual([0, 0, 0, 1, 1]);
  expect((await ctcBeamSearchDecode(path, { blank: 2 }))[0]?.[0]?.labels).toEqual([0, 0, 1]);
  const loss = ctcLoss(int([[0, 0, 1]]), path, { blank: 2, labelPadding: -1 });
  expect(await loss.item()).toBeLessThan(0.01);
});

async function gradientOf(loss: Tensor, variable: Tensor): Promise<number[]> {
  const [gradient] = gradients(sum(loss), [variable]);
  return [...((await gradient?.data()) ?? [])];
}

test("labels that do not fit cost Infinity, or nothing, and no gradient flows", async () => {
  const repeated = int([[1, 1, 1, 1]]);
  for (const zeroInfinity of [false, true]) {
    const loss = ctcLoss(repeated, logits, { zeroInfinity });
    expect(await loss.item()).toBe(zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
    expect(await gradientOf(loss, logits)).toEqual(new Array(steps * classes).fill(0));
  }
  const short = ctcLoss(int([[1, 2]]), logits, { logitLength: tensor([1]) });
  expect(await short.item()).toBe(Number.POSITIVE_INFINITY);
});

test("rows without labels, labels without columns and steps after the last have finite gradients", async () => {
  const batch = tensor([scores, scores]);
  const loss = ctcLoss(
    int([
      [1, 2],
      [0, 0],
    ]),
    batch,
    { logitLength: tensor([3, 5]) },
  );
  const slopes = await gradientOf(loss, batch);
  expect(slopes.every(Number.isFinite)).toBe(true);
  expect(slopes.slice(3 * classes, steps * classes)).toEqual(new Array(2 * classes).fill(0));
  const none = ctcLoss(tensor(new Int32Array(0), { shape: [1, 0] }), logits);
  expect(await none.item()).toBeCloseTo(-Math.log(allLabellings().get("") as number), 4);
});

test("certainty, and classes of probability 0, keep losses and gradients numbers", async () => {
  const infinity = Number.NEGATIVE_INFINITY;
  const certain = tensor([
    [
      [infinity, 0, infinity],
      [0, infinity, infinity],
      [infinity, infinity, 0],
    ],
  ]);
  const fits = ctcLoss(int([[1, 2]]), certain);
  expect(await fits.item()).toBeCloseTo(0, 6);
  expect(await ctcLoss(int([[2, 1]]), certain).item()).toBe(Number.POSITIVE_INFINITY);
  const large = tensor([scores.map((row) => row.map((value) => value * 1000))]);
  const slopes = await gradientOf(ctcLoss(int([[1, 2]]), large), large);
  expect(slopes.every(Number.isFinite)).toBe(true);
});

test("the program does not grow with the steps", () => {
  const lines = (length: number) => {
    const x = tensor(new Float32Array(length * classes), { shape: [1, length, classes] });
    return explain((given) => gradients(sum(ctcLoss(int([[1, 2]]), given)), [given]), x).split("\n").length;
  };
  expect(lines(200)).toBe(lines(20));
});

test("what does not fit is refused", async () => {
  expect(() => ctcLoss(int([[1], [2]]), logits)).toThrow(
    "ctcLoss: the labels have the shape [2, 1] and the logits [1, 5, 3]; expected [batch, labels] and [batch, steps, classes]",
  );
  expect(() => ctcLoss(int([[1]]), logits, { blank: 3 })).toThrow(
    "blank is 3, but the logits [1, 5, 3] have 3 classes",
  );
  expect(() => ctcLoss(int([[1]]), logits, { logitLength: tensor([5, 5]) })).toThrow(
    "ctcLoss: logitLength has the shape [2], expected [1], one for each row",
  );
  expect(() => Reflect.apply(ctcLoss, undefined, [int([[1]]), logits, { blankIndex: 0 }])).toThrow(
    'unknown option "blankIndex"',
  );
  await expect(ctcLoss(int([[3]]), logits).item()).rejects.toThrow(/outside/);
  await expect(ctcGreedyDecode(tensor(scores))).rejects.toThrow(
    "ctcGreedyDecode: the logits have the shape [5, 3], expected [batch, steps, classes]",
  );
  await expect(ctcGreedyDecode(logits, { logitLength: [6] })).rejects.toThrow(
    "logitLength[0] is 6, but the logits [1, 5, 3] have 5 steps",
  );
  await expect(ctcBeamSearchDecode(logits, { beamWidth: 2, topPaths: 3 })).rejects.toThrow(
    "topPaths is 3, more than the 2 labellings that beamWidth keeps",
  );
});

test("gradients of many steps are as exact as those of few", async () => {
  const [length, symbols] = [400, 10];
  const values = Float32Array.from({ length: length * symbols }, (_, index) => 3 * Math.sin(index * 1.7));
  const onDevice = async (device: "native" | "reference") => {
    const before = getDevice();
    setDevice(device);
    const labels = int([Array.from({ length: 60 }, (_, index) => 1 + ((index * 7) % 9))]);
    const x = tensor(values, { shape: [1, length, symbols] });
    const slopes = await gradientOf(ctcLoss(labels, x), x);
    setDevice(before);
    return slopes;
  };
  const exact = await onDevice("reference");
  for (const [index, slope] of (await onDevice("native")).entries())
    expect(Math.abs(slope - (exact[index] as number))).toBeLessThan(3e-5);
});
