/**
 * CELU: out = in where in > 0, else alpha · (e^(in / alpha) - 1), which has no bend at 0 whatever alpha is.
 *
 * Input and output of any shape; no weights. Barron, "Continuously differentiable exponential linear units" (2017).
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { celu as celuOf } from "../../ops/activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface CELUOptions extends LayerOptions {
  /** What very negative inputs come near to, negated, above 0; default 1. */
  alpha?: number;
}

/** A rectifier that saturates smoothly for negative inputs, without a bend at 0. Made by `celu`. */
export class CELU extends Layer {
  static readonly className = "celu";
  readonly className = CELU.className;
  override readonly supportsMasking = true;
  readonly alpha: number;

  constructor(options: CELUOptions = {}) {
    checkLayerOptions("celu", options, { alpha: true });
    super("celu", options);
    const { alpha = 1 } = options;
    checkNumber("celu", "alpha", alpha, { above: 0 });
    this.alpha = alpha;
  }

  call(x: Tensor): Tensor {
    return celuOf(this.checkedFloatInput(x), { alpha: this.alpha });
  }

  override config(): Configuration {
    return { ...super.config(), alpha: this.alpha };
  }
}

/**
 * A rectifier that saturates smoothly for negative inputs, without a bend at 0.
 *
 * @throws If `alpha` is not a number above 0.
 * @example
 * layers.celu({ alpha: 0.5 });
 */
export function celu(options?: CELUOptions): CELU {
  return new CELU(options);
}
