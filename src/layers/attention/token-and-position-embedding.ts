/**
 * TokenAndPositionEmbedding, where most transformers begin: the learned vector of a token plus that of its position:
 *
 *   out[b, t, c] = tokenEmbedding[in[b, t], c] + positionEmbedding[t, c]
 *
 * Input int32 (or any type holding whole numbers) `[batch, time]`, output `[batch, time, embeddingDim]`; the weights
 * `tokenEmbedding/embeddings` `[vocabularySize, embeddingDim]` and `positionEmbedding/embeddings` `[sequenceLength, embeddingDim]`.
 */
import { checkBoolean, checkInteger, describe } from "../../graph/options.ts";
import { type Configuration, isSerialized, type SerializedObject, serialize } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../../initializers/index.ts";
import type { Initializer } from "../../initializers/initializer.ts";
import { add } from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Embedding } from "../core/embedding.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { knownLayerFromConfig } from "../layer-registry.ts";
import type { Mask } from "../mask.ts";
import { serializeLayer } from "../sharing.ts";
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
  /** The embedding of the tokens in place of a new one, for a model that uses it elsewhere too. */
  tokenEmbedding?: Embedding | SerializedObject;
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
      tokenEmbedding: true,
    });
    super(name, options);
    const { vocabularySize, sequenceLength, embeddingDim, tokenEmbedding } = options;
    if (options.maskZero !== undefined) checkBoolean(name, "maskZero", options.maskZero);
    for (const [option, value] of Object.entries({ vocabularySize, sequenceLength, embeddingDim }))
      checkInteger(name, option, value, 1);
    const initializer = resolveInitializer(
      `${name}: embeddingsInitializer`,
      options.embeddingsInitializer ?? "randomUniform",
    );
    this.embeddingsInitializer = initializer;
    const given = isDescribed(tokenEmbedding) ? knownLayerFromConfig(tokenEmbedding) : tokenEmbedding;
    const tokens =
      given ??
      new Embedding({
        name: "tokenEmbedding",
        inputDim: vocabularySize,
        outputDim: embeddingDim,
        embeddingsInitializer: initializer,
        maskZero: options.maskZero ?? false,
      });
    if (!(tokens instanceof Embedding))
      throw new TypeError(`${name}: tokenEmbedding is ${describe(given)}, expected what layers.embedding gives`);
    const { inputDim, outputDim, maskZero } = tokens;
    if (inputDim !== vocabularySize || outputDim !== embeddingDim || maskZero !== (options.maskZero ?? maskZero))
      throw new RangeError(
        `${name}: tokenEmbedding has ${inputDim} tokens, vectors of ${outputDim} and maskZero ${maskZero}, but vocabularySize is ` +
          `${vocabularySize}, embeddingDim ${embeddingDim} and maskZero ${options.maskZero ?? maskZero}; give the same`,
      );
    this.supportsMasking = maskZero;
    this.tokenEmbedding = this.addSublayer("tokenEmbedding", tokens);
    this.positionEmbedding = this.addSublayer(
      "positionEmbedding",
      new PositionEmbedding({ name: "positionEmbedding", sequenceLength, initializer }),
    );
    this.setInputRequirement({ rank: 1, axes: "[time]" });
  }

  override get indexLimit(): number {
    return this.tokenEmbedding.inputDim;
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    if (!this.tokenEmbedding.built) this.tokenEmbedding.build(inputShape);
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
      tokenEmbedding: serializeLayer(this.tokenEmbedding),
    };
  }
}

function isDescribed(value: Embedding | SerializedObject | undefined): value is SerializedObject {
  return typeof value === "object" && value !== null && isSerialized(value);
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
