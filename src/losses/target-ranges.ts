/** The values that losses of counts, sides and distributions take as targets. */
import { placeOf, shown, type TargetCheck, unequalRow } from "./target-checks.ts";

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

/** @throws If a row does not sum to 1, unless it is all zeros, as of steps that are masked. */
export const checkDistributions: TargetCheck = ({ name }, targets, what) => {
  const row = unequalRow(targets);
  if (row)
    throw new RangeError(
      `${what} has a row that sums to ${shown(row.sum)} ${placeOf(targets, row.index)}, but the loss ${name} takes probabilities of all classes, ` +
        "which sum to 1; divide each row by its sum, or take binaryCrossentropy for several labels an example",
    );
};
