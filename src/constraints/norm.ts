/** Constraints of the norm of each unit's weights: at most so large, between two bounds, or 1. */
import { checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape } from "../graph/shape.ts";
import { add, clip, divide, multiply, sqrt, square } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Constraint } from "./constraint.ts";

/** Keeps the division by a norm of 0 finite. */
const epsilon = 1e-7;

export interface NormOptions {
  /**
   * The axes over which a norm is taken; default 0, which is one norm for each output of a dense kernel `[inputs, units]`. For the
   * filters of a convolution `[height, width, channels, filters]` give `[0, 1, 2]`.
   */
  axis?: number | readonly number[];
}

/** What constraints of a norm share: each vector keeps its direction. */
abstract class NormConstraint extends Constraint {
  readonly axis: readonly number[];

  constructor(className: string, { axis = 0 }: NormOptions) {
    super();
    this.axis = typeof axis === "number" ? [axis] : [...axis];
    for (const each of this.axis) checkInteger(className, "axis", each);
  }

  /** What the norms shall be. */
  protected abstract desired(norms: Tensor): Tensor | number;

  call(value: Tensor): Tensor {
    const outside = this.axis.find((axis) => axis >= value.rank || axis < -value.rank);
    if (outside !== undefined)
      throw new RangeError(
        `${this.className}: axis ${outside} is none of a weight of the shape ${formatShape(value.shape)}; give axes in ` +
          `[0, ${value.rank})`,
      );
    const norms = sqrt(sum(square(value), { axis: this.axis, keepDims: true }));
    return multiply(value, divide(this.desired(norms), add(norms, epsilon)));
  }

  config(): Configuration {
    return { axis: this.axis.length === 1 ? (this.axis[0] as number) : this.axis };
  }
}

export interface MaxNormOptions extends NormOptions {
  /** The largest norm, above 0; default 2. */
  maxValue?: number;
}

/** w · min(‖w‖, maxValue) / ‖w‖: Srivastava et al. (2014). */
export class MaxNorm extends NormConstraint {
  static readonly className = "maxNorm";
  readonly className = MaxNorm.className;
  readonly maxValue: number;

  constructor(options: MaxNormOptions = {}) {
    checkOptions("maxNorm", options, { maxValue: true, axis: true });
    super("maxNorm", options);
    this.maxValue = options.maxValue ?? 2;
    checkNumber("maxNorm", "maxValue", this.maxValue, { above: 0 });
  }

  protected desired(norms: Tensor): Tensor {
    return clip(norms, 0, this.maxValue);
  }

  override config(): Configuration {
    return { ...super.config(), maxValue: this.maxValue };
  }
}

/** w / ‖w‖. */
export class UnitNorm extends NormConstraint {
  static readonly className = "unitNorm";
  readonly className = UnitNorm.className;

  constructor(options: NormOptions = {}) {
    checkOptions("unitNorm", options, { axis: true });
    super("unitNorm", options);
  }

  protected desired(): number {
    return 1;
  }
}

export interface MinMaxNormOptions extends NormOptions {
  /** The smallest norm, at least 0; default 0. */
  minValue?: number;
  /** The largest norm, at least `minValue`; default 1. */
  maxValue?: number;
  /** How much of the way into the bounds one update goes, in [0, 1]; default 1. */
  rate?: number;
}

/** w · (rate · clip(‖w‖, minValue, maxValue) + (1 - rate) · ‖w‖) / ‖w‖. */
export class MinMaxNorm extends NormConstraint {
  static readonly className = "minMaxNorm";
  readonly className = MinMaxNorm.className;
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;

  constructor(options: MinMaxNormOptions = {}) {
    checkOptions("minMaxNorm", options, { minValue: true, maxValue: true, rate: true, axis: true });
    super("minMaxNorm", options);
    const { minValue = 0, maxValue = 1, rate = 1 } = options;
    checkNumber("minMaxNorm", "minValue", minValue, { minimum: 0 });
    checkNumber("minMaxNorm", "maxValue", maxValue, { minimum: minValue });
    checkNumber("minMaxNorm", "rate", rate, { minimum: 0, maximum: 1 });
    this.minValue = minValue;
    this.maxValue = maxValue;
    this.rate = rate;
  }

  protected desired(norms: Tensor): Tensor {
    const inside = clip(norms, this.minValue, this.maxValue);
    return this.rate === 1 ? inside : add(multiply(inside, this.rate), multiply(norms, 1 - this.rate));
  }

  override config(): Configuration {
    const { minValue, maxValue, rate } = this;
    return { ...super.config(), minValue, maxValue, rate };
  }
}
