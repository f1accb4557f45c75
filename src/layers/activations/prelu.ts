/**
 * PReLU, a rectifier with a learned slope for negative inputs:
 *
 *   out[b, ...] = in[b, ...] where in > 0, else alpha[...] · in[b, ...]
 *
 * Input and output `[batch, ...]`; the weight `alpha` has the shape of one example, with size 1 for each of the shared axes.
 * He et al., "Delving deep into rectifiers" (2015).
 */
import type { ConstraintLike } from "../../constraints/index.ts";
import { describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { normalizeAxes, type Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { prelu } from "../../ops/activations.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { WeightSettings } from "../weight-settings.ts";

export interface PReLUOptions extends LayerOptions {
  /** Default `"zeros"`. */
  alphaInitializer?: InitializerLike;
  /** A penalty on the slopes; default none. */
  alphaRegularizer?: RegularizerLike;
  /** What the slopes are kept to after each step; default nothing. */
  alphaConstraint?: ConstraintLike;
  /** Axes along which all inputs have one slope, the batch being axis 0: `[1, 2]` for one a channel of an image; default none. */
  sharedAxes?: readonly number[];
}

/** A rectifier with a learned slope. Made by `pReLU`. */
export class PReLU extends Layer {
  static readonly className = "pReLU";
  readonly className = PReLU.className;
  override readonly supportsMasking = true;
  readonly sharedAxes: readonly number[];
  readonly #alpha: WeightSettings;

  constructor(options: PReLUOptions = {}) {
    checkLayerOptions("pReLU", options, {
      alphaInitializer: true,
      alphaRegularizer: true,
      alphaConstraint: true,
      sharedAxes: true,
    });
    super("pReLU", options);
    const { sharedAxes = [] } = options;
    if (!Array.isArray(sharedAxes))
      throw new TypeError(`pReLU: sharedAxes is ${describe(sharedAxes)}, expected an array such as [1, 2]`);
    this.#alpha = new WeightSettings("pReLU", "alpha", options, "zeros");
    this.sharedAxes = [...sharedAxes];
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const shared = normalizeAxes(this.sharedAxes, inputShape.length + 1, this.path);
    this.addWeight({
      name: "alpha",
      shape: inputShape.map((size, axis) => (shared.includes(axis + 1) ? 1 : size)),
      ...this.#alpha,
    });
  }

  call(x: Tensor): Tensor {
    return prelu(this.checkedFloatInput(x), this.weight("alpha"));
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    if (normalizeAxes(this.sharedAxes, inputShape.length + 1, this.path).includes(0))
      throw new RangeError(
        `${this.path}: sharedAxes is ${describe(this.sharedAxes)}, which names the batch axis; slopes are shared along it anyway`,
      );
    return inputShape;
  }

  override config(): Configuration {
    return { ...super.config(), ...this.#alpha.config(), sharedAxes: this.sharedAxes };
  }
}

/**
 * A rectifier with a learned slope for negative inputs.
 *
 * @throws If `sharedAxes` is no array; and, when it is built, if it names an axis that the input has not.
 * @example
 * layers.pReLU({ sharedAxes: [1, 2] }); // one slope for each channel of an image
 */
export function pReLU(options?: PReLUOptions): PReLU {
  return new PReLU(options);
}
