/** Lines along one axis of a row-major array. */
import { type Shape, sizeOf } from "../shape.ts";

/** Calls `visit` for each line along `axis`, in row-major order: where it starts, how far its elements are apart, how many there are. */
export function forEachLine(
  shape: Shape,
  axis: number,
  visit: (start: number, stride: number, size: number) => void,
): void {
  const size = shape[axis] as number;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  for (let o = 0; o < outer; o++) for (let i = 0; i < inner; i++) visit(o * size * inner + i, inner, size);
}
