/**
 * ReverseEmbedding turns vectors into scores of the indices of an embedding, with that embedding's own weights:
 *
 *   out[b, ..., i] = Σ over c of in[b, ..., c] · embeddings[i, c]
 *
 * and with `logitSoftCap` the scores x become cap · tanh(x / cap). Input `[batch, ..., outputDim]` of the embedding, output
 * `[batch, ..., inputDim]`. Press and Wolf, "Using the output embedding to improve language models" (2017).
 */
import { checkNumber, describe } from "../../graph/options.ts";
import { type Configuration, isSerialized, type SerializedObject } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { multiply, tanh } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { transpose } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { knownLayerFromConfig } from "../layer-registry.ts";
import { serializeLayer } from "../sharing.ts";
import { Embedding } from "./embedding.ts";

export interface ReverseEmbeddingOptions extends LayerOptions {
  /** Whose weights to use: an embedding that is part of the model, such as `tokenAndPositionEmbedding(…).tokenEmbedding`. */
  embedding: Embedding | SerializedObject;
  /** Scores stay between minus this and this, above 0; default unbounded. Gemma Team (2024). */
  logitSoftCap?: number;
}

/** The transpose of an embedding. Made by `reverseEmbedding`. */
export class ReverseEmbedding extends Layer {
  static readonly className = "reverseEmbedding";
  readonly className = ReverseEmbedding.className;
  override readonly supportsMasking = true;
  readonly embedding: Embedding;
  readonly logitSoftCap: number | undefined;

  constructor(options: ReverseEmbeddingOptions) {
    checkLayerOptions("reverseEmbedding", options, { embedding: true, logitSoftCap: true });
    super("reverseEmbedding", options);
    const { embedding, logitSoftCap } = options;
    const isObject = typeof embedding === "object" && embedding !== null;
    const inner = isObject && isSerialized(embedding) ? knownLayerFromConfig(embedding) : embedding;
    if (!(inner instanceof Embedding))
      throw new TypeError(
        `reverseEmbedding: embedding is ${describe(inner)}, expected an embedding such as ` +
          "layers.embedding({ inputDim: 5000, outputDim: 64 })",
      );
    if (logitSoftCap !== undefined) checkNumber("reverseEmbedding", "logitSoftCap", logitSoftCap, { above: 0 });
    this.embedding = this.addSublayer("embedding", inner);
    this.logitSoftCap = logitSoftCap;
    this.setInputRequirement({ minimumRank: 1, axes: "[..., features]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    // Its weights do not depend on what it is applied to.
    if (!this.embedding.built) this.embedding.build([]);
  }

  call(input: Tensor): Tensor {
    const x = this.checkedFloatInput(input);
    const scores = matmul(x, transpose(this.embedding.weight("embeddings")));
    const cap = this.logitSoftCap;
    return cap === undefined ? scores : multiply(tanh(multiply(scores, 1 / cap)), cap);
  }

  /** @throws If the input has another width than the embedding's vectors. */
  protected override checkShape(shape: Shape): void {
    super.checkShape(shape);
    const { outputDim } = this.embedding;
    if (shape.at(-1) !== outputDim)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, but the embedding's vectors have ${outputDim} features; ` +
          `put a dense of ${outputDim} units before it`,
      );
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return inputShape.with(-1, this.embedding.inputDim);
  }

  override config(): Configuration {
    const { logitSoftCap } = this;
    return {
      ...super.config(),
      embedding: serializeLayer(this.embedding),
      ...(logitSoftCap !== undefined && { logitSoftCap }),
    };
  }
}

/**
 * Scores of an embedding's indices by its own weights, as the last layer of a language model: `[batch, ..., outputDim]` to
 * `[batch, ..., inputDim]`.
 *
 * @throws If what is given is no embedding, or the input's width is not that of its vectors.
 * @example
 * const embedding = layers.embedding({ inputDim: 5000, outputDim: 64 });
 * const hidden = layers.lstm({ units: 64, returnSequences: true }).apply(embedding.apply(tokens));
 * const logits = layers.reverseEmbedding({ embedding }).apply(hidden); // [time, 5000]
 */
export function reverseEmbedding(options: ReverseEmbeddingOptions): ReverseEmbedding {
  return new ReverseEmbedding(options);
}
