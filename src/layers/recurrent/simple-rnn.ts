/**
 * Simple recurrent layer (Elman, 1990):
 *
 *   h[t] = activation(x[t] · kernel + h[t-1] · recurrentKernel + bias),   h[-1] = 0
 *
 * Input `[batch, time, features]`, output `[batch, units]` or `[batch, time, units]`; weights `kernel` `[features, units]`,
 * `recurrentKernel` `[units, units]` and `bias` `[units]`.
 */
import { add } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { activationOf } from "../activations/activation-names.ts";
import { checkLayerOptions } from "../layer.ts";
import { CellLayer } from "./cell-layer.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";

/** A simple recurrent layer. Made by `simpleRNN`. */
export class SimpleRNN extends CellLayer {
  static readonly className = "simpleRNN";
  readonly className = SimpleRNN.className;
  protected readonly blocks = 1;
  readonly stateCount = 1;

  constructor(options: RecurrentLayerOptions) {
    checkLayerOptions("simpleRNN", options, recurrentLayerOptionNames);
    super("simpleRNN", options);
  }

  protected addInputBias(projected: Tensor): Tensor {
    return this.useBias ? add(projected, this.weight("bias")) : projected;
  }

  protected step(input: Tensor, _state: readonly Tensor[], product: Tensor): readonly Tensor[] {
    return [activationOf(this.path, this.activation)(add(input, product))];
  }
}

/**
 * A simple recurrent layer: `[batch, time, features]` to `[batch, units]`, or `[batch, time, units]` with `returnSequences`.
 *
 * With `returnState` the last state is a further result; given as a further input it is the state to begin with.
 *
 * @throws If `units` is not a positive integer, or an option is unknown.
 * @example
 * layers.simpleRNN({ units: 16, returnSequences: true }).outputShape([28, 8]); // [28, 16]
 */
export function simpleRNN(options: RecurrentLayerOptions): SimpleRNN {
  return new SimpleRNN(options);
}
