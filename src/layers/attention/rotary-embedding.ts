/**
 * RotaryEmbedding turns pairs of features by angles that grow with the position, so that products of two sequences turned so
 * depend on distances:
 *
 *   a = t / (scalingFactor · maxWavelength^(2i / features))
 *   out[..., i] = in[..., i] · cos a - in[..., i + features/2] · sin a
 *   out[..., i + features/2] = in[..., i + features/2] · cos a + in[..., i] · sin a
 *
 * Input and output `[batch, time, ..., features]` with an even number of features. No weights. Su et al., "RoFormer" (2021).
 */
import { checkInteger, checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, normalizeAxis, type Shape } from "../../graph/shape.ts";
import { rotaryPositions } from "../../ops/attention.ts";
import { transpose } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface RotaryEmbeddingOptions extends LayerOptions {
  /** The longest wave over 2π, above 0; default 10000. */
  maxWavelength?: number;
  /** By how much positions are compressed, above 0; default 1. */
  scalingFactor?: number;
  /** The axis of positions, counted with the batch axis; default 1. */
  sequenceAxis?: number;
  /** The axis of features, counted with the batch axis; default -1. */
  featureAxis?: number;
}

/** Features turned by position. Made by `rotaryEmbedding`. */
export class RotaryEmbedding extends Layer {
  static readonly className = "rotaryEmbedding";
  readonly className = RotaryEmbedding.className;
  override readonly supportsMasking = true;
  readonly maxWavelength: number;
  readonly scalingFactor: number;
  readonly sequenceAxis: number;
  readonly featureAxis: number;

  constructor(options: RotaryEmbeddingOptions = {}) {
    const name = "rotaryEmbedding";
    checkLayerOptions(name, options, {
      maxWavelength: true,
      scalingFactor: true,
      sequenceAxis: true,
      featureAxis: true,
    });
    super(name, options);
    const { maxWavelength = 10_000, scalingFactor = 1, sequenceAxis = 1, featureAxis = -1 } = options;
    checkNumber(name, "maxWavelength", maxWavelength, { above: 0 });
    checkNumber(name, "scalingFactor", scalingFactor, { above: 0 });
    checkInteger(name, "sequenceAxis", sequenceAxis);
    checkInteger(name, "featureAxis", featureAxis);
    this.maxWavelength = maxWavelength;
    this.scalingFactor = scalingFactor;
    this.sequenceAxis = sequenceAxis;
    this.featureAxis = featureAxis;
    this.setInputRequirement({ minimumRank: 2, axes: "[time, ..., features]" });
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const { sequence, feature } = this.#axesOf(x.shape);
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== sequence && axis !== feature);
    const order = [...axes, sequence, feature];
    const turned = rotaryPositions(transpose(x, order), {
      base: this.maxWavelength,
      scalingFactor: this.scalingFactor,
    });
    return transpose(
      turned,
      order.map((_, axis) => order.indexOf(axis)),
    );
  }

  /** The two axes of a shape with the batch axis. */
  #axesOf(shape: Shape): { sequence: number; feature: number } {
    const [sequence, feature] = (["sequenceAxis", "featureAxis"] as const).map((option) =>
      normalizeAxis(this[option], shape.length, `${this.path}: ${option}`),
    ) as [number, number];
    if (sequence === feature || sequence === 0 || feature === 0)
      throw new RangeError(
        `${this.path}: sequenceAxis is ${this.sequenceAxis} and featureAxis ${this.featureAxis} in inputs of ${shape.length} axes; ` +
          "they must be two axes other than the batch axis, 0",
      );
    return { sequence, feature };
  }

  /** @throws If the axes are not there, or the number of features is odd. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    const features = shape[this.#axesOf([1, ...shape]).feature - 1] as number;
    if (features % 2 !== 0)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)} with ${features} features, expected an even number: they are turned in pairs`,
      );
  }

  override config(): Configuration {
    const { maxWavelength, scalingFactor, sequenceAxis, featureAxis } = this;
    return { ...super.config(), maxWavelength, scalingFactor, sequenceAxis, featureAxis };
  }
}

/**
 * Turns features by their positions; input and output `[batch, time, ..., features]`.
 *
 * @throws If an option is not above 0, or the number of features is odd.
 * @example
 * layers.rotaryEmbedding().outputShape([128, 4, 32]); // [128, 4, 32]: time, heads, features
 */
export function rotaryEmbedding(options?: RotaryEmbeddingOptions): RotaryEmbedding {
  return new RotaryEmbedding(options);
}
