/** Attention and positions, the parts of a transformer that have no weights: Vaswani et al., "Attention is all you need" (2017). */
import { checkNumber, checkOptions } from "../graph/options.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { iota } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { softmax } from "./activations.ts";
import { add, cast, cos, lessEqual, multiply, negative, power, sin, where } from "./elementwise.ts";
import { concatenate, stack } from "./joining.ts";
import { matmul } from "./linear.ts";
import { expandDims, reshape, transpose } from "./movement.ts";
import { sliceAxis } from "./slicing.ts";

export interface AttentionOptions {
  /** Each query sees keys at its own position and before only; default false. */
  causal?: boolean;
  /** bool (true: may be seen) or float32 (added to the scores); broadcasts to `[..., queries, keys]`. */
  mask?: Tensor;
  /** The factor of the scores; default 1 / √width. */
  scale?: number;
  /** What becomes of the weights `[..., queries, keys]` before they mix the values, such as dropout; default nothing. */
  dropWeights?: (weights: Tensor) => Tensor;
}

/**
 * softmax(q kᵀ · scale + mask) v: each query's mixture of the values, weighted by how well their keys fit.
 *
 * @param query `[..., queries, width]`
 * @param key `[..., keys, width]`
 * @param value `[..., keys, valueWidth]`
 * @returns `[..., queries, valueWidth]`. A query that may see no key gives NaN.
 * @throws If widths or the numbers of keys and values differ; the message names both shapes.
 * @example
 * const x = randomNormal([2, 4, 16, 8]); // [batch, heads, time, width]
 * ops.scaledDotProductAttention(x, x, x, { causal: true }).shape; // [2, 4, 16, 8]
 */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor {
  checkOptions<AttentionOptions>("scaledDotProductAttention", options, {
    causal: true,
    mask: true,
    scale: true,
    dropWeights: true,
  });
  for (const [name, tensor] of Object.entries({ query, key, value }))
    if (tensor.rank < 2)
      throw new Error(
        `scaledDotProductAttention: ${name} has the shape ${formatShape(tensor.shape)}, expected at least [time, width]`,
      );
  const [queries, width] = query.shape.slice(-2) as [number, number];
  const [keys, keyWidth] = key.shape.slice(-2) as [number, number];
  if (keyWidth !== width || value.shape.at(-2) !== keys)
    throw new Error(
      `scaledDotProductAttention: query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ` +
        `${formatShape(value.shape)} do not fit: query and key must agree in the last axis, key and value in the one before`,
    );
  const { causal = false, mask, scale = 1 / Math.sqrt(width), dropWeights } = options;
  checkNumber("scaledDotProductAttention", "scale", scale, {});
  let scores = multiply(matmul(query, transposeLast(key)), scale);
  if (mask && !broadcastsTo(mask.shape, scores.shape))
    throw new Error(
      `scaledDotProductAttention: mask has the shape ${formatShape(mask.shape)}, expected one that broadcasts to ${formatShape(scores.shape)}, ` +
        "[..., queries, keys]; a mask of keys alone, [batch, keys], needs axes between: [batch, 1, keys]",
    );
  if (mask) scores = mask.dtype === "bool" ? where(mask, scores, Number.NEGATIVE_INFINITY) : add(scores, mask);
  if (causal) scores = add(scores, causalMask(queries, keys));
  const weights = softmax(scores);
  return matmul(dropWeights ? dropWeights(weights) : weights, value);
}

function broadcastsTo(shape: Shape, target: Shape): boolean {
  const missing = target.length - shape.length;
  return missing >= 0 && shape.every((size, axis) => size === 1 || size === target[missing + axis]);
}

/** float32 `[queries, keys]`: 0 where a query may see a key, that is at its own position and before, -Infinity elsewhere. */
export function causalMask(queries: number, keys: number = queries): Tensor {
  return where(lessEqual(iota([queries, keys], 1), iota([queries, keys], 0)), 0, Number.NEGATIVE_INFINITY);
}

/** `[batch, time, heads · width]` to `[batch, heads, time, width]`. @throws If `heads` does not divide the last axis. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, time, width] = x.shape as [number, number, number];
  if (x.rank !== 3 || width % heads !== 0)
    throw new Error(
      `splitHeads: ${formatShape(x.shape)} cannot be split into ${heads} heads; expected [batch, time, width] and a width that ${heads} divides`,
    );
  return transpose(reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

/** `[batch, heads, time, width]` back to `[batch, time, heads · width]`. */
export function mergeHeads(x: Tensor): Tensor {
  const [batch, heads, time, width] = x.shape as [number, number, number, number];
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, time, heads * width]);
}

/** Angles position / base^(2i / width), `[time, width / 2]`. */
function angles(time: number, width: number, base: number): Tensor {
  const half = width / 2;
  const frequencies = power(base, multiply(cast(iota([half]), "float32"), -2 / width));
  return multiply(expandDims(cast(iota([time]), "float32"), -1), frequencies);
}

function requireEven(name: string, width: number): void {
  if (width % 2 !== 0)
    throw new Error(`${name}: the width is ${width}, expected an even number: it is filled in pairs`);
}

/**
 * Fixed positions, to be added to embeddings: sin(p / base^(2i/width)) in the even columns, cos of the same in the odd ones.
 *
 * @returns float32 `[time, width]`
 * @throws If the width is odd.
 */
export function sinusoidalPositions(time: number, width: number, { base = 10_000 }: { base?: number } = {}): Tensor {
  requireEven("sinusoidalPositions", width);
  const angle = angles(time, width, base);
  return reshape(stack([sin(angle), cos(angle)], -1), [time, width]);
}

export interface RotaryOptions {
  /** The longest wavelength is 2π times this, above 0; default 10000. */
  base?: number;
  /** By how much positions are compressed, so that a model reaches further than it was trained for; above 0, default 1. */
  scalingFactor?: number;
}

/**
 * Rotary positions: turns each pair (i, i + width/2) of the last axis by an angle that grows with the position, so that the
 * product of a query and a key depends on their distance. Su et al., "RoFormer" (2021).
 *
 * @param x `[..., time, width]`
 * @throws If the width is odd, or an option not above 0.
 */
export function rotaryPositions(x: Tensor, options: RotaryOptions = {}): Tensor {
  checkOptions<RotaryOptions>("rotaryPositions", options, { base: true, scalingFactor: true });
  const { base = 10_000, scalingFactor = 1 } = options;
  checkNumber("rotaryPositions", "base", base, { above: 0 });
  checkNumber("rotaryPositions", "scalingFactor", scalingFactor, { above: 0 });
  const [time, width] = x.shape.slice(-2) as [number, number];
  requireEven("rotaryPositions", width);
  const angle = multiply(angles(time, width, base), 1 / scalingFactor);
  const both = (half: Tensor) => concatenate([half, half], -1);
  const turned = concatenate([negative(sliceAxis(x, -1, width / 2)), sliceAxis(x, -1, 0, width / 2)], -1);
  return add(multiply(x, both(cos(angle))), multiply(turned, both(sin(angle))));
}

function transposeLast(x: Tensor): Tensor {
  const axes = Array.from({ length: x.rank }, (_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
