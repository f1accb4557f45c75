/**
 * Gated recurrent unit (Cho et al., 2014), with x[t] · kernel and h[t-1] · recurrentKernel each in three blocks z, r, h:
 *
 *   z = σ(xz + hz),  r = σ(xr + hr),  c = activation(xh + r · hh),  h[t] = z · h[t-1] + (1 - z) · c
 *
 * That is the form with the reset gate after the product (`resetAfter`, as in cuDNN and PyTorch), with a bias for either
 * side: `bias` `[2, 3 · units]`. Without `resetAfter`, hh = (r · h[t-1]) · recurrentKernel's last block and `bias` is
 * `[3 · units]`. Input `[batch, time, features]`, output `[batch, units]` or `[batch, time, units]`; weights `kernel`
 * `[features, 3 · units]` and `recurrentKernel` `[units, 3 · units]`.
 */
import { checkBoolean } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { add, multiply, subtract } from "../../ops/elementwise.ts";
import { split } from "../../ops/joining.ts";
import { matmul } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ActivationName, activationOf } from "../activations/activation-names.ts";
import { checkLayerOptions } from "../layer.ts";
import { CellLayer } from "./cell-layer.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";

export interface GRUOptions extends RecurrentLayerOptions {
  /** Of the gates; default `"sigmoid"`. */
  recurrentActivation?: ActivationName;
  /** Whether the reset gate acts after the product with the recurrent kernel; default true. */
  resetAfter?: boolean;
}

/** A layer of gated recurrent units. Made by `gru`. */
export class GRU extends CellLayer {
  static readonly className = "gru";
  readonly className = GRU.className;
  protected readonly blocks = 3;
  readonly stateCount = 1;
  readonly recurrentActivation: ActivationName;
  readonly resetAfter: boolean;

  constructor(options: GRUOptions) {
    checkLayerOptions("gru", options, { ...recurrentLayerOptionNames, recurrentActivation: true, resetAfter: true });
    super("gru", options);
    const { recurrentActivation = "sigmoid", resetAfter = true } = options;
    activationOf("gru: recurrentActivation", recurrentActivation);
    checkBoolean("gru", "resetAfter", resetAfter);
    this.recurrentActivation = recurrentActivation;
    this.resetAfter = resetAfter;
  }

  protected override biasShape(): Shape {
    const columns = this.blocks * this.units;
    return this.resetAfter ? [2, columns] : [columns];
  }

  /** The bias of the input's side (0) or of the state's (1). */
  #bias(side: 0 | 1): Tensor {
    return reshape(sliceAxis(this.weight("bias"), 0, side, side + 1), [this.blocks * this.units]);
  }

  protected addInputBias(projected: Tensor): Tensor {
    if (!this.useBias) return projected;
    return add(projected, this.resetAfter ? this.#bias(0) : this.weight("bias"));
  }

  protected step(
    input: Tensor,
    [state]: readonly Tensor[],
    product: Tensor,
    dropped: (block: number) => Tensor,
  ): readonly Tensor[] {
    const hidden = state as Tensor;
    const gate = activationOf(this.path, this.recurrentActivation);
    const [xz, xr, xh] = split(input, 3, -1) as [Tensor, Tensor, Tensor];
    const biased = this.useBias && this.resetAfter ? add(product, this.#bias(1)) : product;
    const [hz, hr, hh] = split(biased, 3, -1) as [Tensor, Tensor, Tensor];
    const update = gate(add(xz, hz));
    const reset = gate(add(xr, hr));
    const recalled = this.resetAfter ? multiply(reset, hh) : this.#product(multiply(reset, dropped(2)));
    const candidate = activationOf(this.path, this.activation)(add(xh, recalled));
    return [add(multiply(update, hidden), multiply(subtract(1, update), candidate))];
  }

  /** With the last block of the recurrent kernel. */
  #product(state: Tensor): Tensor {
    return matmul(state, sliceAxis(this.weight("recurrentKernel"), 1, 2 * this.units));
  }

  override config(): Configuration {
    const { recurrentActivation, resetAfter } = this;
    return { ...super.config(), recurrentActivation, resetAfter };
  }
}

/**
 * Gated recurrent units: `[batch, time, features]` to `[batch, units]`, or `[batch, time, units]` with `returnSequences`.
 *
 * With `returnState` the last state is a further result; given as a further input it is the state to begin with.
 *
 * @throws If `units` is not a positive integer, or an option is unknown.
 * @example
 * layers.gru({ units: 32, returnSequences: true }).outputShape([10, 4]); // [10, 32]
 */
export function gru(options: GRUOptions): GRU {
  return new GRU(options);
}
