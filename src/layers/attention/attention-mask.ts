/**
 * Attention masks as layers take them, beside their other inputs: which keys may be seen, anything but 0 (or true). For one
 * example `[keys]`, the same for every query (padding), or `[queries, keys]`.
 */
import { formatShape, type Shape } from "../../graph/shape.ts";
import { notEqual } from "../../ops/elementwise.ts";
import { expandDims } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** @throws If a mask's shape, without the batch axis, is neither `[keys]` nor `[queries, keys]`. */
export function checkMaskShape(path: string, shape: Shape, queries: number, keys: number): void {
  const [rows, columns] = shape.length === 1 ? [queries, shape[0]] : shape;
  if (shape.length >= 1 && shape.length <= 2 && (rows === queries || rows === 1) && columns === keys) return;
  throw new Error(
    `${path}: the attention mask of an example has the shape ${formatShape(shape)}, expected [${keys}] (the keys that every query ` +
      `may see) or [${queries}, ${keys}] (queries, keys)`,
  );
}

/** Which keys each query may see: bool `[batch, queries, keys]`, of 1 query where all see the same. */
export function visibleKeys(mask: Tensor): Tensor {
  const visible = mask.dtype === "bool" ? mask : notEqual(mask, 0);
  return mask.rank === 2 ? expandDims(visible, 1) : visible;
}
