/**
 * Rescaling brings data into the range a network works in:
 *
 *   out = in · scale + offset, as float32
 *
 * Input of any shape and type (uint8 images stay bytes until here), output float32 of the same shape; no weights.
 */
import { checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { add, multiply } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface RescalingOptions extends LayerOptions {
  /** The factor. */
  scale: number;
  /** What is added after; default 0. */
  offset?: number;
}

/** A linear change of range. Made by `rescaling`. */
export class Rescaling extends Layer {
  static readonly className = "rescaling";
  readonly className = Rescaling.className;
  override readonly supportsMasking = true;
  readonly scale: number;
  readonly offset: number;

  constructor(options: RescalingOptions) {
    checkLayerOptions("rescaling", options, { scale: true, offset: true });
    super("rescaling", options);
    const { scale, offset = 0 } = options;
    checkNumber("rescaling", "scale", scale);
    checkNumber("rescaling", "offset", offset);
    this.scale = scale;
    this.offset = offset;
  }

  call(input: Tensor): Tensor {
    const scaled = multiply(this.checkedFloatInput(input), this.scale);
    return this.offset === 0 ? scaled : add(scaled, this.offset);
  }

  override config(): Configuration {
    return { ...super.config(), scale: this.scale, offset: this.offset };
  }
}

/**
 * Multiplies its input and adds an offset; input of any shape and type, output float32.
 *
 * @example
 * layers.rescaling({ scale: 1 / 255 }); // bytes to [0, 1]
 */
export function rescaling(options: RescalingOptions): Rescaling {
  return new Rescaling(options);
}
