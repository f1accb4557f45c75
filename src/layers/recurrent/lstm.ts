/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997), with z = x[t] · kernel + h[t-1] · recurrentKernel + bias in four
 * blocks zi, zf, zc, zo:
 *
 *   i = σ(zi),  f = σ(zf),  o = σ(zo),  c[t] = f · c[t-1] + i · activation(zc),  h[t] = o · activation(c[t])
 *
 * Input `[batch, time, features]`, output `[batch, units]` or `[batch, time, units]`; weights `kernel` `[features, 4 · units]`,
 * `recurrentKernel` `[units, 4 · units]` and `bias` `[4 · units]`. The state is h and c.
 */
import { checkBoolean } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { Initializer } from "../../initializers/initializer.ts";
import { add, multiply } from "../../ops/elementwise.ts";
import { concatenate, split } from "../../ops/joining.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import { ones } from "../../tensor/creation.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ActivationName, activationOf } from "../activations/activation-names.ts";
import { checkLayerOptions } from "../layer.ts";
import { CellLayer } from "./cell-layer.ts";
import { type RecurrentLayerOptions, recurrentLayerOptionNames } from "./recurrent-options.ts";

export interface LSTMOptions extends RecurrentLayerOptions {
  /** Of the gates; default `"sigmoid"`. */
  recurrentActivation?: ActivationName;
  /** Starts the forget gate's bias at 1, so that the cell remembers at first (Jozefowicz et al., 2015); default true. */
  unitForgetBias?: boolean;
}

/** The values of another initializer, with ones in the block of the forget gate. */
class ForgetBias extends Initializer {
  readonly className = "forgetBias";
  readonly #others: Initializer;
  readonly #units: number;

  constructor(others: Initializer, units: number) {
    super();
    this.#others = others;
    this.#units = units;
  }

  call(shape: readonly number[]): Tensor {
    const values = this.#others.call(shape);
    const before = sliceAxis(values, 0, 0, this.#units);
    return concatenate([before, ones([this.#units]), sliceAxis(values, 0, 2 * this.#units)]);
  }

  config(): Configuration {
    return {};
  }
}

/** A layer of long short-term memory. Made by `lstm`. */
export class LSTM extends CellLayer {
  static readonly className = "lstm";
  readonly className = LSTM.className;
  protected readonly blocks = 4;
  readonly stateCount = 2;
  readonly recurrentActivation: ActivationName;
  readonly unitForgetBias: boolean;

  constructor(options: LSTMOptions) {
    checkLayerOptions("lstm", options, {
      ...recurrentLayerOptionNames,
      recurrentActivation: true,
      unitForgetBias: true,
    });
    super("lstm", options);
    const { recurrentActivation = "sigmoid", unitForgetBias = true } = options;
    activationOf("lstm: recurrentActivation", recurrentActivation);
    checkBoolean("lstm", "unitForgetBias", unitForgetBias);
    this.recurrentActivation = recurrentActivation;
    this.unitForgetBias = unitForgetBias;
  }

  protected override biasInitializer(): Initializer {
    const others = super.biasInitializer();
    return this.unitForgetBias ? new ForgetBias(others, this.units) : others;
  }

  protected addInputBias(projected: Tensor): Tensor {
    return this.useBias ? add(projected, this.weight("bias")) : projected;
  }

  protected step(input: Tensor, [, cell]: readonly Tensor[], product: Tensor): readonly Tensor[] {
    const activation = activationOf(this.path, this.activation);
    const gate = activationOf(this.path, this.recurrentActivation);
    const [i, f, c, o] = split(add(input, product), 4, -1) as [Tensor, Tensor, Tensor, Tensor];
    const next = add(multiply(gate(f), cell as Tensor), multiply(gate(i), activation(c)));
    return [multiply(gate(o), activation(next)), next];
  }

  override config(): Configuration {
    const { recurrentActivation, unitForgetBias } = this;
    return { ...super.config(), recurrentActivation, unitForgetBias };
  }
}

/**
 * Long short-term memory: `[batch, time, features]` to `[batch, units]`, or `[batch, time, units]` with `returnSequences`.
 *
 * With `returnState` the last h and c are further results; given as further inputs they are the state to begin with.
 *
 * @throws If `units` is not a positive integer, or an option is unknown.
 * @example
 * layers.lstm({ units: 128 }).outputShape([28, 28]); // [128]
 */
export function lstm(options: LSTMOptions): LSTM {
  return new LSTM(options);
}
