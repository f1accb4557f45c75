/** One turn of a scan, and what a scan is given. */
import { fingerprint } from "../fingerprint.ts";
import { apply, formatSignature, type Node, type Primitive, type Subgraph, topologicalOrder } from "../node.ts";
import { sameShape } from "../shape.ts";
import { constantPrimitive, isLeaf, parameter } from "./leaf.ts";

type ScanParts = Pick<ScanBody, "carries" | "slices" | "constants" | "next" | "outputs">;

/** One turn: a function of its own leaves. */
export class ScanBody implements Subgraph {
  /** Leaves for the carries, then for the slices of the sequences, then for what is the same in every turn. */
  readonly carries: readonly Node[];
  readonly slices: readonly Node[];
  readonly constants: readonly Node[];
  /** The carries of the next turn, in the order of `carries`. */
  readonly next: readonly Node[];
  /** What each turn gives, to be stacked along a new first axis. */
  readonly outputs: readonly Node[];
  readonly key: string;

  constructor(parts: ScanParts) {
    this.carries = parts.carries;
    this.slices = parts.slices;
    this.constants = parts.constants;
    this.next = parts.next;
    this.outputs = parts.outputs;
    this.key = `${this.carries.length},${this.slices.length}:${fingerprint(this.parameters, this.results)}`;
    for (const [index, carry] of this.carries.entries()) {
      const next = this.next[index];
      if (!next || next.dtype !== carry.dtype || !sameShape(next.shape, carry.shape))
        throw new Error(
          `scan: carry ${index} begins as ${formatSignature(carry)} and a turn leaves ${next ? formatSignature(next) : "nothing"}; both must be alike`,
        );
    }
  }

  /** Another turn of one's own leaves. The compiler has only bodies of scans that are there, and no need of this class. */
  with(parts: ScanParts): ScanBody {
    return new ScanBody(parts);
  }

  get parameters(): Node[] {
    return [...this.carries, ...this.slices, ...this.constants];
  }

  get results(): Node[] {
    return [...this.next, ...this.outputs];
  }

  toJSON(): string {
    return this.key;
  }
}

/** Result `result`: the last value of a carry, or, counting on, the outputs of all turns stacked. */
export type ScanAttributes = {
  readonly body: ScanBody;
  readonly length: number;
  readonly reverse: boolean;
  readonly result: number;
};

/** The inputs of a scan by their roles. */
export function scanInputs(inputs: readonly Node[], { carries, slices }: ScanBody) {
  const sequences = carries.length + slices.length;
  return {
    initial: inputs.slice(0, carries.length),
    sequences: inputs.slice(carries.length, sequences),
    constants: inputs.slice(sequences),
  };
}

export interface ScanInputs {
  readonly initial: readonly Node[];
  readonly sequences: readonly Node[];
  readonly constants: readonly Node[];
  readonly length: number;
  readonly reverse: boolean;
}

/** Turn t of a scan runs in this order. */
export function turns({ length, reverse }: Pick<ScanAttributes, "length" | "reverse">): number[] {
  return Array.from({ length }, (_, index) => (reverse ? length - 1 - index : index));
}

/** All results of the primitive of scans: the last carries, then the stacked outputs. */
export function resultsOfScan(
  primitive: Primitive<ScanAttributes>,
  body: ScanBody,
  { initial, sequences, constants, length, reverse }: ScanInputs,
): Node[] {
  const inputs = [...initial, ...sequences, ...constants];
  return body.results.map((_, result) => apply(primitive, inputs, { body, length, reverse, result }));
}

/**
 * Closes a turn that was written with Nodes from outside: they become constants of the body, handed in with each scan.
 *
 * @param turn The carries of the next turn and the outputs, as expressions of the leaves and of anything else.
 */
export function closeBody(
  leaves: Pick<ScanBody, "carries" | "slices">,
  turn: Pick<ScanBody, "next" | "outputs">,
): { body: ScanBody; captured: Node[] } {
  const own = new Set([...leaves.carries, ...leaves.slices]);
  const results = [...turn.next, ...turn.outputs];
  const changes = new Set<Node>(own);
  const order = topologicalOrder(results);
  for (const node of order) if (node.inputs.some((input) => changes.has(input))) changes.add(node);
  const captured = new Set<Node>();
  const consider = (node: Node) => {
    if (!changes.has(node) && node.primitive.name !== constantPrimitive.name) captured.add(node);
  };
  for (const node of order) if (changes.has(node)) node.inputs.forEach(consider);
  results.forEach(consider);
  const inside = new Map([...captured].map((node) => [node, parameter(node.shape, node.dtype)]));
  const rebuilt = new Map<Node, Node>();
  for (const node of order) {
    if (!changes.has(node)) continue;
    const inputs = node.inputs.map((input) => inside.get(input) ?? rebuilt.get(input) ?? input);
    rebuilt.set(node, isLeaf(node) ? node : apply(node.primitive, inputs, node.attributes));
  }
  const of = (node: Node) => inside.get(node) ?? rebuilt.get(node) ?? node;
  const body = new ScanBody({
    ...leaves,
    constants: [...inside.values()],
    next: turn.next.map(of),
    outputs: turn.outputs.map(of),
  });
  return { body, captured: [...captured] };
}
