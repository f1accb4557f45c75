/**
 * Connectionist temporal classification: Graves et al., "Connectionist temporal classification: labelling unsegmented sequence data
 * with recurrent neural networks" (2006). The probability of a labelling is that of all its alignments, one symbol a step: labels may last
 * several steps, and blanks may stand between them (and must between equal ones). With the steps' log-probabilities p and labels
 * l_1 … l_U, going through the steps, β_u is the probability of having met u labels and a blank behind them, λ_u of being at label u:
 *
 *   β_u ← p(blank) (β_u + λ_u),   λ_u ← p(l_u) (λ_u + β_(u-1) + [l_u ≠ l_(u-1)] λ_(u-1))
 *
 * in logarithms, of which each step takes the largest away, so that those that matter stay near 0 and gradients exact however many steps
 * there are. The probability of all labels is β_U + λ_U after the last step.
 */
import { checkBoolean, checkInteger, checkOptions } from "../graph/options.ts";
import { formatShape, sameShape } from "../graph/shape.ts";
import { fill, iota, zeros } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { logSoftmax } from "./activations.ts";
import {
  add,
  cast,
  equal,
  exp,
  greater,
  less,
  log,
  maximum,
  minimum,
  negative,
  notEqual,
  stopGradient,
  subtract,
  where,
} from "./elementwise.ts";
import { concatenate } from "./joining.ts";
import { broadcastTo, expandDims, squeeze, transpose } from "./movement.ts";
import { pad } from "./pad.ts";
import { max, sum } from "./reduce.ts";
import { scan } from "./scan.ts";
import { takeAlongAxis } from "./selection.ts";
import { sequenceMask } from "./sequence-mask.ts";
import { sliceAxis } from "./slicing.ts";

/** The logarithm of a probability of 0: finite, so that no difference of infinities makes NaN of a gradient. */
const logZero = -1e30;
/** Whatever is less likely than this is impossible. */
const impossible = -1e29;

export interface CTCLossOptions {
  /** The class that stands for no label; default 0. */
  blank?: number;
  /** What fills up the rows of labels, at their ends, and does not count; default `blank`. */
  labelPadding?: number;
  /** How many labels each row has, `[batch]`, in place of counting those that are not padding. */
  labelLength?: Tensor;
  /** How many steps of each row count, `[batch]`; default all. */
  logitLength?: Tensor;
  /** Whether labels that no alignment fits, as those of a row with too few steps, cost 0 rather than Infinity; default false. */
  zeroInfinity?: boolean;
}

/**
 * Minus the logarithm of the probability of each row's labels, over all alignments with the steps.
 *
 * @param labels Classes, whole numbers `[batch, labels]`.
 * @param logits `[batch, steps, classes]`; log-probabilities will do as well.
 * @returns float32 `[batch]`. Infinity where the labels do not fit into the steps; no gradient flows from there.
 * @throws If the shapes do not fit, or `blank` is no class.
 * @throws IndexError When it runs, if a label is no class.
 * @example
 * const logits = randomNormal([2, 50, 28]); // 27 letters and the blank, 0
 * ops.ctcLoss(tensor([[3, 1, 20], [4, 15, 7]]), logits).shape; // [2]
 */
export function ctcLoss(labels: Tensor, logits: Tensor, options: CTCLossOptions = {}): Tensor {
  const owner = "ctcLoss";
  checkOptions<CTCLossOptions>(owner, options, {
    blank: true,
    labelPadding: true,
    labelLength: true,
    logitLength: true,
    zeroInfinity: true,
  });
  const { blank = 0, zeroInfinity = false } = options;
  checkBoolean(owner, "zeroInfinity", zeroInfinity);
  checkShapes(owner, labels, logits, options);
  const [batch, steps, classes] = logits.shape as [number, number, number];
  checkInteger(owner, "blank", blank, 0);
  if (blank >= classes)
    throw new RangeError(
      `${owner}: blank is ${blank}, but the logits ${formatShape(logits.shape)} have ${classes} classes`,
    );

  const { targets, lengths } = padded(labels, options);
  const width = targets.shape[1] as number;
  const logProbabilities = maximum(logSoftmax(transpose(cast(logits, "float32"), [1, 0, 2])), logZero);
  const ofLabels = takeAlongAxis(logProbabilities, broadcastTo(targets, [steps, batch, width]), -1);
  const ofBlank = sliceAxis(logProbabilities, -1, blank, blank + 1);
  const { logitLength } = options;
  const isStep = logitLength ? transpose(sequenceMask(logitLength, steps)) : fill([steps, batch], 1, "bool");
  // From one label to the next without a blank between them, unless they are equal.
  const differs = notEqual(targets, pad(sliceAxis(targets, 1, 0, width - 1), behindFirst, -1));

  const { carry } = scan(
    (state, [pBlank, pLabels, active]) => {
      const [atBlank, atLabel, taken] = state as [Tensor, Tensor, Tensor];
      const isActive = expandDims(active as Tensor, -1);
      const before = pad(atLabel, behindFirst, logZero);
      const skipped = where(differs, sliceAxis(before, 1, 0, width), logZero);
      const nextBlank = add(logAdd(atBlank, before), pBlank as Tensor);
      const nextLabel = add(logAdd(atLabel, sliceAxis(atBlank, 1, 0, width), skipped), pLabels as Tensor);
      const ofRows = { axis: 1, keepDims: true };
      const largest = stopGradient(maximum(max(nextBlank, ofRows), max(nextLabel, ofRows)));
      const next = [subtract(nextBlank, largest), subtract(nextLabel, largest), add(taken, largest)];
      return { carry: next.map((value, index) => where(isActive, value, state[index] as Tensor)) };
    },
    // Before the first step no label has been met, as if a blank stood there.
    [
      concatenate([zeros([batch, 1]), fill([batch, width], logZero)], 1),
      fill([batch, width], logZero),
      zeros([batch, 1]),
    ],
    [ofBlank, ofLabels, isStep],
  );
  const [blanks, ends, taken] = carry as [Tensor, Tensor, Tensor];
  const lastLabel = where(greater(lengths, 0), at(ends, subtract(lengths, 1)), logZero);
  const total = add(logAdd(at(blanks, lengths), lastLabel), squeeze(taken, 1));
  return where(less(total, impossible), zeroInfinity ? 0 : Number.POSITIVE_INFINITY, negative(total));
}

/** For `pad`: one column before the first. */
const behindFirst = [
  [0, 0],
  [1, 0],
] as const;

/** The labels with blanks for the padding, at least one column, int32; and how many of each row count. */
function padded(
  labels: Tensor,
  { blank = 0, labelPadding = blank, labelLength }: CTCLossOptions,
): { targets: Tensor; lengths: Tensor } {
  checkInteger("ctcLoss", "labelPadding", labelPadding);
  const [batch, columns] = labels.shape as [number, number];
  const given = cast(labels, "int32");
  const width = Math.max(1, columns);
  const whole = columns === 0 ? fill([batch, 1], labelPadding, "int32") : given;
  const counted = labelLength
    ? minimum(cast(labelLength, "int32"), columns)
    : sum(notEqual(whole, labelPadding), { axis: 1 });
  return { targets: where(sequenceMask(counted, width), whole, blank), lengths: counted };
}

function checkShapes(owner: string, labels: Tensor, logits: Tensor, options: CTCLossOptions): void {
  const [batch, steps] = logits.shape;
  if (logits.rank !== 3 || steps === 0 || labels.rank !== 2 || labels.shape[0] !== batch)
    throw new Error(
      `${owner}: the labels have the shape ${formatShape(labels.shape)} and the logits ${formatShape(logits.shape)}; ` +
        "expected [batch, labels] and [batch, steps, classes] with one batch and at least one step",
    );
  for (const name of ["labelLength", "logitLength"] as const) {
    const lengths = options[name];
    if (lengths && !sameShape(lengths.shape, [batch as number]))
      throw new Error(
        `${owner}: ${name} has the shape ${formatShape(lengths.shape)}, expected [${batch}], one for each row`,
      );
  }
}

/** log(Σ e^x) of tensors of one shape, none of them infinite. */
function logAdd(...terms: readonly Tensor[]): Tensor {
  const largest = stopGradient(terms.reduce(maximum));
  return add(largest, log(terms.map((term) => exp(subtract(term, largest))).reduce(add)));
}

/** One element of each row. */
function at(rows: Tensor, columns: Tensor): Tensor {
  const isChosen = equal(iota(rows.shape, 1), expandDims(columns, -1));
  return sum(where(isChosen, rows, 0), { axis: 1 });
}
