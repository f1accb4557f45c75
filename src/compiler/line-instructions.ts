/** The instructions of primitives that walk the lines along one axis: sorting, running sums and the like. */
import { attributesIf, formatSignature, type Node } from "../graph/node.ts";
import { argsortName, cumulateName, linearRecurrenceName } from "../graph/primitives/names.ts";
import { sizeOf } from "../graph/shape.ts";
import type { InstructionOf, Places } from "./further-instructions.ts";
import type { Kernel } from "./kernel.ts";
import { cumulateKind, type Instruction } from "./program.ts";

function instructionOfLines(_kernel: Kernel, node: Node, places: Places): Instruction {
  const [x] = node.inputs as [Node];
  const operands = node.inputs.flatMap((input) => places.operand(input));
  const result = places.result(node);
  const sizes = (axis: number) =>
    [x.shape.slice(0, axis), x.shape.slice(axis, axis + 1), x.shape.slice(axis + 1)].map(sizeOf) as [
      outer: number,
      size: number,
      inner: number,
    ];
  const sort = attributesIf(node, argsortName);
  if (sort) {
    const [outer, size, inner] = sizes(sort.axis);
    return {
      opcode: "argsort",
      label: `argsort ${formatSignature(x)} → ${formatSignature(node)}`,
      words: [outer, size, sort.count, inner, Number(sort.descending), ...operands, ...result],
    };
  }
  const cumulate = attributesIf(node, cumulateName);
  const walk = cumulate ?? attributesIf(node, linearRecurrenceName);
  if (!walk) throw new Error(`compiler: no instruction for ${node.primitive.name}`);
  const kind = cumulate?.kind ?? "linearRecurrence";
  return {
    opcode: "cumulate",
    label: `cumulate ${kind} → ${formatSignature(node)}`,
    words: [cumulateKind[kind], Number(walk.reverse), ...sizes(walk.axis), ...operands, ...result],
  };
}

export const lineInstructions: ReadonlyMap<string, InstructionOf> = new Map(
  [argsortName, cumulateName, linearRecurrenceName].map(({ name }) => [name, instructionOfLines]),
);
