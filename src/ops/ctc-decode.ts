/** Reading labels off the steps of a network trained with CTC. The search runs in JavaScript, in double precision. */
import { checkBoolean, checkInteger, checkOptions } from "../graph/options.ts";
import { formatShape } from "../graph/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface CTCGreedyOptions {
  /** The class that stands for no label; default 0. */
  blank?: number;
  /** Whether a label in several steps without a blank between them counts once, as CTC means it; default true. */
  mergeRepeated?: boolean;
  /** How many steps of each row count; default all. */
  logitLength?: readonly number[];
}

export interface CTCBeamSearchOptions {
  /** The class that stands for no label; default 0. */
  blank?: number;
  /** How many labellings are kept from step to step, at least 1; default 100. */
  beamWidth?: number;
  /** How many labellings to return, at least 1 and at most `beamWidth`; default 1. */
  topPaths?: number;
  /** How many steps of each row count; default all. */
  logitLength?: readonly number[];
}

/** What was read off one row. */
export interface CTCDecoding {
  readonly labels: readonly number[];
  /** The natural logarithm of its probability: of the one alignment that the greedy reading follows, of all that a beam search has met. */
  readonly logProbability: number;
}

/**
 * The likeliest class of each step, repeated ones merged and blanks left out. Fast, but the labels of the likeliest alignment need not be
 * the likeliest labels.
 *
 * @param logits `[batch, steps, classes]`; log-probabilities will do as well.
 * @returns One reading for each row.
 * @throws If the logits have another shape, or an option is out of range.
 * @example
 * const [{ labels }] = await ops.ctcGreedyDecode(network.call(sound));
 */
export async function ctcGreedyDecode(logits: Tensor, options: CTCGreedyOptions = {}): Promise<CTCDecoding[]> {
  const owner = "ctcGreedyDecode";
  checkOptions<CTCGreedyOptions>(owner, options, { blank: true, mergeRepeated: true, logitLength: true });
  const { blank = 0, mergeRepeated = true, logitLength } = options;
  checkBoolean(owner, "mergeRepeated", mergeRepeated);
  return (await rowsOf(owner, logits, blank, logitLength)).map((steps) => {
    const labels: number[] = [];
    let logProbability = 0;
    let before = blank;
    for (const step of steps) {
      const best = step.reduce((most, value, each) => (value > (step[most] as number) ? each : most), 0);
      logProbability += step[best] as number;
      if (best !== blank && !(mergeRepeated && best === before)) labels.push(best);
      before = best;
    }
    return { labels, logProbability };
  });
}

/** A beginning of a labelling, with the logarithms of the probabilities of its alignments so far. */
interface Prefix {
  readonly labels: readonly number[];
  /** Of those that end in a blank, and of those that end in the last label. */
  inBlank: number;
  inLabel: number;
}

/**
 * The likeliest labels: a search that goes on from step to step with the `beamWidth` likeliest beginnings, adding up the
 * alignments that lead to the same labels. Graves (2006), Hannun et al. (2014).
 *
 * @param logits `[batch, steps, classes]`; log-probabilities will do as well.
 * @returns For each row the `topPaths` likeliest labellings, the likeliest first; fewer where there are no more.
 * @throws If the logits have another shape, or an option is out of range.
 * @example
 * const [[best, second]] = await ops.ctcBeamSearchDecode(logits, { beamWidth: 25, topPaths: 2 });
 */
export async function ctcBeamSearchDecode(
  logits: Tensor,
  options: CTCBeamSearchOptions = {},
): Promise<CTCDecoding[][]> {
  const owner = "ctcBeamSearchDecode";
  checkOptions<CTCBeamSearchOptions>(owner, options, {
    blank: true,
    beamWidth: true,
    topPaths: true,
    logitLength: true,
  });
  const { blank = 0, beamWidth = 100, topPaths = 1, logitLength } = options;
  checkInteger(owner, "beamWidth", beamWidth, 1);
  checkInteger(owner, "topPaths", topPaths, 1);
  if (topPaths > beamWidth)
    throw new RangeError(
      `${owner}: topPaths is ${topPaths}, more than the ${beamWidth} labellings that beamWidth keeps`,
    );
  return (await rowsOf(owner, logits, blank, logitLength)).map((steps) => {
    let beam: Prefix[] = [{ labels: [], inBlank: 0, inLabel: Number.NEGATIVE_INFINITY }];
    for (const step of steps) beam = likeliest(extended(beam, step, blank), beamWidth);
    return likeliest(beam, topPaths).map((prefix) => ({
      labels: prefix.labels,
      logProbability: probabilityOf(prefix),
    }));
  });
}

/** All beginnings after one more step. */
function extended(beam: readonly Prefix[], step: Float64Array, blank: number): Prefix[] {
  const next = new Map<string, Prefix>();
  const prefixOf = (labels: readonly number[]): Prefix => {
    const key = labels.join();
    let prefix = next.get(key);
    if (!prefix) {
      prefix = { labels, inBlank: Number.NEGATIVE_INFINITY, inLabel: Number.NEGATIVE_INFINITY };
      next.set(key, prefix);
    }
    return prefix;
  };
  for (const prefix of beam) {
    const { labels, inBlank, inLabel } = prefix;
    const last = labels.at(-1);
    const same = prefixOf(labels);
    same.inBlank = logAdd(same.inBlank, probabilityOf(prefix) + (step[blank] as number));
    for (const [label, value] of step.entries()) {
      if (label === blank) continue;
      if (label === last) same.inLabel = logAdd(same.inLabel, inLabel + value);
      const longer = prefixOf([...labels, label]);
      // A label follows itself only behind a blank.
      longer.inLabel = logAdd(longer.inLabel, (label === last ? inBlank : probabilityOf(prefix)) + value);
    }
  }
  return [...next.values()];
}

function probabilityOf({ inBlank, inLabel }: Prefix): number {
  return logAdd(inBlank, inLabel);
}

/** Sorting is stable, so that equal ones keep the order in which they were met. */
function likeliest(beam: readonly Prefix[], count: number): Prefix[] {
  const possible = beam.filter((prefix) => probabilityOf(prefix) > Number.NEGATIVE_INFINITY);
  return possible.sort((a, b) => probabilityOf(b) - probabilityOf(a)).slice(0, count);
}

function logAdd(a: number, b: number): number {
  const [larger, smaller] = a > b ? [a, b] : [b, a];
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(smaller - larger));
}

/** The log-probabilities of the classes in each step that counts, row by row. */
async function rowsOf(
  owner: string,
  logits: Tensor,
  blank: number,
  logitLength: readonly number[] | undefined,
): Promise<Float64Array[][]> {
  const [batch, steps, classes] = logits.shape as [number, number, number];
  if (logits.rank !== 3)
    throw new Error(
      `${owner}: the logits have the shape ${formatShape(logits.shape)}, expected [batch, steps, classes]`,
    );
  checkInteger(owner, "blank", blank, 0);
  if (blank >= classes)
    throw new RangeError(
      `${owner}: blank is ${blank}, but the logits ${formatShape(logits.shape)} have ${classes} classes`,
    );
  if (logitLength && logitLength.length !== batch)
    throw new RangeError(`${owner}: logitLength has ${logitLength.length} lengths for ${batch} rows`);
  const data = await logits.data();
  return Array.from({ length: batch }, (_, row) => {
    const length = logitLength?.[row] ?? steps;
    checkInteger(owner, `logitLength[${row}]`, length, 0);
    if (length > steps)
      throw new RangeError(
        `${owner}: logitLength[${row}] is ${length}, but the logits ${formatShape(logits.shape)} have ${steps} steps`,
      );
    return Array.from({ length }, (_, step) => {
      const start = (row * steps + step) * classes;
      return logProbabilities(Float64Array.from(data.subarray(start, start + classes)));
    });
  });
}

function logProbabilities(logits: Float64Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const total = largest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return logits.map((value) => value - total);
}
