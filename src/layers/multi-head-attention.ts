/**
 * Multi-head attention: Vaswani et al., "Attention is all you need" (2017). For each head h:
 *
 *   head_h = softmax(q_h k_hᵀ / √keyDim) v_h,   q_h = query · queryKernel[:, h, :] + queryBias[h, :],   likewise k and v
 *   out[b, t, o] = Σ over h, d of head_h[b, t, d] · outputKernel[h, d, o] + outputBias[o]
 *
 * One input attends to itself; of two the first is the query, the second gives values and keys; a third gives the keys.
 * Masks: no query sees a masked key or value, and a masked query, or one that sees no key, gets the output's bias alone.
 * Inputs `[batch, time, features]`, output `[batch, query time, features of the query]` or `outputSize`.
 */
import { checkBoolean, checkInteger, checkNumber } from "../graph/options.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { mergeHeads, scaledDotProductAttention, splitHeads } from "../ops/attention.ts";
import { add, cast, logicalAnd, multiply, where } from "../ops/elementwise.ts";
import { matmul } from "../ops/linear.ts";
import { expandDims, reshape } from "../ops/movement.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import { randomBernoulli } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, serializeOptional } from "./layer.ts";
import { checkedMask, type Mask } from "./mask.ts";
import { RandomLayer, type RandomLayerOptions } from "./random-layer.ts";

export interface MultiHeadAttentionOptions extends RandomLayerOptions {
  /** How many heads look at once, at least 1. */
  numHeads: number;
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
  /** Default `"glorotUniform"`. */
  kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  biasInitializer?: InitializerLike;
  /** A penalty on the four kernels; default none. */
  kernelRegularizer?: RegularizerLike;
}

const roles = ["query", "key", "value"] as const;
type Role = (typeof roles)[number];

/** Attention with several heads. Made by `multiHeadAttention`. */
export class MultiHeadAttention extends RandomLayer {
  static readonly className = "multiHeadAttention";
  readonly className = MultiHeadAttention.className;
  override readonly supportsMasking = true;
  readonly numHeads: number;
  readonly keyDim: number;
  readonly valueDim: number;
  readonly dropout: number;
  readonly useBias: boolean;
  readonly useCausalMask: boolean;
  readonly #outputSize: number | undefined;
  readonly #kernelInitializer: Initializer;
  readonly #biasInitializer: Initializer;
  readonly #kernelRegularizer: Regularizer | undefined;

  constructor(options: MultiHeadAttentionOptions) {
    const name = "multiHeadAttention";
    checkLayerOptions(name, options, {
      seed: true,
      numHeads: true,
      keyDim: true,
      valueDim: true,
      outputSize: true,
      dropout: true,
      useBias: true,
      useCausalMask: true,
      kernelInitializer: true,
      biasInitializer: true,
      kernelRegularizer: true,
    });
    super(name, options);
    const {
      numHeads,
      keyDim,
      valueDim = keyDim,
      outputSize,
      dropout = 0,
      useBias = true,
      useCausalMask = false,
    } = options;
    for (const [option, value] of Object.entries({ numHeads, keyDim, valueDim, outputSize: outputSize ?? 1 }))
      checkInteger(name, option, value, 1);
    checkNumber(name, "dropout", dropout, { minimum: 0, maximum: 1 });
    checkBoolean(name, "useBias", useBias);
    checkBoolean(name, "useCausalMask", useCausalMask);
    this.numHeads = numHeads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
    this.#outputSize = outputSize;
    this.dropout = dropout;
    this.useBias = useBias;
    this.useCausalMask = useCausalMask;
    this.#kernelInitializer = resolveInitializer(
      `${name}: kernelInitializer`,
      options.kernelInitializer ?? "glorotUniform",
    );
    this.#biasInitializer = resolveInitializer(`${name}: biasInitializer`, options.biasInitializer ?? "zeros");
    const { kernelRegularizer } = options;
    this.#kernelRegularizer =
      kernelRegularizer === undefined ? undefined : resolveRegularizer(`${name}: kernelRegularizer`, kernelRegularizer);
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** The inputs by their roles. */
  #byRole<T>(inputs: readonly T[]): Record<Role, T> {
    const [query, value = query, key = value] = inputs;
    if (query === undefined || value === undefined || key === undefined || inputs.length > 3)
      throw new Error(`${this.path}: got ${inputs.length} inputs, but takes 1 to 3: query, value, key`);
    return { query, value, key };
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
      const [initializer, regularizer] = [this.#kernelInitializer, this.#kernelRegularizer];
      this.addWeight({ name: `${role}Kernel`, shape: kernel, initializer, regularizer });
      if (this.useBias) this.addWeight({ name: `${role}Bias`, shape: bias, initializer: this.#biasInitializer });
    };
    for (const role of roles) {
      const width = this.#widthOf(role);
      addPair(role, [shapes[role][1] as number, numHeads, width], [numHeads, width]);
    }
    const outputs = this.outputShapeAll(inputShapes)[1] as number;
    addPair("output", [numHeads, this.valueDim, outputs], [outputs]);
    this.addVariable("generator", this.generator.state);
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callAll([x], context);
  }

  override callAll(inputs: readonly Tensor[], { training, masks = [] }: CallContext): Tensor {
    const checked = inputs.map((x) => this.checkedInput(x));
    const given = this.#byRole(checked);
    this.outputShapeAll(checked.map(({ shape }) => shape.slice(1)));
    const [query, key, value] = roles.map((role) => this.#project(role, given[role])) as [Tensor, Tensor, Tensor];
    const visible = this.#visible(checked.map((x, index) => checkedMask(this.path, masks[index], x)));
    const dropped = training && this.dropout > 0 ? (weights: Tensor) => this.#drop(weights) : undefined;
    const kept = visible && ((weights: Tensor) => where(visible, weights, 0));
    const mixed = scaledDotProductAttention(query, key, value, {
      causal: this.useCausalMask,
      // Not -Infinity, whose softmax is NaN where everything is masked; what has weight nevertheless is taken out behind it.
      ...(visible && { mask: where(visible, 0, -1e30) }),
      ...((kept || dropped) && {
        dropWeights: (weights: Tensor) => [kept, dropped].reduce((w, f) => f?.(w) ?? w, weights),
      }),
    });
    const kernel = this.weight("outputKernel");
    const outputs = kernel.shape[2] as number;
    const product = matmul(mergeHeads(mixed), reshape(kernel, [this.numHeads * this.valueDim, outputs]));
    return this.useBias ? add(product, this.weight("outputBias")) : product;
  }

  /** Which keys each query may see by the inputs' masks, bool to broadcast to `[batch, heads, queries, keys]`. */
  #visible(masks: readonly Mask[]): Mask {
    const [query, value = masks.length === 1 ? query : undefined, key] = masks;
    const [queries, values, keys] = [
      query && expandDims(query, -1),
      value && expandDims(value, 1),
      key && expandDims(key, 1),
    ];
    const parts = [queries, values, keys].filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : expandDims(parts.reduce(logicalAnd), 1);
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

  #drop(weights: Tensor): Tensor {
    if (this.dropout === 1) return multiply(weights, 0);
    const kept = randomBernoulli(weights.shape, 1 - this.dropout, { generator: this.generator });
    return where(kept, multiply(weights, 1 / (1 - this.dropout)), 0);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    for (const shape of inputShapes) this.checkShape(shape);
    const { query, value, key } = this.#byRole(inputShapes);
    if (value[0] !== key[0])
      throw new Error(
        `${this.path}: values are ${formatShape(value)} and keys ${formatShape(key)}; they must have one length of time`,
      );
    return [query[0] as number, this.#outputSize ?? (query[1] as number)];
  }

  override config(): Configuration {
    const { numHeads, keyDim, valueDim, dropout, useBias, useCausalMask } = this;
    return {
      ...super.config(),
      numHeads,
      keyDim,
      valueDim,
      ...(this.#outputSize !== undefined && { outputSize: this.#outputSize }),
      dropout,
      useBias,
      useCausalMask,
      kernelInitializer: serialize(this.#kernelInitializer),
      biasInitializer: serialize(this.#biasInitializer),
      ...serializeOptional("kernelRegularizer", this.#kernelRegularizer),
    };
  }
}

/**
 * Attention with several heads: `[batch, time, features]`, to itself or to other sequences.
 *
 * @throws If a size is not a positive integer, or an option is unknown.
 * @example
 * const layer = layers.multiHeadAttention({ numHeads: 4, keyDim: 32, useCausalMask: true });
 * layer.outputShape([64, 128]); // [64, 128]
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  return new MultiHeadAttention(options);
}
