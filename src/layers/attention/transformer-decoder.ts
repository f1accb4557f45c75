/**
 * TransformerDecoder, one block of a decoder: self-attention that sees no later positions, attention to an encoder's sequence where
 * there is one, then a feedforward network, each with a path around it and a normalization. Vaswani et al., "Attention is
 * all you need" (2017). Without an encoder's sequence it is a block of GPT: Radford et al. (2018).
 *
 * Inputs, in this order: the sequence `[batch, time, features]`; the encoder's `[batch, encoder time, encoder features]`, or none;
 * with `useSelfAttentionMask` `[batch, time]` or `[batch, time, time]`; with `useCrossAttentionMask` `[batch, encoder time]` or
 * `[batch, time, encoder time]`. Masks are not 0 where a key may be seen; those that come with the sequences hide their steps. Output like the first input. Weights: `selfAttention/…`,
 * `selfAttentionNorm/…`, `crossAttention/…`, `crossAttentionNorm/…`, `feedforwardIntermediate/…`, `feedforwardOutput/…`,
 * `feedforwardNorm/…`.
 */
import { checkBoolean } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { checkMaskShape } from "./attention-mask.ts";
import { TransformerBlock, type TransformerBlockOptions, transformerBlockOptionNames } from "./transformer-block.ts";

export interface TransformerDecoderOptions extends TransformerBlockOptions {
  /** Whether self-attention sees only keys at a query's own position and before; default true. */
  useCausalMask?: boolean;
  /** Whether a mask of self-attention follows the sequences; default false. */
  useSelfAttentionMask?: boolean;
  /** Whether the last input is a mask of the attention to the encoder's sequence; default false. */
  useCrossAttentionMask?: boolean;
}

interface DecoderInputs<T> {
  readonly sequence: T;
  readonly encoded: T | undefined;
  readonly selfMask: T | undefined;
  readonly crossMask: T | undefined;
}

/** A block of a transformer's decoder. Made by `transformerDecoder`. */
export class TransformerDecoder extends TransformerBlock {
  static readonly className = "transformerDecoder";
  readonly className = TransformerDecoder.className;
  readonly useCausalMask: boolean;
  readonly useSelfAttentionMask: boolean;
  readonly useCrossAttentionMask: boolean;
  #inputCount: number | undefined;

  constructor(options: TransformerDecoderOptions) {
    const name = "transformerDecoder";
    checkLayerOptions(name, options, {
      ...transformerBlockOptionNames,
      useCausalMask: true,
      useSelfAttentionMask: true,
      useCrossAttentionMask: true,
    });
    super(name, options);
    const { useCausalMask = true, useSelfAttentionMask = false, useCrossAttentionMask = false } = options;
    for (const [option, value] of Object.entries({ useCausalMask, useSelfAttentionMask, useCrossAttentionMask }))
      checkBoolean(name, option, value);
    this.useCausalMask = useCausalMask;
    this.useSelfAttentionMask = useSelfAttentionMask;
    this.useCrossAttentionMask = useCrossAttentionMask;
  }

  #byRole<T>(inputs: readonly T[]): DecoderInputs<T> {
    const { useSelfAttentionMask, useCrossAttentionMask } = this;
    const masks = Number(useSelfAttentionMask) + Number(useCrossAttentionMask);
    const sequences = inputs.length - masks;
    const [sequence, second] = inputs;
    if (sequence === undefined || sequences < (useCrossAttentionMask ? 2 : 1) || sequences > 2)
      throw new Error(
        `${this.path}: got ${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, but takes the sequence, ` +
          `the encoder's sequence${useCrossAttentionMask ? "" : " or none"}` +
          (useSelfAttentionMask ? ", the mask of self-attention" : "") +
          (useCrossAttentionMask ? ", the mask of the attention to the encoder" : ""),
      );
    const wanted = this.#inputCount;
    if (wanted !== undefined && inputs.length !== wanted)
      throw new Error(
        `${this.path}: got ${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, but was built for ${wanted}; ` +
          `${inputs.length < wanted ? "give it the encoder's sequence as well" : "it has no attention to an encoder's sequence"}`,
      );
    return {
      sequence,
      encoded: sequences === 2 ? second : undefined,
      selfMask: useSelfAttentionMask ? inputs[sequences] : undefined,
      crossMask: useCrossAttentionMask ? inputs.at(-1) : undefined,
    };
  }

  protected buildSublayers(inputShapes: readonly Shape[]): void {
    this.#inputCount = inputShapes.length;
    const { sequence, encoded, selfMask, crossMask } = this.#byRole(inputShapes);
    this.addAttention("selfAttention", [sequence, ...(selfMask ? [selfMask] : [])], {
      toItself: true,
      useCausalMask: this.useCausalMask,
      useAttentionMask: selfMask !== undefined,
    });
    if (encoded)
      this.addAttention("crossAttention", [sequence, encoded, ...(crossMask ? [crossMask] : [])], {
        toItself: false,
        useAttentionMask: crossMask !== undefined,
      });
    this.addFeedforward(sequence);
  }

  protected transform(inputs: readonly Tensor[], context: CallContext): Tensor {
    const { sequence, encoded, selfMask, crossMask } = this.#byRole(inputs);
    const [mask, encodedMask] = context.masks ?? [];
    const seen = this.attend("selfAttention", sequence, selfMask ? [selfMask] : [], { ...context, masks: [mask] });
    const told = encoded
      ? this.attend("crossAttention", seen, [encoded, ...(crossMask ? [crossMask] : [])], {
          ...context,
          masks: [mask, encodedMask],
        })
      : seen;
    return this.feedforward(told, context);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    const { sequence, encoded, selfMask, crossMask } = this.#byRole(inputShapes);
    this.checkShape(sequence);
    const time = sequence[0] as number;
    if (encoded && encoded.length !== 2)
      throw new Error(
        `${this.path}: an example of the encoder's sequence has the shape ${formatShape(encoded)}, expected [time, features]`,
      );
    if (selfMask) checkMaskShape(this.path, selfMask, time, time);
    if (crossMask) checkMaskShape(this.path, crossMask, time, encoded?.[0] as number);
    return sequence;
  }

  override config(): Configuration {
    const { useCausalMask, useSelfAttentionMask, useCrossAttentionMask } = this;
    return { ...super.config(), useCausalMask, useSelfAttentionMask, useCrossAttentionMask };
  }
}

/**
 * One block of a transformer's decoder, with attention to an encoder's sequence if it is applied to one: `[batch, time, features]`.
 *
 * @throws If a size is not a positive integer, an option is unknown, or, when it is built, the heads do not divide the features.
 * @example
 * // A block of GPT-2.
 * layers.transformerDecoder({ intermediateDim: 3072, numHeads: 12, activation: "geluTanh", normalizeFirst: true, dropout: 0.1 });
 * // With an encoder, in a functional model.
 * layers.transformerDecoder({ intermediateDim: 256, numHeads: 4 }).apply([translation, encoded]);
 */
export function transformerDecoder(options: TransformerDecoderOptions): TransformerDecoder {
  return new TransformerDecoder(options);
}
