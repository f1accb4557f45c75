/** The instructions of sliding windows: pooling and its gradients. */
import { attributesIf, type Node } from "../graph/node.ts";
import {
  windowArgMaxName,
  windowGatherName,
  windowScatterName,
  windowSpreadName,
  windowSumName,
} from "../graph/primitives/names.ts";
import { formatShape } from "../graph/shape.ts";
import { enableInstructions, type Places } from "./further-instructions.ts";
import type { Kernel } from "./kernel.ts";
import { describeOutputs } from "./labels.ts";
import type { Instruction } from "./program.ts";

const primitives = [windowArgMaxName, windowGatherName, windowScatterName, windowSumName, windowSpreadName];

/** From now on graphs may have sliding windows. */
export function enableWindows(): void {
  enableInstructions(primitives, instructionOfWindow);
}

function instructionOfWindow(kernel: Kernel, anchor: Node, places: Places): Instruction {
  const { name } = anchor.primitive;
  const [first, second] = anchor.inputs as [Node, Node | undefined];
  const geometry =
    attributesIf(anchor, windowArgMaxName) ??
    attributesIf(anchor, windowGatherName) ??
    attributesIf(anchor, windowScatterName) ??
    attributesIf(anchor, windowSumName) ??
    attributesIf(anchor, windowSpreadName);
  if (!geometry) throw new Error(`compiler: ${name} is no sliding window`);
  const spreads = name === windowScatterName.name || name === windowSpreadName.name;
  const [wide, pooled] = spreads ? [anchor.shape, first.shape] : [first.shape, anchor.shape];
  const shape = [...wide, pooled[1] as number, pooled[2] as number];
  const { window, strides, padding, dilation } = geometry;
  const words = [...shape, ...window, ...strides, padding[0][0], padding[1][0], ...dilation];
  const label = `${name} ${formatShape(window)} over ${formatShape(wide)} → ${describeOutputs(kernel)}`;
  const [largest] = kernel.others;
  if (largest || name === windowArgMaxName.name) {
    const [values, positions] = largest ? [anchor, largest] : [undefined, anchor];
    const wanted = (node: Node | undefined) => (node && kernel.outputs.includes(node) ? places.result(node) : [-1, 0]);
    const found = [...wanted(values), ...wanted(positions)];
    return { opcode: "windowMax", label, words: [...words, ...places.operand(first), ...found] };
  }
  const opcodes = {
    [windowGatherName.name]: "windowGather",
    [windowScatterName.name]: "windowScatter",
    [windowSumName.name]: "windowSum",
    [windowSpreadName.name]: "windowSpread",
  } as const;
  const code = opcodes[name];
  if (!code) throw new Error(`compiler: no instruction for ${name}`);
  const operands = [...places.operand(first), ...(second ? places.operand(second) : [-1, 0])];
  return { opcode: code, label, words: [...words, ...operands, ...places.result(anchor)] };
}
