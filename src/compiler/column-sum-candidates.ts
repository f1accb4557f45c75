/** Which reductions kernels before them may take over: pages fetch the pass that does so only where there are some. */
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../graph/shape.ts";
import { isReduction, type Kernel } from "./kernel.ts";

/** Elements: fewer are read again from a cache soon enough. */
const fewestElements = 1 << 17;

/** Whether a kernel may be one that adds up a large array. */
export function mayBeColumnSum({ anchor }: Kernel): boolean {
  return anchor !== undefined && isReduction(anchor) && sizeOf((anchor.inputs[0] as Node).shape) >= fewestElements;
}
