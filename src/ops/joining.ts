/** Tensors joined to one, and one cut into parts. */
import { concatenate as concatenateNodes } from "../graph/primitives/movement.ts";
import { formatShape, normalizeAxis, sameShape } from "../graph/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { expandDims } from "./movement.ts";
import { sliceAxis } from "./slicing.ts";

/** Joins tensors along an existing axis. */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  const rank = tensors[0]?.rank ?? 0;
  return new Tensor(
    concatenateNodes(
      tensors.map((x) => x.node),
      normalizeAxis(axis, rank, "concatenate"),
    ),
  );
}

/** Joins tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const [first] = tensors;
  const odd = tensors.find((x) => first && !sameShape(x.shape, first.shape));
  if (first && odd)
    throw new Error(
      `stack: the shapes ${formatShape(first.shape)} and ${formatShape(odd.shape)} differ; all must be equal`,
    );
  return concatenate(
    tensors.map((x) => expandDims(x, axis)),
    axis < 0 ? axis + (first?.rank ?? 0) + 1 : axis,
  );
}

/** Cuts a tensor into `count` equal parts along an axis. */
export function split(x: Tensor, count: number, axis = 0): Tensor[] {
  const at = normalizeAxis(axis, x.rank, "split");
  const size = x.shape[at] as number;
  if (size % count !== 0)
    throw new Error(
      `split: axis ${at} of ${formatShape(x.shape)} has the size ${size}, which ${count} does not divide`,
    );
  const part = size / count;
  return Array.from({ length: count }, (_, index) => sliceAxis(x, at, index * part, (index + 1) * part));
}
