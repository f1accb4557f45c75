/** Which kernels may stand in batch loops, and whether a schedule may have some: pages fetch the pass that makes them only then. */
import { bytesPerElement } from "../graph/dtype.ts";
import { isApplication, type Node } from "../graph/node.ts";
import { concatenatePrimitive, matmulPrimitive, padPrimitive, randomBitsPrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { isReduction, type Kernel } from "./kernel.ts";
import { reductionOf } from "./loops.ts";
import type { Schedule } from "./schedule.ts";
import type { Views } from "./view.ts";

/** Fewer items keep too few cores busy. */
export const fewestTurns = 4;
/** Bytes that are written or read again within the loop, of the whole batch: from here on memory is what takes the time. */
export const leastReuse = 1 << 19;
/** By how much the bytes that a kernel's values have may fall short of what it reaches of them: it may look at one through several views. */
const mostViews = 4;

/** Whether a kernel may fall into items, as far as that can be told without its instructions. */
export function mayBeCut({ anchor, others, loop, head, steps }: Kernel, views: Views): boolean {
  if (loop || sizeOf((anchor ?? (steps[0] as Node)).shape) < fewestTurns) return false;
  if (anchor && !anchorMayBeCut(anchor, others, views)) return false;
  const isRandom = (step: Node) => isApplication(step, randomBitsPrimitive);
  return !head.some(isRandom) && !steps.some(isRandom);
}

function anchorMayBeCut(anchor: Node, others: readonly Node[], views: Views): boolean {
  if (isApplication(anchor, matmulPrimitive)) return anchor.shape.length > 2;
  if (isReduction(anchor)) return reductionOf(anchor).outer >= fewestTurns;
  const isCopied = views.copied.has(anchor) || isApplication(anchor, concatenatePrimitive);
  return others.length === 0 && (isCopied || isApplication(anchor, padPrimitive));
}

/** Whether batch loops may be worth it: whether kernels that may stand in one, one after the other, reach enough. */
export function mayHaveBatchLoops({ steps }: Schedule, views: Views): boolean {
  let reached = 0;
  let length = 0;
  for (const step of steps) {
    const isCut = step.kind === "kernel" && mayBeCut(step.kernel, views);
    if (!isCut) reached = 0;
    length = isCut ? length + 1 : 0;
    if (isCut)
      for (const { shape, dtype } of [...step.kernel.reads, ...step.kernel.outputs])
        reached += sizeOf(shape) * bytesPerElement[dtype] * mostViews;
    if (length > 1 && reached >= leastReuse) return true;
  }
  return false;
}
