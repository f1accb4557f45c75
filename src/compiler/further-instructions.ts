/**
 * Instructions of the kernels that not every network has. The operations that make such Nodes enable them, as do the devices of Node, so
 * that a bundled page holds only those that it may run.
 */
import type { Node, PrimitiveName } from "../graph/node.ts";
import type { Kernel } from "./kernel.ts";
import { knownFurtherPasses } from "./missing-passes.ts";
import type { Instruction } from "./program.ts";

/** Where values lie, as instructions tell it. */
export interface Places {
  /** Buffer and offset of a value that is read. */
  operand(node: Node): [buffer: number, offset: number];
  /** Buffer and offset of a value that is written in one run. */
  result(node: Node): [buffer: number, offset: number];
  /** What the kernel's steps compute of its anchor while that is hot, and where it is stored. */
  tail(kernel: Kernel): readonly number[];
}

/** The instruction of a kernel with such an anchor. */
export type InstructionOf = (kernel: Kernel, anchor: Node, places: Places) => Instruction;

const known = new Map<string, InstructionOf>();

/** From now on graphs may have these primitives. */
export function enableInstructions(primitives: readonly Pick<PrimitiveName<never>, "name">[], of: InstructionOf): void {
  for (const { name } of primitives) known.set(name, of);
}

/** @throws If what makes such Nodes has not enabled it, MissingPasses where it is to be fetched. */
export function furtherInstruction(kernel: Kernel, anchor: Node, places: Places): Instruction {
  const { name } = anchor.primitive;
  const of = known.get(name) ?? knownFurtherPasses().instructions.get(name);
  if (!of) throw new Error(`compiler: no instruction for ${name}`);
  return of(kernel, anchor, places);
}
