/**
 * Softplus: out = log(1 + e^(beta · in)) / beta, computed without overflow.
 *
 * Input and output of any shape; no weights. The larger beta is, the nearer it comes to a rectifier.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { softplus as softplusOf } from "../../ops/activations.ts";
import { divide, multiply } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface SoftplusOptions extends LayerOptions {
  /** How sharp the bend at 0 is, above 0; default 1. */
  beta?: number;
}

/** A rectifier with a round bend. Made by `softplus`. */
export class Softplus extends Layer {
  static readonly className = "softplus";
  readonly className = Softplus.className;
  override readonly supportsMasking = true;
  readonly beta: number;

  constructor(options: SoftplusOptions = {}) {
    checkLayerOptions("softplus", options, { beta: true });
    super("softplus", options);
    const { beta = 1 } = options;
    checkNumber("softplus", "beta", beta, { above: 0 });
    this.beta = beta;
  }

  call(x: Tensor): Tensor {
    return divide(softplusOf(multiply(this.checkedFloatInput(x), this.beta)), this.beta);
  }

  override config(): Configuration {
    return { ...super.config(), beta: this.beta };
  }
}

/**
 * A rectifier with a round bend.
 *
 * @throws If `beta` is not a number above 0.
 * @example
 * layers.softplus({ beta: 2 });
 */
export function softplus(options?: SoftplusOptions): Softplus {
  return new Softplus(options);
}
