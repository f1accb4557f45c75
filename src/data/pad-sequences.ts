/** Sequences of different lengths in one array, filled up or cut to one length. */
import { type DType, type TypedArray, typedArray } from "../graph/dtype.ts";
import { checkChoice, checkInteger, checkNumber, checkOptions, describe } from "../graph/options.ts";
import type { HostArray } from "../tensor/host-array.ts";

const sides = ["pre", "post"] as const;
const dtypes = ["int32", "float32"] as const;

/** A sequence of numbers, or of steps that are rows of as many numbers each. */
export type Sequence = ArrayLike<number> | readonly ArrayLike<number>[];

export interface PadSequencesOptions {
  /** The length of all; default that of the longest. */
  maxLength?: number;
  /** Default `"int32"`. */
  dtype?: (typeof dtypes)[number] & DType;
  /** Whether to fill up before a sequence or behind it; default `"pre"`. */
  padding?: (typeof sides)[number];
  /** Whether to cut a longer sequence's beginning or its end; default `"pre"`. */
  truncating?: (typeof sides)[number];
  /** What fills up; default 0. */
  value?: number;
}

/**
 * Sequences of different lengths as one array, as Keras's `pad_sequences`; `layers.masking` or an embedding with `maskZero` leaves out
 * what was filled up.
 *
 * @returns `[sequences, maxLength]`, or `[sequences, maxLength, features]` where the steps are rows.
 * @throws If there is no sequence, steps are rows of different lengths, or numbers are not whole where the type is int32.
 * @example
 * padSequences([[1], [2, 3, 4]], { padding: "post" }); // { data: Int32Array [1, 0, 0, 2, 3, 4], shape: [2, 3] }
 */
export function padSequences(sequences: readonly Sequence[], options: PadSequencesOptions = {}): HostArray {
  const owner = "padSequences";
  checkOptions(owner, options, { maxLength: true, dtype: true, padding: true, truncating: true, value: true });
  const { dtype = "int32", padding = "pre", truncating = "pre", value = 0 } = options;
  checkChoice(owner, "dtype", dtype, dtypes);
  checkChoice(owner, "padding", padding, sides);
  checkChoice(owner, "truncating", truncating, sides);
  checkNumber(owner, "value", value);
  if (!Array.isArray(sequences) || sequences.length === 0)
    throw new TypeError(`${owner}: got ${describe(sequences)}, expected an array of sequences such as [[1, 2], [3]]`);
  const { maxLength = sequences.reduce((most, { length }) => Math.max(most, length), 1) } = options;
  checkInteger(owner, "maxLength", maxLength, 1);
  const width = widthOf(owner, sequences);
  const data = typedArray(dtype, sequences.length * maxLength * (width ?? 1)).fill(value);
  for (const [row, sequence] of sequences.entries()) {
    const length = Math.min(sequence.length, maxLength);
    const from = truncating === "pre" ? sequence.length - length : 0;
    const to = padding === "pre" ? maxLength - length : 0;
    for (let at = 0; at < length; at++)
      put(data, row * maxLength + to + at, sequence[from + at] as number | ArrayLike<number>, width ?? 1, () => {
        return `${owner}: sequence ${row}, step ${from + at}`;
      });
  }
  return { data, shape: [sequences.length, maxLength, ...(width === undefined ? [] : [width])] };
}

/** The number of features of a step that is a row; undefined where steps are numbers. */
function widthOf(owner: string, sequences: readonly Sequence[]): number | undefined {
  const first = sequences.find(({ length }) => length > 0)?.[0];
  const width = typeof first === "object" ? first.length : undefined;
  for (const [row, sequence] of sequences.entries())
    for (const [at, step] of Array.from<number | ArrayLike<number>>(sequence).entries()) {
      const met = typeof step === "object" ? step.length : undefined;
      if (met === width) continue;
      const shown = (features: number | undefined) => (features === undefined ? "a number" : `a row of ${features}`);
      throw new Error(
        `${owner}: sequence ${row}, step ${at} is ${shown(met)}, but the first step is ${shown(width)}; give all steps alike`,
      );
    }
  return width;
}

function put(
  data: TypedArray,
  step: number,
  value: number | ArrayLike<number>,
  width: number,
  label: () => string,
): void {
  const features = typeof value === "number" ? [value] : value;
  for (let feature = 0; feature < width; feature++) {
    const number = features[feature] as number;
    if (typeof number !== "number" || (data instanceof Int32Array && !Number.isInteger(number)))
      throw new TypeError(
        `${label()} is ${describe(number)}, expected ${data instanceof Int32Array ? 'a whole number; or ask for dtype "float32"' : "a number"}`,
      );
    data[step * width + feature] = number;
  }
}
