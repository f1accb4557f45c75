/** The instructions of primitives that walk the lines along one axis: sorting, running sums and the like. */

import { attributesIf, formatSignature, type Node } from "../graph/node.ts";
import { argsortName, cumulateName, linearRecurrenceName } from "../graph/primitives/names.ts";
import { sizeOf } from "../graph/shape.ts";
import { cumulateKind, type Instruction } from "./program.ts";

const primitives = [argsortName, cumulateName, linearRecurrenceName].map(({ name }) => name);

export function isAlongLines({ primitive }: Node): boolean {
  return primitives.includes(primitive.name);
}

/**
 * The instruction of a Node for which `isAlongLines` holds.
 *
 * @param operands Buffer and offset of each input.
 * @param result Buffer and offset of the result.
 */
export function instructionOfLines(node: Node, operands: readonly number[], result: readonly number[]): Instruction {
  const [x] = node.inputs as [Node];
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
