/**
 * Embedding turns indices into learned vectors:
 *
 *   out[b, ..., o] = embeddings[in[b, ...], o]
 *
 * Input int32 (or any type holding whole numbers) `[batch, ...]`, output `[batch, ..., outputDim]`; the weight `embeddings` is
 * `[inputDim, outputDim]`. With `maskZero` the index 0 is padding: the layers behind see a mask of the input's shape.
 */
import type { ConstraintLike } from "../../constraints/index.ts";
import { checkBoolean, checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { cast, notEqual } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { WeightSettings } from "../weight-settings.ts";

export interface EmbeddingOptions extends LayerOptions {
  /** The number of different indices, at least 1; each index lies in [0, inputDim). */
  inputDim: number;
  /** The length of the vectors, at least 1. */
  outputDim: number;
  /** Default `"randomUniform"`. */
  embeddingsInitializer?: InitializerLike;
  /** A penalty on the vectors; default none. */
  embeddingsRegularizer?: RegularizerLike;
  /** A condition that each update of the vectors restores; default none. */
  embeddingsConstraint?: ConstraintLike;
  /** Whether the index 0 means padding, which the layers behind leave out; default false. */
  maskZero?: boolean;
}

/** Learned vectors by index. Made by `embedding`. */
export class Embedding extends Layer {
  static readonly className = "embedding";
  readonly className = Embedding.className;
  override readonly supportsMasking: boolean;
  readonly inputDim: number;
  readonly outputDim: number;
  readonly #embeddings: WeightSettings;

  constructor(options: EmbeddingOptions) {
    checkLayerOptions("embedding", options, {
      inputDim: true,
      outputDim: true,
      embeddingsInitializer: true,
      embeddingsRegularizer: true,
      embeddingsConstraint: true,
      maskZero: true,
    });
    super("embedding", options);
    const { inputDim, outputDim, maskZero = false } = options;
    checkInteger("embedding", "inputDim", inputDim, 1);
    checkInteger("embedding", "outputDim", outputDim, 1);
    checkBoolean("embedding", "maskZero", maskZero);
    this.supportsMasking = maskZero;
    this.inputDim = inputDim;
    this.outputDim = outputDim;
    this.#embeddings = new WeightSettings("embedding", "embeddings", options, "randomUniform");
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const { inputDim, outputDim } = this;
    this.addWeight({ name: "embeddings", shape: [inputDim, outputDim], ...this.#embeddings });
  }

  /** @throws IndexError When it runs, if an index is outside [0, inputDim). */
  call(x: Tensor): Tensor {
    const indices = cast(this.checkedInput(x), "int32");
    return gather(this.weight("embeddings"), indices);
  }

  override get indexLimit(): number {
    return this.inputDim;
  }

  /** Whether the index 0 means padding. */
  get maskZero(): boolean {
    return this.supportsMasking;
  }

  override computeMask([x]: readonly Tensor[]): Tensor {
    return notEqual(cast(x as Tensor, "int32"), 0);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [...inputShape, this.outputDim];
  }

  override config(): Configuration {
    const { inputDim, outputDim, maskZero } = this;
    return { ...super.config(), inputDim, outputDim, ...this.#embeddings.config(), maskZero };
  }
}

/**
 * Learned vectors by index.
 *
 * @throws If a size is not a positive integer.
 * @example
 * layers.embedding({ inputDim: 5000, outputDim: 64 }).outputShape([128]); // [128, 64]
 */
export function embedding(options: EmbeddingOptions): Embedding {
  return new Embedding(options);
}
