/**
 * ELU: out = in where in > 0, else alpha · (e^in - 1).
 *
 * Input and output of any shape; no weights. Clevert, Unterthiner and Hochreiter (2015).
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { elu as eluOf } from "../../ops/activations.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface ELUOptions extends LayerOptions {
  /** What very negative inputs come near to, negated, at least 0; default 1. */
  alpha?: number;
}

/** A rectifier that saturates smoothly for negative inputs. Made by `elu`. */
export class ELU extends Layer {
  static readonly className = "elu";
  readonly className = ELU.className;
  override readonly supportsMasking = true;
  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    checkLayerOptions("elu", options, { alpha: true });
    super("elu", options);
    this.alpha = options.alpha ?? 1;
    checkNumber("elu", "alpha", this.alpha, { minimum: 0 });
  }

  call(x: Tensor): Tensor {
    return eluOf(this.checkedFloatInput(x), { alpha: this.alpha });
  }

  override config(): Configuration {
    return { ...super.config(), alpha: this.alpha };
  }
}

/**
 * A rectifier that saturates smoothly for negative inputs.
 *
 * @throws If `alpha` is not a number of at least 0.
 * @example
 * layers.elu({ alpha: 0.5 });
 */
export function elu(options?: ELUOptions): ELU {
  return new ELU(options);
}
