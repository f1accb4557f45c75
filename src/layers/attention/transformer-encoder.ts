/**
 * TransformerEncoder, one block of an encoder: self-attention, then a feedforward network, each with a path around it and a
 * normalization. Vaswani et al., "Attention is all you need" (2017); with `normalizeFirst`, Xiong et al. (2020).
 *
 * Input and output `[batch, time, features]`; with `useAttentionMask` a second input says which keys may be seen, `[batch, time]`
 * (padding) or `[batch, time, time]` (query, key): not 0 where they may. A mask that comes with the input hides its steps. Weights: `selfAttention/…`, `selfAttentionNorm/…`,
 * `feedforwardIntermediate/…`, `feedforwardOutput/…`, `feedforwardNorm/…`.
 */
import { checkBoolean } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { checkMaskShape } from "./attention-mask.ts";
import { TransformerBlock, type TransformerBlockOptions, transformerBlockOptionNames } from "./transformer-block.ts";

export interface TransformerEncoderOptions extends TransformerBlockOptions {
  /** Whether a query sees only keys at its own position and before; default false. */
  useCausalMask?: boolean;
  /** Whether a second input is a mask: `[batch, time]` or `[batch, time, time]`, not 0 where a key may be seen; default false. */
  useAttentionMask?: boolean;
}

/** A block of a transformer's encoder. Made by `transformerEncoder`. */
export class TransformerEncoder extends TransformerBlock {
  static readonly className = "transformerEncoder";
  readonly className = TransformerEncoder.className;
  readonly useCausalMask: boolean;
  readonly useAttentionMask: boolean;

  constructor(options: TransformerEncoderOptions) {
    const name = "transformerEncoder";
    checkLayerOptions(name, options, { ...transformerBlockOptionNames, useCausalMask: true, useAttentionMask: true });
    super(name, options);
    const { useCausalMask = false, useAttentionMask = false } = options;
    checkBoolean(name, "useCausalMask", useCausalMask);
    checkBoolean(name, "useAttentionMask", useAttentionMask);
    this.useCausalMask = useCausalMask;
    this.useAttentionMask = useAttentionMask;
  }

  protected buildSublayers([shape = [], ...masks]: readonly Shape[]): void {
    const { useCausalMask, useAttentionMask } = this;
    this.addAttention("selfAttention", [shape, ...masks], { toItself: true, useCausalMask, useAttentionMask });
    this.addFeedforward(shape);
  }

  protected transform([x, ...masks]: readonly [Tensor, ...Tensor[]], context: CallContext): Tensor {
    return this.feedforward(this.attend("selfAttention", x, masks, context), context);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    const [shape = [], mask] = inputShapes;
    const expected = this.useAttentionMask ? 2 : 1;
    if (inputShapes.length !== expected)
      throw new Error(
        `${this.path}: got ${inputShapes.length} ${inputShapes.length === 1 ? "input" : "inputs"}, but takes ${expected}: the sequence` +
          (this.useAttentionMask ? " and, because of useAttentionMask, the mask" : "; for a mask set useAttentionMask"),
      );
    this.checkShape(shape);
    if (mask) checkMaskShape(this.path, mask, shape[0] as number, shape[0] as number);
    return shape;
  }

  override config(): Configuration {
    const { useCausalMask, useAttentionMask } = this;
    return { ...super.config(), useCausalMask, useAttentionMask };
  }
}

/**
 * One block of a transformer's encoder; input and output `[batch, time, features]`.
 *
 * @throws If a size is not a positive integer, an option is unknown, or, when it is built, the heads do not divide the features.
 * @example
 * const tokens = input({ shape: [128] });
 * const isToken = input({ shape: [128] }); // 1 for tokens, 0 for padding
 * const x = layers.tokenAndPositionEmbedding({ vocabularySize: 5000, sequenceLength: 128, embeddingDim: 64 }).apply(tokens);
 * const block = layers.transformerEncoder({ intermediateDim: 256, numHeads: 4, useAttentionMask: true });
 * block.apply([x, isToken]).shape; // [128, 64]
 */
export function transformerEncoder(options: TransformerEncoderOptions): TransformerEncoder {
  return new TransformerEncoder(options);
}
