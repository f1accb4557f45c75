/**
 * Dense, a fully connected layer:
 *
 *   out[b, ..., o] = activation(Σ over i of in[b, ..., i] · kernel[i, o] + bias[o])
 *
 * Input `[batch, ..., inputs]`, output `[batch, ..., units]`; weights `kernel` `[inputs, units]` and `bias` `[units]`.
 */
import { checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { matmul } from "../../ops/linear.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { KernelLayer, type KernelLayerOptions, kernelLayerOptionNames } from "../kernel-layer.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";

export interface DenseOptions extends KernelLayerOptions {
  /** The number of outputs, at least 1. */
  units: number;
}

/** A fully connected layer, on the last axis. Made by `dense`. */
export class Dense extends KernelLayer {
  static readonly className = "dense";
  readonly className = Dense.className;
  override readonly supportsMasking = true;
  readonly units: number;

  constructor(options: DenseOptions) {
    checkLayerOptions("dense", options, { ...kernelLayerOptionNames, units: true });
    super("dense", options);
    checkInteger("dense", "units", options.units, 1);
    this.units = options.units;
    this.setInputRequirement({ minimumRank: 1, axes: "[..., inputs]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const inputs = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: inputs });
    this.addKernel([inputs, this.units], this.units);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.finish(matmul(this.checkedFloatInput(x), this.weight("kernel")), context);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.with(-1, this.units);
  }

  override config(): Configuration {
    return { ...super.config(), units: this.units };
  }
}

/**
 * A fully connected layer: `[batch, ..., inputs]` to `[batch, ..., units]`.
 *
 * @throws If `units` is not a positive integer, or an option is unknown.
 * @example
 * const layer = layers.dense({ units: 2, activation: "relu" });
 * layer.build([3]);
 * layer.call(tensor([[1, 2, 3]]), { training: false }).shape; // [1, 2]
 */
export function dense(options: DenseOptions): Dense {
  return new Dense(options);
}
