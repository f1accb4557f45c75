/**
 * TokenAndPositionEmbedding, where most transformers begin: the learned vector of a token plus that of its position:
 *
 *   out[b, t, c] = tokenEmbedding[in[b, t], c] + positionEmbedding[t, c]
 *
 * Input int32 (or any type holding whole numbers) `[batch, time]`, output `[batch, time, embeddingDim]`; the weights
 * `tokenEmbedding/embeddings` `[vocabularySize, embeddingDim]` and `positionEmbedding/embeddings` `[sequenceLength, embeddingDim]`.
 */
import { checkBoolean, checkInteger } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Embedding } from "./embedding.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";
import type { Mask } from "./mask.ts";
import { PositionEmbedding } from "./position-embedding.ts";

export interface TokenAndPositionEmbeddingOptions extends LayerOptions {
  /** The number of different tokens, at least 1; each lies in [0, vocabularySize). */
  vocabularySize: number;
  /** How many positions there are, at least 1; sequences may be shorter. */
  sequenceLength: number;
  /** The length of the vectors, at least 1. */
  embeddingDim: number;
  /** Of both tables; default `"randomUniform"`. */
  embeddingsInitializer?: InitializerLike;
  /** Whether the token 0 means padding, which the layers behind leave out; default false. */
  maskZero?: boolean;
}

/** Learned vectors by token and position. Made by `tokenAndPositionEmbedding`. */
export class TokenAndPositionEmbedding extends Layer {
  static readonly className = "tokenAndPositionEmbedding";
  readonly className = TokenAndPositionEmbedding.className;
  override readonly supportsMasking: boolean;
  readonly tokenEmbedding: Embedding;
  readonly positionEmbedding: PositionEmbedding;
  readonly embeddingsInitializer: Initializer;

  constructor(options: TokenAndPositionEmbeddingOptions) {
    const name = "tokenAndPositionEmbedding";
    checkLayerOptions(name, options, {
      vocabularySize: true,
      sequenceLength: true,
      embeddingDim: true,
      embeddingsInitializer: true,
      maskZero: true,
    });
    super(name, options);
    const { vocabularySize, sequenceLength, embeddingDim, maskZero = false } = options;
    checkBoolean(name, "maskZero", maskZero);
    this.supportsMasking = maskZero;
    for (const [option, value] of Object.entries({ vocabularySize, sequenceLength, embeddingDim }))
      checkInteger(name, option, value, 1);
    const initializer = resolveInitializer(
      `${name}: embeddingsInitializer`,
      options.embeddingsInitializer ?? "randomUniform",
    );
    this.embeddingsInitializer = initializer;
    this.tokenEmbedding = this.addSublayer(
      "tokenEmbedding",
      new Embedding({
        name: "tokenEmbedding",
        inputDim: vocabularySize,
        outputDim: embeddingDim,
        embeddingsInitializer: initializer,
        maskZero,
      }),
    );
    this.positionEmbedding = this.addSublayer(
      "positionEmbedding",
      new PositionEmbedding({ name: "positionEmbedding", sequenceLength, initializer }),
    );
    this.setInputRequirement({ rank: 1, axes: "[time]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.tokenEmbedding.build(inputShape);
    this.positionEmbedding.build(this.tokenEmbedding.outputShape(inputShape));
  }

  /** @throws IndexError When it runs, if a token is outside [0, vocabularySize). */
  call(x: Tensor): Tensor {
    const tokens = this.tokenEmbedding.call(this.checkedInput(x));
    return add(tokens, this.positionEmbedding.call(tokens));
  }

  override computeMask(inputs: readonly Tensor[]): Mask {
    return this.tokenEmbedding.computeMask(inputs);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return this.positionEmbedding.outputShape(this.tokenEmbedding.outputShape(inputShape));
  }

  override config(): Configuration {
    return {
      ...super.config(),
      vocabularySize: this.tokenEmbedding.inputDim,
      sequenceLength: this.positionEmbedding.sequenceLength,
      embeddingDim: this.tokenEmbedding.outputDim,
      embeddingsInitializer: serialize(this.embeddingsInitializer),
      maskZero: this.tokenEmbedding.maskZero,
    };
  }
}

/**
 * The sum of learned vectors of tokens and of their positions: `[batch, time]` to `[batch, time, embeddingDim]`.
 *
 * @throws If a size is not a positive integer, or a sequence is longer than `sequenceLength`.
 * @example
 * layers.tokenAndPositionEmbedding({ vocabularySize: 5000, sequenceLength: 128, embeddingDim: 64 }).outputShape([128]); // [128, 64]
 */
export function tokenAndPositionEmbedding(options: TokenAndPositionEmbeddingOptions): TokenAndPositionEmbedding {
  return new TokenAndPositionEmbedding(options);
}
