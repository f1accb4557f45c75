/**
 * Multi-head attention: Vaswani et al., "Attention is all you need" (2017). For each head h:
 *
 *   head_h = softmax(q_h k_hᵀ / √keyDim) v_h,   q_h = query · queryKernel[:, h, :] + queryBias[h, :],   likewise k and v
 *   out[b, t, o] = Σ over h, d of head_h[b, t, d] · outputKernel[h, d, o] + outputBias[o]
 *
 * One input attends to itself; of two the first is the query, the second gives values and keys; a third gives the keys.
 * Masks: no query sees a masked key or value, and a masked query, or one that sees no key, gets the output's bias alone.
 * Inputs `[batch, time, features]`, output `[batch, query time, features of the query]` or `outputSize`. With
 * `useAttentionMask` one more input follows, the mask, `[batch, keys]` or `[batch, queries, keys]`: not 0 where a key may be seen. With
 * `returnAttentionScores` a second result follows, how much each query looks at each key, `[batch, heads, queries, keys]`, before dropout.
 *
 * With fewer heads of keys and values than of queries, groups of neighbouring heads share them: Ainslie et al., "GQA: training
 * generalized multi-query transformer models from multi-head checkpoints" (2023). With `useRotaryEmbedding` queries and keys
 * are turned by their positions: Su et al., "RoFormer" (2021).
 */
import { checkBoolean, checkInteger, checkNumber } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import type { InitializerLike } from "../../initializers/index.ts";
import { mergeHeads, rotaryPositions, scaledDotProductAttention, splitHeads } from "../../ops/attention.ts";
import { add, cast, logicalAnd, where } from "../../ops/elementwise.ts";
import { matmul } from "../../ops/linear.ts";
import { expandDims, reshape } from "../../ops/movement.ts";
import type { RegularizerLike } from "../../regularizers/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions } from "../layer.ts";
import { checkedMask, type Mask } from "../mask.ts";
import { RandomLayer, type RandomLayerOptions } from "../random-layer.ts";
import { dropped } from "../regularization/dropout-layer.ts";
import { WeightSettings } from "../weight-settings.ts";
import { checkMaskShape, visibleKeys } from "./attention-mask.ts";

export interface MultiHeadAttentionOptions extends RandomLayerOptions {
  /** How many heads look at once, at least 1. */
  numHeads: number;
  /** How many heads of keys and values there are, a divisor of `numHeads`, which share them; default `numHeads`. */
  numKeyValueHeads?: number;
  /** The width of each head's queries and keys, at least 1. */
  keyDim: number;
  /** The width of each head's values; default `keyDim`. */
  valueDim?: number;
  /** The width of the output; default that of the query. */
  outputSize?: number;
  /** The fraction of the attention weights dropped in training; default 0. */
  dropout?: number;
  /** Whether to add biases; default true. */
  useBias?: boolean;
  /** Whether a query sees only keys at its own position and before; default false. */
  useCausalMask?: boolean;
  /** Whether the last input is a mask: `[batch, keys]` or `[batch, queries, keys]`, not 0 where a key may be seen; default false. */
  useAttentionMask?: boolean;
  /** Whether to return how much each query looks at each key as well, `[heads, queries, keys]` of an example; default false. */
  returnAttentionScores?: boolean;
  /** Whether queries and keys are turned by their positions, for which `keyDim` must be even; default false. */
  useRotaryEmbedding?: boolean;
  /** The longest wavelength of the rotation over 2π, above 0; default 10000. */
  rotaryMaxWavelength?: number;
  /** Default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on the four kernels; default none. */
  kernelRegularizer?: RegularizerLike;
}

const roles = ["query", "key", "value"] as const;
type Role = (typeof roles)[number];
type Given<T> = Record<Role, T> & { readonly mask: T | undefined };

/** Attention with several heads. Made by `multiHeadAttention`. */
export class MultiHeadAttention extends RandomLayer {
  static readonly className = "multiHeadAttention";
  readonly className = MultiHeadAttention.className;
  override readonly supportsMasking = true;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly dropout: number;
  readonly useBias: boolean;
  readonly useCausalMask: boolean;
  readonly useAttentionMask: boolean;
  readonly returnAttentionScores: boolean;
  readonly useRotaryEmbedding: boolean;
  readonly rotaryMaxWavelength: number;
  readonly #outputSize: number | undefined;
  readonly #kernel: WeightSettings;
  readonly #bias: WeightSettings;

  constructor(options: MultiHeadAttentionOptions) {
    const name = "multiHeadAttention";
    checkLayerOptions(name, options, {
      seed: true,
      numHeads: true,
      numKeyValueHeads: true,
      keyDim: true,
      valueDim: true,
      outputSize: true,
      dropout: true,
      useBias: true,
      useCausalMask: true,
      useAttentionMask: true,
      returnAttentionScores: true,
      useRotaryEmbedding: true,
      rotaryMaxWavelength: true,
      kernelInitializer: true,
      biasInitializer: true,
      kernelRegularizer: true,
    });
    super(name, options);
    const {
      numHeads,
      numKeyValueHeads = numHeads,
      keyDim,
      valueDim = keyDim,
      outputSize,
      dropout = 0,
      useBias = true,
      useCausalMask = false,
      useAttentionMask = false,
      returnAttentionScores = false,
      useRotaryEmbedding = false,
      rotaryMaxWavelength = 10_000,
    } = options;
    const sizes = { numHeads, numKeyValueHeads, keyDim, valueDim, outputSize: outputSize ?? 1 };
    for (const [option, value] of Object.entries(sizes)) checkInteger(name, option, value, 1);
    if (numHeads % numKeyValueHeads !== 0)
      throw new RangeError(
        `${name}: numKeyValueHeads is ${numKeyValueHeads}, which does not divide numHeads, ${numHeads}; each head of keys and ` +
          "values serves equally many of queries",
      );
    if (useRotaryEmbedding && keyDim % 2 !== 0)
      throw new RangeError(
        `${name}: keyDim is ${keyDim}, expected an even number with useRotaryEmbedding, which turns pairs`,
      );
    checkNumber(name, "rotaryMaxWavelength", rotaryMaxWavelength, { above: 0 });
    checkNumber(name, "dropout", dropout, { minimum: 0, maximum: 1 });
    const flags = { useBias, useCausalMask, useAttentionMask, returnAttentionScores, useRotaryEmbedding };
    for (const [option, value] of Object.entries(flags)) checkBoolean(name, option, value);
    this.numHeads = numHeads;
    this.numKeyValueHeads = numKeyValueHeads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
    this.#outputSize = outputSize;
    this.dropout = dropout;
    this.useBias = useBias;
    this.useCausalMask = useCausalMask;
    this.useAttentionMask = useAttentionMask;
    this.returnAttentionScores = returnAttentionScores;
    this.useRotaryEmbedding = useRotaryEmbedding;
    this.rotaryMaxWavelength = rotaryMaxWavelength;
    this.#kernel = new WeightSettings(name, "kernel", options, "glorotUniform");
    this.#bias = new WeightSettings(name, "bias", options, "zeros");
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** The inputs by their roles. */
  #byRole<T>(inputs: readonly T[]): Given<T> {
    const masks = this.useAttentionMask ? 1 : 0;
    const [query, value = query, key = value] = masks ? inputs.slice(0, -1) : inputs;
    if (query === undefined || value === undefined || key === undefined || inputs.length > 3 + masks)
      throw new Error(
        `${this.path}: got ${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, but takes ` +
          (masks
            ? "2 to 4: query, value, key and, because of useAttentionMask, the mask"
            : "1 to 3: query, value, key"),
      );
    return { query, value, key, mask: masks ? inputs.at(-1) : undefined };
  }

  #widthOf(role: Role): number {
    return role === "value" ? this.valueDim : this.keyDim;
  }

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
    const shapes = this.#byRole(inputShapes);
    const { numHeads } = this;
    const addPair = (role: string, kernel: Shape, bias: Shape) => {
      this.addWeight({ name: `${role}Kernel`, shape: kernel, ...this.#kernel });
      if (this.useBias) this.addWeight({ name: `${role}Bias`, shape: bias, ...this.#bias });
    };
    for (const role of roles) {
      const [heads, width] = [role === "query" ? numHeads : this.numKeyValueHeads, this.#widthOf(role)];
      addPair(role, [shapes[role][1] as number, heads, width], [heads, width]);
    }
    const outputs = this.outputShapeAll(inputShapes)[1] as number;
    addPair("output", [numHeads, this.valueDim, outputs], [outputs]);
    this.addVariable("generator", this.generator.state);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callAll([x], context);
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.callOutputs(inputs, context)[0] as Tensor;
  }

  override callOutputs(inputs: readonly Tensor[], { training, masks = [] }: CallContext): readonly Tensor[] {
    const given = this.#byRole(inputs);
    for (const role of roles) this.checkedInput(given[role]);
    this.outputShapeAll(inputs.map(({ shape }) => shape.slice(1)));
    const query = this.#split(this.#turn(this.#project("query", given.query)));
    const key = this.#split(this.#turn(this.#project("key", given.key)));
    const value = this.#split(this.#project("value", given.value));
    const sequences = given.mask ? inputs.slice(0, -1) : inputs;
    const visible = this.#visible(
      sequences.map((x, index) => checkedMask(this.path, masks[index], x)),
      given.mask,
      query.rank,
    );
    const drop =
      training && this.dropout > 0
        ? (weights: Tensor) => dropped(weights, weights.shape, this.dropout, this.generator)
        : undefined;
    const kept = visible && ((weights: Tensor) => where(visible, weights, 0));
    let scores: Tensor | undefined;
    const note = this.returnAttentionScores
      ? (weights: Tensor) => {
          scores = weights;
          return weights;
        }
      : undefined;
    const mixed = scaledDotProductAttention(query, key, value, {
      causal: this.useCausalMask,
      // Not -Infinity, whose softmax is NaN where everything is masked; what has weight nevertheless is taken out behind it.
      ...(visible && { mask: where(visible, 0, -1e30) }),
      ...((kept || note || drop) && {
        dropWeights: (weights: Tensor) => [kept, note, drop].reduce((w, f) => f?.(w) ?? w, weights),
      }),
    });
    const kernel = this.weight("outputKernel");
    const outputs = kernel.shape[2] as number;
    const [batch, time] = given.query.shape as [number, number];
    const heads = mergeHeads(reshape(mixed, [batch, this.numHeads, time, this.valueDim]));
    const product = matmul(heads, reshape(kernel, [this.numHeads * this.valueDim, outputs]));
    const output = this.useBias ? add(product, this.weight("outputBias")) : product;
    return scores ? [output, reshape(scores, [batch, this.numHeads, time, given.key.shape[1] as number])] : [output];
  }

  /** Which keys each query may see by the inputs' masks and the mask among the inputs, bool to broadcast to scores of `rank` axes. */
  #visible(masks: readonly Mask[], given: Mask, rank: number): Mask {
    const [query, value = masks.length === 1 ? query : undefined, key] = masks;
    const [queries, values, keys] = [
      query && expandDims(query, -1),
      value && expandDims(value, 1),
      key && expandDims(key, 1),
    ];
    const parts = [queries, values, keys, given && visibleKeys(given)].filter((part) => part !== undefined);
    if (parts.length === 0) return undefined;
    const visible = parts.reduce(logicalAnd);
    const [batch, ...rest] = visible.shape as [number, number, number];
    return reshape(visible, [batch, ...new Array<number>(rank - 3).fill(1), ...rest]);
  }

  /** `[batch, time, features]` to `[batch, heads, time, width]`. */
  #project(role: Role, x: Tensor): Tensor {
    const kernel = this.weight(`${role}Kernel`);
    const [features, heads, width] = kernel.shape as [number, number, number];
    if (x.shape[2] !== features)
      throw new Error(
        `${this.path}: the ${role} has ${x.shape[2]} features (shape ${formatShape(x.shape)}), but the layer was built for ${features}`,
      );
    const product = matmul(cast(x, "float32"), reshape(kernel, [features, heads * width]));
    const biased = this.useBias ? add(product, reshape(this.weight(`${role}Bias`), [heads * width])) : product;
    return splitHeads(biased, heads);
  }

  /** Queries and keys, turned by their positions where asked to. */
  #turn(x: Tensor): Tensor {
    return this.useRotaryEmbedding ? rotaryPositions(x, { base: this.rotaryMaxWavelength }) : x;
  }

  /** `[batch, heads, time, width]`, where keys and values are shared to `[batch, heads of keys, heads that share them, time, width]`. */
  #split(x: Tensor): Tensor {
    const [batch, heads, time, width] = x.shape as [number, number, number, number];
    const shared = this.numKeyValueHeads;
    return shared === this.numHeads ? x : reshape(x, [batch, shared, heads / shared, time, width]);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    const { query, value, key, mask } = this.#byRole(inputShapes);
    for (const shape of [query, value, key]) this.checkShape(shape);
    if (value[0] !== key[0])
      throw new Error(
        `${this.path}: values are ${formatShape(value)} and keys ${formatShape(key)}; they must have one length of time`,
      );
    if (mask) checkMaskShape(this.path, mask, query[0] as number, key[0] as number);
    return [query[0] as number, this.#outputSize ?? (query[1] as number)];
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const output = this.outputShapeAll(inputShapes);
    const { query, key } = this.#byRole(inputShapes);
    return this.returnAttentionScores ? [output, [this.numHeads, query[0] as number, key[0] as number]] : [output];
  }

  override config(): Configuration {
    const { numHeads, numKeyValueHeads, keyDim, valueDim, dropout, useBias } = this;
    const { useCausalMask, useAttentionMask, returnAttentionScores, useRotaryEmbedding, rotaryMaxWavelength } = this;
    return {
      ...super.config(),
      numHeads,
      numKeyValueHeads,
      keyDim,
      valueDim,
      ...(this.#outputSize !== undefined && { outputSize: this.#outputSize }),
      dropout,
      useBias,
      useCausalMask,
      useAttentionMask,
      returnAttentionScores,
      useRotaryEmbedding,
      rotaryMaxWavelength,
      ...this.#kernel.config(),
      ...this.#bias.config(),
    };
  }
}

/**
 * Attention with several heads: `[batch, time, features]`, to itself or to other sequences.
 *
 * With `returnAttentionScores` how much each query looks at each key is a further result.
 *
 * @throws If a size is not a positive integer, the heads cannot be shared evenly, or an option is unknown.
 * @example
 * const layer = layers.multiHeadAttention({ numHeads: 4, keyDim: 32, useCausalMask: true });
 * layer.outputShape([64, 128]); // [64, 128]
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  return new MultiHeadAttention(options);
}
