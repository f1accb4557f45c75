/** Connectionist temporal classification: labels without their places in a sequence of predictions. */
import { checkBoolean, checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { ctcLoss } from "../ops/ctc-loss.ts";
import { cast, divide, maximum, notEqual } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { HostArray } from "../tensor/host-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkLossOptions, Loss, type LossOptions } from "./loss.ts";

export interface CTCOptions extends LossOptions {
  /** The class that stands for no label; default 0. */
  blank?: number;
  /** What fills up the rows of labels, at their ends, and does not count; default `blank`. */
  labelPadding?: number;
  /** Whether labels that no alignment fits cost 0 rather than Infinity; default false. */
  zeroInfinity?: boolean;
  /** Whether each row's loss is divided by the number of its labels, as PyTorch's mean has it; default false. */
  divideByLabelLength?: boolean;
}

/**
 * -log of the probability of a row of labels over all alignments with the steps: Graves et al. (2006); `ops.ctcLoss` has the formula.
 * Targets are classes `[batch, labels]`, predictions logits `[batch, steps, classes]`, of which those count that a mask leaves.
 */
export class CTC extends Loss {
  static readonly className = "ctc";
  readonly className = CTC.className;
  readonly predictions = "logits";
  readonly targets = "any";
  readonly blank: number;
  readonly labelPadding: number;
  readonly zeroInfinity: boolean;
  readonly divideByLabelLength: boolean;

  constructor(options: CTCOptions = {}) {
    checkLossOptions("ctc", options, {
      blank: true,
      labelPadding: true,
      zeroInfinity: true,
      divideByLabelLength: true,
    });
    super("ctc", options);
    const { blank = 0, labelPadding = blank, zeroInfinity = false, divideByLabelLength = false } = options;
    checkInteger("ctc", "blank", blank, 0);
    checkInteger("ctc", "labelPadding", labelPadding);
    checkBoolean("ctc", "zeroInfinity", zeroInfinity);
    checkBoolean("ctc", "divideByLabelLength", divideByLabelLength);
    this.blank = blank;
    this.labelPadding = labelPadding;
    this.zeroInfinity = zeroInfinity;
    this.divideByLabelLength = divideByLabelLength;
  }

  perExample(yTrue: Tensor, yPred: Tensor, mask?: Tensor): Tensor {
    const { blank, labelPadding, zeroInfinity } = this;
    const values = ctcLoss(yTrue, yPred, {
      blank,
      labelPadding,
      zeroInfinity,
      ...(mask && { logitLength: sum(mask, { axis: 1 }) }),
    });
    if (!this.divideByLabelLength) return values;
    const lengths = sum(notEqual(cast(yTrue, "int32"), labelPadding), { axis: 1 });
    return divide(values, maximum(cast(lengths, "float32"), 1));
  }

  /** None: a mask says how many steps a row has. */
  protected override maskOfExamples(): undefined {
    return undefined;
  }

  /** Each label a class other than the blank, and not more of them than there are steps. */
  override checkTargets({ data, shape }: HostArray, predictions: Shape, what: string): void {
    const [steps = 0, classes = 0] = predictions;
    const { blank, labelPadding } = this;
    const length = sizeOf(shape.slice(1));
    for (let row = 0; row < (shape[0] ?? 0); row++) {
      const labels = Array.from(data.subarray(row * length, (row + 1) * length)).filter(
        (label) => label !== labelPadding,
      );
      const wrong = labels.find(
        (label) => !Number.isInteger(label) || label < 0 || label >= classes || label === blank,
      );
      if (wrong !== undefined)
        throw new RangeError(
          `${what} holds the label ${wrong} in example ${row} (counted from 0), but the loss ${this.name} takes whole numbers in [0, ${classes}) ` +
            `other than the blank ${blank}, and ${labelPadding} to fill up rows; give the last layer more units, or the loss another labelPadding`,
        );
      // Between equal labels there must be a blank.
      const needed = labels.length + labels.filter((label, index) => index > 0 && label === labels[index - 1]).length;
      if (needed > steps && !this.zeroInfinity)
        throw new RangeError(
          `${what} has ${labels.length} labels in example ${row} (counted from 0), which take ${needed} steps, but the predictions have ${steps}; ` +
            "give longer sequences, pool less over time, or make the loss with zeroInfinity: true to leave such examples out",
        );
    }
  }

  override config(): Configuration {
    const { blank, labelPadding, zeroInfinity, divideByLabelLength } = this;
    return { ...super.config(), blank, labelPadding, zeroInfinity, divideByLabelLength };
  }
}
