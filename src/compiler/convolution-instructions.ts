/** The instructions of convolutions and their gradients. */
import { attributesIf, type Node } from "../graph/node.ts";
import {
  convolutionFilterGradientName,
  convolutionInputGradientName,
  convolutionName,
} from "../graph/primitives/names.ts";
import { formatShape } from "../graph/shape.ts";
import { enableInstructions, type Places } from "./further-instructions.ts";
import type { Kernel } from "./kernel.ts";
import { describeOutputs, describeTail } from "./labels.ts";
import { convolutionKind, type Instruction } from "./program.ts";

const primitives = [convolutionName, convolutionInputGradientName, convolutionFilterGradientName];

/** From now on graphs may have convolutions. */
export function enableConvolutions(): void {
  enableInstructions(primitives, instructionOfConvolution);
}

function instructionOfConvolution(kernel: Kernel, anchor: Node, places: Places): Instruction {
  const [first, second] = anchor.inputs as [Node, Node];
  const { name } = anchor.primitive;
  const geometry =
    attributesIf(anchor, convolutionName) ??
    attributesIf(anchor, convolutionInputGradientName) ??
    attributesIf(anchor, convolutionFilterGradientName);
  if (!geometry) throw new Error(`compiler: ${name} is no convolution`);
  const [kind, input, filter, output] =
    name === convolutionName.name
      ? (["output", first.shape, second.shape, anchor.shape] as const)
      : name === convolutionInputGradientName.name
        ? (["inputGradient", anchor.shape, second.shape, first.shape] as const)
        : (["filterGradient", first.shape, anchor.shape, second.shape] as const);
  const { strides, padding, dilation, groups } = geometry;
  return {
    opcode: "convolution",
    label: `${name} ${formatShape(input)} ∗ ${formatShape(filter)}${describeTail(kernel)} → ${describeOutputs(kernel)}`,
    words: [
      convolutionKind[kind],
      ...input,
      ...output.slice(1),
      ...filter.slice(0, 2),
      ...strides,
      padding[0][0],
      padding[1][0],
      ...dilation,
      groups,
      ...places.operand(first),
      ...places.operand(second),
      ...places.tail(kernel),
    ],
  };
}
