/**
 * ActivityRegularization hands its input on and adds l1 · Σ |in| + l2 · Σ in², averaged over the batch, to the loss.
 *
 * Input and output of any shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { l1l2 } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface ActivityRegularizationOptions extends LayerOptions {
  /** The factor of the sum of absolute values, at least 0; default 0. */
  l1?: number;
  /** The factor of the sum of squares, at least 0; default 0. */
  l2?: number;
}

/** A penalty on what passes through. Made by `activityRegularization`. */
export class ActivityRegularization extends Layer {
  static readonly className = "activityRegularization";
  readonly className = ActivityRegularization.className;
  override readonly supportsMasking = true;
  readonly l1: number;
  readonly l2: number;

  constructor(options: ActivityRegularizationOptions = {}) {
    checkLayerOptions("activityRegularization", options, { l1: true, l2: true });
    super("activityRegularization", options);
    const { l1 = 0, l2 = 0 } = options;
    checkNumber("activityRegularization", "l1", l1, { minimum: 0 });
    checkNumber("activityRegularization", "l2", l2, { minimum: 0 });
    this.l1 = l1;
    this.l2 = l2;
  }

  call(input: Tensor, context: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    this.penalize(x, l1l2({ l1: this.l1, l2: this.l2 }), context);
    return x;
  }

  override config(): Configuration {
    return { ...super.config(), l1: this.l1, l2: this.l2 };
  }
}

/**
 * Adds a penalty on what passes through to the loss.
 *
 * @throws If a factor is below 0.
 * @example
 * layers.activityRegularization({ l1: 1e-4 });
 */
export function activityRegularization(options?: ActivityRegularizationOptions): ActivityRegularization {
  return new ActivityRegularization(options);
}
