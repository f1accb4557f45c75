/**
 * Masks: which steps of sequences count, bool `[batch, time]` and true where a step does. A mask is no part of its tensor
 * but goes beside it, from layer to layer, as `CallContext.masks` in and as `Results.masks` out.
 */
import { formatShape, type Shape } from "../graph/shape.ts";
import { cast } from "../ops/elementwise.ts";
import { expandDims } from "../ops/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Which steps count: bool, in the shape of its tensor's first axes, mostly `[batch, time]`; undefined where all do. */
export type Mask = Tensor | undefined;

/** What a layer or a model makes of its inputs. */
export interface Results {
  readonly outputs: readonly Tensor[];
  /** The mask of each output. */
  readonly masks: readonly Mask[];
}

/** Whether a mask's shape is that of the first axes of its tensor, one of them at least. */
export function maskFits(mask: Shape, shape: Shape): boolean {
  return mask.length > 0 && mask.length <= shape.length && mask.every((size, axis) => size === shape[axis]);
}

/**
 * A mask as bool, where there is one.
 *
 * @param owner Whose input it belongs to, for the message.
 * @throws If its shape is not that of its tensor's first axes.
 */
export function checkedMask(owner: string, mask: Mask, { shape }: Tensor): Mask {
  if (mask === undefined) return undefined;
  if (!maskFits(mask.shape, shape))
    throw new Error(
      `${owner}: the mask has the shape ${formatShape(mask.shape)} and the input ${formatShape(shape)}; ` +
        `expected ${formatShape(shape.slice(0, Math.max(1, Math.min(2, shape.length))))}, one value for each step`,
    );
  return cast(mask, "bool");
}

/** A mask with axes of 1 appended, so that it broadcasts to a tensor of that rank. */
export function maskOfRank(mask: Tensor, rank: number): Tensor {
  let stretched = mask;
  while (stretched.rank < rank) stretched = expandDims(stretched, -1);
  return stretched;
}

/** Whether there are several, of what may be one or several. */
export function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
