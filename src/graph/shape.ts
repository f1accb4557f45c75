/** Shapes: dimensions from the outermost to the innermost, row-major. */

export type Shape = readonly number[];

/** The number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis] as number;
  return size;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** `[2, 3]`, as every message shows a shape. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/**
 * The shape two shapes broadcast to, by NumPy's rule: aligned at the last axis, a dimension of 1 stretches.
 *
 * @throws If two dimensions differ and neither is 1; the message names the operation, both shapes and the axis.
 */
export function broadcastShapes(a: Shape, b: Shape, operation: string): Shape {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let axis = 0; axis < rank; axis++) {
    const da = a[axis - rank + a.length] ?? 1;
    const db = b[axis - rank + b.length] ?? 1;
    if (da !== db && da !== 1 && db !== 1) {
      throw new Error(
        `${operation}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: ` +
          `counted from the last, axis ${axis - rank} is ${da} in one and ${db} in the other; they must be equal or one of them 1`,
      );
    }
    result[axis] = da === 1 ? db : da;
  }
  return result;
}

/**
 * Turns an axis that may count from the end (-1 is the last) into one in [0, rank).
 *
 * @throws RangeError If the axis is not an integer in [-rank, rank).
 */
export function normalizeAxis(axis: number, rank: number, operation: string): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw new RangeError(`${operation}: axis ${axis} is outside [${-rank}, ${rank}) of a tensor with ${rank} axes`);
  return axis < 0 ? axis + rank : axis;
}

/** Normalises a list of axes, sorted and distinct; every axis when `axes` is undefined. */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number, operation: string): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === "number" ? [axes] : [...axes]).map((axis) => normalizeAxis(axis, rank, operation));
  const distinct = [...new Set(list)].sort((a, b) => a - b);
  if (distinct.length !== list.length)
    throw new RangeError(`${operation}: axes ${formatShape(list)} name one axis twice`);
  return distinct;
}

/** Of 0 and a number it is that number. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
