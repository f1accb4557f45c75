/** What some losses demand of their targets, looked at on the host before any of them is used. */
import { warn } from "../devices/host.ts";
import { sizeOf } from "../graph/shape.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Loss } from "./loss.ts";

/** Checks targets. @param what Whose they are, for messages: `fit: y`. */
export type TargetCheck = (loss: Loss, targets: HostArray, what: string) => void;

/** How far the sum of a row may be from 1. */
const tolerance = 0.01;

/** The first row whose sum is neither 1 nor, as padding, 0. */
export function unequalRow({ data, shape }: HostArray): { readonly index: number; readonly sum: number } | undefined {
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

/** A sum in few digits. */
export function shown(sum: number): string {
  return String(Number(sum.toPrecision(4)));
}

/** The example to which an element belongs, for messages. */
export function placeOf({ shape }: HostArray, index: number): string {
  return `in example ${Math.floor(index / sizeOf(shape.slice(1)))} (counted from 0)`;
}
