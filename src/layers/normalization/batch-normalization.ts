/**
 * BatchNormalization keeps each feature's mean near 0 and its variance near 1:
 *
 *   out[..., c] = gamma[c] · (in[..., c] - mean[c]) / √(variance[c] + epsilon) + beta[c]
 *
 * In training, mean and variance (divided by the count) are the batch's, over all axes but the last, and the moving
 * statistics follow them: moving ← momentum · moving + (1 - momentum) · batch. In inference, and where the layer is
 * frozen (`trainable` false), they are the moving ones. What a mask leaves out has no part in the batch's statistics.
 *
 * Input and output `[batch, ..., features]`; weights `gamma`, `beta`, and the state `movingMean`, `movingVariance`, each
 * `[features]`. Ioffe and Szegedy (2015).
 */
import { checkNumber } from "../../graph/options.ts";
import { type Configuration, serialize } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../../initializers/index.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { add, cast, divide, maximum, multiply, square, subtract, where } from "../../ops/elementwise.ts";
import { broadcastTo } from "../../ops/movement.ts";
import { mean, sum } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Variable } from "../../tensor/variable.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { checkedMask, type Mask, maskOfRank } from "../mask.ts";
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  affineNormalizationOptionNames,
} from "./normalization-layer.ts";

export interface BatchNormalizationOptions extends AffineNormalizationOptions {
  /** How much of the moving statistics stays at each batch, in [0, 1]; default 0.99. */
  momentum?: number;
  /** Default `"zeros"`. */
  movingMeanInitializer?: InitializerLike;
  /** Default `"ones"`. */
  movingVarianceInitializer?: InitializerLike;
}

/** Normalization over the batch. Made by `batchNormalization`. */
export class BatchNormalization extends AffineNormalization {
  static readonly className = "batchNormalization";
  readonly className = BatchNormalization.className;
  readonly momentum: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;

  constructor(options: BatchNormalizationOptions = {}) {
    checkLayerOptions("batchNormalization", options, {
      ...affineNormalizationOptionNames,
      momentum: true,
      movingMeanInitializer: true,
      movingVarianceInitializer: true,
    });
    super("batchNormalization", options);
    const { momentum = 0.99, movingMeanInitializer = "zeros", movingVarianceInitializer = "ones" } = options;
    checkNumber("batchNormalization", "momentum", momentum, { minimum: 0, maximum: 1 });
    this.momentum = momentum;
    this.movingMeanInitializer = resolveInitializer("batchNormalization: movingMeanInitializer", movingMeanInitializer);
    this.movingVarianceInitializer = resolveInitializer(
      "batchNormalization: movingVarianceInitializer",
      movingVarianceInitializer,
    );
  }

  protected override addFeatureWeights(shape: Shape): void {
    super.addFeatureWeights(shape);
    this.addWeight({ name: "movingMean", shape, initializer: this.movingMeanInitializer, trainable: false });
    this.addWeight({ name: "movingVariance", shape, initializer: this.movingVarianceInitializer, trainable: false });
  }

  call(input: Tensor, { training, masks: [given] = [] }: CallContext): Tensor {
    const x = this.checkedFloatInput(input);
    const movingMean = this.weight("movingMean");
    const movingVariance = this.weight("movingVariance");
    if (!training || !this.trainable) {
      const factor = this.#factor(movingVariance);
      // One multiplication and one addition an element: what depends on the feature alone is computed once.
      const shift = multiply(movingMean, factor);
      return add(multiply(x, factor), this.center ? subtract(this.weight("beta"), shift) : multiply(shift, -1));
    }
    const averaged = this.#averageOf(x, checkedMask(this.path, given, x));
    const batchMean = averaged(x);
    const centered = subtract(x, batchMean);
    const batchVariance = averaged(square(centered));
    this.#follow(movingMean, batchMean);
    this.#follow(movingVariance, batchVariance);
    const normalized = multiply(centered, this.#factor(batchVariance));
    return this.center ? add(normalized, this.weight("beta")) : normalized;
  }

  /** The mean over all axes but the last, of the steps that count. */
  #averageOf(x: Tensor, mask: Mask): (values: Tensor) => Tensor {
    const axis = Array.from({ length: x.rank - 1 }, (_, each) => each);
    if (!mask) return (values) => mean(values, { axis });
    const kept = broadcastTo(maskOfRank(mask, x.rank), [...x.shape.slice(0, -1), 1]);
    const steps = maximum(sum(cast(kept, "float32")), 1);
    return (values) => divide(sum(where(kept, values, 0), { axis }), steps);
  }

  /** What each feature is multiplied with. */
  #factor(variance: Tensor): Tensor {
    const inverse = this.inverseRoot(variance);
    return this.scale ? multiply(this.weight("gamma"), inverse) : inverse;
  }

  #follow(moving: Variable, batch: Tensor): void {
    moving.assign(add(multiply(moving, this.momentum), multiply(batch, 1 - this.momentum)));
  }

  override config(): Configuration {
    return {
      ...super.config(),
      momentum: this.momentum,
      movingMeanInitializer: serialize(this.movingMeanInitializer),
      movingVarianceInitializer: serialize(this.movingVarianceInitializer),
    };
  }
}

/**
 * Normalizes each feature (each channel of an image) over the batch; input and output `[batch, ..., features]`.
 *
 * @example
 * layers.batchNormalization({ momentum: 0.9 });
 */
export function batchNormalization(options?: BatchNormalizationOptions): BatchNormalization {
  return new BatchNormalization(options);
}
