/**
 * FTRL-Proximal: follow the regularized leader, for sparse linear models (McMahan et al., 2013):
 *
 *   n' = n + g²,  σ = (n' ^ -learningRatePower - n ^ -learningRatePower) / learningRate
 *   z ← z + g + 2 · l2Shrinkage · w - σ · w,  n ← n'
 *   w ← (clip(z, -l1, l1) - z) / (n ^ -learningRatePower / learningRate + 2 · l2 + beta / learningRate)
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, clip, divide, multiply, power, sqrt, square, subtract } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";
import type { Slot } from "./slot-variables.ts";

export interface FtrlOptions extends OptimizerOptions {
  /** How the learning rate falls with the sum of squared gradients, at most 0; 0 is a fixed rate; default -0.5. */
  learningRatePower?: number;
  /** What the sums of squares start from, at least 0; default 0.1. */
  initialAccumulatorValue?: number;
  /** The strength of the L1 penalty, at least 0; default 0. */
  l1RegularizationStrength?: number;
  /** The strength of the L2 penalty, at least 0; default 0. */
  l2RegularizationStrength?: number;
  /** The strength of an L2 penalty on the present weights only, at least 0; default 0. */
  l2ShrinkageRegularizationStrength?: number;
  /** The paper's β, which lowers the first learning rates, at least 0; default 0. */
  beta?: number;
}

/** FTRL-Proximal. Made by `ftrl`. */
export class Ftrl extends Optimizer<Tensor> {
  static readonly className = "ftrl";
  readonly className = Ftrl.className;
  readonly learningRatePower: number;
  readonly initialAccumulatorValue: number;
  readonly l1RegularizationStrength: number;
  readonly l2RegularizationStrength: number;
  readonly l2ShrinkageRegularizationStrength: number;
  readonly beta: number;
  protected readonly slotNames = ["accumulator", "linear"];

  /** The default learning rate is 0.001. */
  constructor(options: FtrlOptions = {}) {
    checkOptimizerOptions("ftrl", options, {
      learningRatePower: true,
      initialAccumulatorValue: true,
      l1RegularizationStrength: true,
      l2RegularizationStrength: true,
      l2ShrinkageRegularizationStrength: true,
      beta: true,
    });
    super("ftrl", 0.001, options);
    const { learningRatePower = -0.5, initialAccumulatorValue = 0.1, beta = 0 } = options;
    const { l1RegularizationStrength = 0, l2RegularizationStrength = 0 } = options;
    const { l2ShrinkageRegularizationStrength = 0 } = options;
    checkNumber("ftrl", "learningRatePower", learningRatePower, { maximum: 0 });
    for (const [option, value] of Object.entries({
      initialAccumulatorValue,
      l1RegularizationStrength,
      l2RegularizationStrength,
      l2ShrinkageRegularizationStrength,
      beta,
    }))
      checkNumber("ftrl", option, value, { minimum: 0 });
    this.learningRatePower = learningRatePower;
    this.initialAccumulatorValue = initialAccumulatorValue;
    this.l1RegularizationStrength = l1RegularizationStrength;
    this.l2RegularizationStrength = l2RegularizationStrength;
    this.l2ShrinkageRegularizationStrength = l2ShrinkageRegularizationStrength;
    this.beta = beta;
  }

  protected override slotsFor({ shape }: Variable): readonly Slot[] {
    return [
      { name: "accumulator", shape, start: this.initialAccumulatorValue },
      { name: "linear", shape, start: 0 },
    ];
  }

  protected prepare({ learningRate }: UpdateContext): Tensor {
    return learningRate;
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], learningRate: Tensor) {
    const [accumulator, linear] = slots as readonly [Tensor, Tensor];
    const { l1RegularizationStrength: l1, l2RegularizationStrength: l2 } = this;
    const total = add(accumulator, square(gradient));
    const [last, next] = [this.#inverseRate(accumulator), this.#inverseRate(total)];
    const shrunk = add(gradient, multiply(value, 2 * this.l2ShrinkageRegularizationStrength));
    const z = subtract(add(linear, shrunk), multiply(divide(subtract(next, last), learningRate), value));
    const curvature = add(divide(add(next, this.beta), learningRate), 2 * l2);
    return { value: divide(subtract(clip(z, -l1, l1), z), curvature), slots: [total, z] };
  }

  /** n ^ -learningRatePower: what the learning rate is divided by. */
  #inverseRate(accumulator: Tensor): Tensor {
    return this.learningRatePower === -0.5 ? sqrt(accumulator) : power(accumulator, -this.learningRatePower);
  }

  override config(): Configuration {
    const { learningRatePower, initialAccumulatorValue, l1RegularizationStrength, l2RegularizationStrength } = this;
    const { l2ShrinkageRegularizationStrength, beta } = this;
    return {
      ...super.config(),
      learningRatePower,
      initialAccumulatorValue,
      l1RegularizationStrength,
      l2RegularizationStrength,
      l2ShrinkageRegularizationStrength,
      beta,
    };
  }
}
