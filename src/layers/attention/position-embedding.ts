/**
 * PositionEmbedding gives each position a learned vector:
 *
 *   out[b, ..., t, c] = embeddings[t, c]
 *
 * Input `[batch, ..., time, features]`, of which only the shape counts; output of the same shape, to be added to the input. The
 * weight `embeddings` is `[sequenceLength, features]`. Gehring et al., "Convolutional sequence to sequence learning" (2017).
 */
import { checkInteger } from "../../graph/options.ts";
import { type Configuration, serialize } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../../initializers/index.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { broadcastTo } from "../../ops/movement.ts";
import { sliceAxis } from "../../ops/slicing.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";

export interface PositionEmbeddingOptions extends LayerOptions {
  /** How many positions there are, at least 1; sequences may be shorter. */
  sequenceLength: number;
  /** Default `"glorotUniform"`. */
  initializer?: InitializerLike;
}

/** Learned vectors by position. Made by `positionEmbedding`. */
export class PositionEmbedding extends Layer {
  static readonly className = "positionEmbedding";
  readonly className = PositionEmbedding.className;
  override readonly supportsMasking = true;
  readonly sequenceLength: number;
  readonly #initializer: Initializer;

  constructor(options: PositionEmbeddingOptions) {
    checkLayerOptions("positionEmbedding", options, { sequenceLength: true, initializer: true });
    super("positionEmbedding", options);
    checkInteger("positionEmbedding", "sequenceLength", options.sequenceLength, 1);
    this.sequenceLength = options.sequenceLength;
    this.#initializer = resolveInitializer("positionEmbedding: initializer", options.initializer ?? "glorotUniform");
    this.setInputRequirement({ minimumRank: 2, axes: "[..., time, features]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const features = inputShape.at(-1) as number;
    this.setInputRequirement({ lastAxis: features });
    this.addWeight({ name: "embeddings", shape: [this.sequenceLength, features], initializer: this.#initializer });
  }

  call(input: Tensor): Tensor {
    const { shape } = this.checkedInput(input);
    return broadcastTo(sliceAxis(this.weight("embeddings"), 0, 0, shape.at(-2)), shape);
  }

  /** @throws If a sequence is longer than there are positions. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    const time = shape.at(-2) as number;
    if (time > this.sequenceLength)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, ${time} positions, but sequenceLength is ${this.sequenceLength}; ` +
          "cut the sequences, or make sequenceLength larger",
      );
  }

  override config(): Configuration {
    return { ...super.config(), sequenceLength: this.sequenceLength, initializer: serialize(this.#initializer) };
  }
}

/**
 * A learned vector for each position, in the shape of the input `[batch, ..., time, features]`.
 *
 * @throws If `sequenceLength` is not a positive integer, or a sequence is longer.
 * @example
 * const embedded = layers.embedding({ inputDim: 5000, outputDim: 64 }).apply(tokens);
 * layers.add().apply([embedded, layers.positionEmbedding({ sequenceLength: 128 }).apply(embedded)]);
 */
export function positionEmbedding(options: PositionEmbeddingOptions): PositionEmbedding {
  return new PositionEmbedding(options);
}
