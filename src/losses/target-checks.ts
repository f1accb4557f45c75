/** What some losses demand of their targets, looked at on the host before any of them is used. */
import { warn } from "../devices/host.ts";
import { sizeOf } from "../graph/shape.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Loss } from "./loss.ts";

/** Checks targets. @param what Whose they are, for messages: `fit: y`. */
export type TargetCheck = (loss: Loss, targets: HostArray, what: string) => void;

/** @throws If a target is negative. */
export const checkCounts: TargetCheck = ({ name }, targets, what) => {
  const index = targets.data.findIndex((value: number) => value < 0);
  if (index < 0) return;
  throw new RangeError(
    `${what} holds ${targets.data[index]} ${placeOf(targets, index)}, but the loss ${name} takes counts, which are not negative; ` +
      "for targets that are no counts take another loss, such as meanSquaredError",
  );
};

/** @throws If targets are others than -1 and 1, or 0 and 1. */
export const checkSides: TargetCheck = ({ name }, targets, what) => {
  const { data } = targets;
  const index = data.findIndex((value: number) => value !== -1 && value !== 0 && value !== 1);
  if (index >= 0)
    throw new RangeError(
      `${what} holds ${data[index]} ${placeOf(targets, index)}, but the loss ${name} takes -1 and 1, or 0 and 1: which of two classes it is; ` +
        "for one class of several take categoricalHinge with one-hot rows, for numbers meanSquaredError",
    );
  const [negative, zero] = [data.indexOf(-1), data.indexOf(0)];
  if (negative >= 0 && zero >= 0)
    throw new RangeError(
      `${what} holds -1 ${placeOf(targets, negative)} and 0 ${placeOf(targets, zero)}, which the loss ${name} takes both for the same class; ` +
        "give either -1 and 1, or 0 and 1",
    );
};

/** How far the sum of a row may be from 1. */
const tolerance = 0.01;

/** The first row whose sum is neither 1 nor, as padding, 0. */
function unequalRow({ data, shape }: HostArray): { readonly index: number; readonly sum: number } | undefined {
  const classes = shape.at(-1) as number;
  for (let start = 0; start < sizeOf(shape); start += classes) {
    let sum = 0;
    let isEmpty = true;
    for (let i = start; i < start + classes; i++) {
      sum += data[i] as number;
      isEmpty &&= data[i] === 0;
    }
    if (!isEmpty && Math.abs(sum - 1) > tolerance) return { index: start, sum };
  }
  return undefined;
}

/** @throws If a row does not sum to 1, unless it is all zeros, as of steps that are masked. */
export const checkDistributions: TargetCheck = ({ name }, targets, what) => {
  const row = unequalRow(targets);
  if (row)
    throw new RangeError(
      `${what} has a row that sums to ${shown(row.sum)} ${placeOf(targets, row.index)}, but the loss ${name} takes probabilities of all classes, ` +
        "which sum to 1; divide each row by its sum, or take binaryCrossentropy for several labels an example",
    );
};

const warnedOf = new WeakSet<Loss>();

/** Warns once of rows that do not sum to 1: several labels an example, probably. */
export const warnOfRows: TargetCheck = (loss, targets, what) => {
  if (warnedOf.has(loss)) return;
  const row = unequalRow(targets);
  if (!row) return;
  warnedOf.add(loss);
  warn(
    `${what} has a row that sums to ${shown(row.sum)} ${placeOf(targets, row.index)}, but the loss ${loss.name} takes classes that exclude each other; ` +
      'probably the loss binaryCrossentropy is meant, with activation: "sigmoid", for several labels an example',
  );
};

function shown(sum: number): string {
  return String(Number(sum.toPrecision(4)));
}

function placeOf({ shape }: HostArray, index: number): string {
  return `in example ${Math.floor(index / sizeOf(shape.slice(1)))} (counted from 0)`;
}
