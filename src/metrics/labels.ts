/** Lists of labels as the scores on the host take them: their types, their order, and the checks that lists go together. */

/** A class: its number or its name. */
export type Label = number | string;
/** The labels of examples, one after another. */
export type Labels = ArrayLike<Label>;
/** For examples with any number of labels: a row each, with a 1 for each label that it has and 0 elsewhere. */
export type LabelRows = ArrayLike<ArrayLike<number>>;

export interface WeightOptions {
  /** How often each example counts; default once. */
  sampleWeight?: ArrayLike<number>;
}

export interface MatrixOptions extends WeightOptions {
  /** The classes to look at, in this order; default those that occur, sorted. */
  labels?: readonly Label[];
}

/** Whether labels are rows of 0 and 1 rather than one label an example. */
export function isRows(labels: Labels | LabelRows): labels is LabelRows {
  return typeof labels[0] === "object";
}

/** The labels that occur, sorted: numbers by size, texts by their code units. */
export function occurringLabels(...lists: readonly Labels[]): Label[] {
  return [...new Set(lists.flatMap((labels) => Array.from(labels)))].sort(compareLabels);
}

/** The labels given, then those that occur beside them. */
export function everyLabel(labels: readonly Label[], yTrue: Labels, yPred: Labels): Label[] {
  return [...new Set([...labels, ...occurringLabels(yTrue, yPred)])];
}

function compareLabels(a: Label, b: Label): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** The weight of each example, after checking that the lists go together. */
export function checkLists(
  owner: string,
  yTrue: ArrayLike<unknown>,
  yPred: ArrayLike<unknown>,
  sampleWeight: ArrayLike<number> | undefined,
): readonly number[] {
  if (yTrue.length !== yPred.length)
    throw new Error(
      `${owner}: got ${yTrue.length} true labels and ${yPred.length} predicted ones; give one of each an example`,
    );
  return weightsOf(owner, yTrue.length, sampleWeight);
}

/** The weight of each example: as given, or 1. */
export function weightsOf(
  owner: string,
  examples: number,
  sampleWeight: ArrayLike<number> | undefined,
): readonly number[] {
  if (!sampleWeight) return new Array<number>(examples).fill(1);
  if (sampleWeight.length !== examples)
    throw new Error(`${owner}: got ${sampleWeight.length} sample weights for ${examples} examples; give one each`);
  const weights = Array.from(sampleWeight);
  const wrong = weights.findIndex((weight) => !Number.isFinite(weight));
  if (wrong >= 0)
    throw new RangeError(`${owner}: sampleWeight[${wrong}] is ${weights[wrong]}, expected a finite number`);
  return weights;
}

/** Rows of numbers with one length, after checking that they are. */
export function checkRows(owner: string, what: string, rows: ArrayLike<ArrayLike<number>>): number[][] {
  const columns = rows[0]?.length ?? 0;
  return Array.from(rows, (row, index) => {
    if (row.length !== columns)
      throw new Error(`${owner}: row ${index} of ${what} has ${row.length} numbers, expected ${columns} as in row 0`);
    return Array.from(row);
  });
}
