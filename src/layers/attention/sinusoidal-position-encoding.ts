/**
 * SinusoidalPositionEncoding gives each position a fixed vector of waves of different lengths:
 *
 *   out[b, ..., t, 2i] = sin(t / maxWavelength^(2i / features)),   out[b, ..., t, 2i + 1] = cos of the same
 *
 * Input `[batch, ..., time, features]` with an even number of features, of which only the shape counts; output of the same shape,
 * to be added to the input. No weights. Vaswani et al., "Attention is all you need" (2017).
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { sinusoidalPositions } from "../../ops/attention.ts";
import { broadcastTo } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface SinusoidalPositionEncodingOptions extends LayerOptions {
  /** The longest wave over 2π, above 0; default 10000. */
  maxWavelength?: number;
}

/** Fixed vectors by position. Made by `sinusoidalPositionEncoding`. */
export class SinusoidalPositionEncoding extends Layer {
  static readonly className = "sinusoidalPositionEncoding";
  readonly className = SinusoidalPositionEncoding.className;
  override readonly supportsMasking = true;
  readonly maxWavelength: number;

  constructor(options: SinusoidalPositionEncodingOptions = {}) {
    checkLayerOptions("sinusoidalPositionEncoding", options, { maxWavelength: true });
    super("sinusoidalPositionEncoding", options);
    const { maxWavelength = 10_000 } = options;
    checkNumber("sinusoidalPositionEncoding", "maxWavelength", maxWavelength, { above: 0 });
    this.maxWavelength = maxWavelength;
    this.setInputRequirement({ minimumRank: 2, axes: "[..., time, features]" });
  }

  call(input: Tensor): Tensor {
    const { shape } = this.checkedInput(input);
    const [time, features] = shape.slice(-2) as [number, number];
    return broadcastTo(sinusoidalPositions(time, features, { base: this.maxWavelength }), shape);
  }

  /** @throws If the number of features is odd. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    if ((shape.at(-1) as number) % 2 !== 0)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, expected an even number of features: sine and cosine fill them in pairs`,
      );
  }

  override config(): Configuration {
    return { ...super.config(), maxWavelength: this.maxWavelength };
  }
}

/**
 * A fixed vector for each position, in the shape of the input `[batch, ..., time, features]`.
 *
 * @throws If `maxWavelength` is not above 0, or the number of features is odd.
 * @example
 * layers.add().apply([embedded, layers.sinusoidalPositionEncoding().apply(embedded)]);
 */
export function sinusoidalPositionEncoding(options?: SinusoidalPositionEncodingOptions): SinusoidalPositionEncoding {
  return new SinusoidalPositionEncoding(options);
}
