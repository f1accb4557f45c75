/**
 * A loop whose every turn computes the same function of what the turn before left (the carries) and of one slice of each
 * sequence: recurrent networks. Its gradient is a scan in the other direction.
 */
import { gradients } from "../autodiff.ts";
import { evaluate } from "../evaluate.ts";
import { fingerprint } from "../fingerprint.ts";
import {
  apply,
  definePrimitive,
  formatSignature,
  type Node,
  type Sample,
  type Subgraph,
  topologicalOrder,
  type Values,
} from "../node.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { add, multiply, tanh } from "./elementwise.ts";
import { constantPrimitive, isLeaf, parameter } from "./leaf.ts";
import { zeros } from "./movement.ts";
import { sum } from "./reduce.ts";

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

  constructor(parts: Pick<ScanBody, "carries" | "slices" | "constants" | "next" | "outputs">) {
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

/** The inputs of a scan: the first carries, the sequences, the constants. */
function partsOf(inputs: readonly Node[], { carries, slices }: ScanBody) {
  const sequences = carries.length + slices.length;
  return {
    initial: inputs.slice(0, carries.length),
    sequences: inputs.slice(carries.length, sequences),
    constants: inputs.slice(sequences),
  };
}

export const scanPrimitive = definePrimitive<ScanAttributes>({
  name: "scan",
  kind: "kernel",
  infer(inputs, { body, length, result }) {
    const { initial, sequences, constants } = partsOf(inputs, body);
    for (const [role, given, leaves] of [
      ["carry", initial, body.carries],
      ["constant", constants, body.constants],
    ] as const)
      for (const [index, leaf] of leaves.entries()) {
        const node = given[index] as Node;
        if (node.dtype !== leaf.dtype || !sameShape(node.shape, leaf.shape))
          throw new Error(`scan: ${role} ${index} is ${formatSignature(node)}, expected ${formatSignature(leaf)}`);
      }
    for (const [index, leaf] of body.slices.entries()) {
      const sequence = sequences[index] as Node;
      if (sequence.dtype !== leaf.dtype || !sameShape(sequence.shape, [length, ...leaf.shape]))
        throw new Error(
          `scan: sequence ${index} is ${formatSignature(sequence)}, expected ${length} slices of ${formatSignature(leaf)}`,
        );
    }
    const value = body.results[result] as Node;
    return { dtype: value.dtype, shape: result < body.carries.length ? value.shape : [length, ...value.shape] };
  },
  gradient: scanGradient,
  reference(node, inputs) {
    return runScan(node, inputs)[node.attributes.result] as Values;
  },
  samples,
});

/** Turn t of a scan runs in this order. */
export function turns({ length, reverse }: Pick<ScanAttributes, "length" | "reverse">): number[] {
  return Array.from({ length }, (_, index) => (reverse ? length - 1 - index : index));
}

/** All results of a scan. */
function runScan(node: Node<ScanAttributes>, inputs: readonly Values[]): Values[] {
  const { body, length } = node.attributes;
  const counts = { carries: body.carries.length, slices: body.slices.length };
  let carries = inputs.slice(0, counts.carries);
  const sequences = inputs.slice(counts.carries, counts.carries + counts.slices);
  const constants = inputs.slice(counts.carries + counts.slices);
  const order = topologicalOrder(body.results);
  const stacked = body.outputs.map((output) => new Float64Array(length * sizeOf(output.shape)));
  for (const turn of turns(node.attributes)) {
    const slices = body.slices.map(({ shape }, index) => {
      const size = sizeOf(shape);
      return (sequences[index] as Values).slice(turn * size, (turn + 1) * size);
    });
    const values = [...carries, ...slices, ...constants];
    const known = new Map(body.parameters.map((leaf, index) => [leaf, values[index] as Values]));
    const results = evaluate(order, known, body.results);
    carries = results.slice(0, counts.carries);
    for (const [index, output] of results.slice(counts.carries).entries())
      stacked[index]?.set(output, turn * output.length);
  }
  return [...carries, ...stacked];
}

/**
 * With c the carries, x the slices and k the constants of a turn (c', y) = f(c, x, k): going backwards,
 * (dc, dx, dk) = (dc', dy) · ∂f, where dk adds up over the turns. The carries that each turn began with are stacked by a
 * scan of their own.
 */
function scanGradient(node: Node<ScanAttributes>, g: Node): readonly (Node | undefined)[] {
  const { body, length, reverse, result } = node.attributes;
  const { initial, sequences, constants } = partsOf(node.inputs, body);
  const isFloat = ({ dtype }: Node) => dtype === "float32";
  const stackedCarries = scan(new ScanBody({ ...body, outputs: body.carries }), {
    initial,
    sequences,
    constants,
    length,
    reverse,
  }).slice(body.carries.length);

  // The leaves of one backward turn.
  const slopes = body.carries.map(({ shape }) => parameter(shape, "float32"));
  const totals = body.constants.map(({ shape }) => parameter(shape, "float32"));
  const ofOutput = result >= body.carries.length;
  const slopeOfOutput = ofOutput ? [parameter((body.results[result] as Node).shape, "float32")] : [];
  const terms = [
    ...body.next.flatMap((next, index) => (isFloat(next) ? [weightedSum(next, slopes[index] as Node)] : [])),
    ...slopeOfOutput.map((slope) => weightedSum(body.results[result] as Node, slope)),
  ];
  const loss = terms.reduce(add);
  const [forCarries, forSlices, forConstants] = [body.carries, body.slices, body.constants].map((leaves) =>
    gradients(loss, leaves).map((gradient, index) =>
      isFloat(leaves[index] as Node) ? gradient : zeros((leaves[index] as Node).shape),
    ),
  ) as [Node[], Node[], Node[]];
  const backward = new ScanBody({
    carries: [...slopes, ...totals],
    slices: [...body.carries, ...body.slices, ...slopeOfOutput],
    constants: body.constants,
    next: [...forCarries, ...totals.map((total, index) => add(total, forConstants[index] as Node))],
    outputs: forSlices,
  });
  const results = scan(backward, {
    initial: [
      ...body.carries.map(({ shape }, index) => (index === result ? g : zeros(shape))),
      ...body.constants.map(({ shape }) => zeros(shape)),
    ],
    sequences: [...stackedCarries, ...sequences, ...(ofOutput ? [g] : [])],
    constants,
    length,
    reverse: !reverse,
  });
  const ofConstants = results.slice(body.carries.length, body.carries.length + body.constants.length);
  const ordered = [
    ...results.slice(0, body.carries.length),
    ...results.slice(body.carries.length + body.constants.length),
    ...ofConstants,
  ];
  return node.inputs.map((input, index) => (isFloat(input) ? ordered[index] : undefined));
}

/** Σ value · weight, whose gradient for the value is the weight. */
function weightedSum(value: Node, weight: Node): Node {
  return sum(
    multiply(value, weight),
    value.shape.map((_, axis) => axis),
  );
}

export interface ScanInputs {
  readonly initial: readonly Node[];
  readonly sequences: readonly Node[];
  readonly constants: readonly Node[];
  readonly length: number;
  readonly reverse: boolean;
}

/** All results of a scan: the last carries, then the stacked outputs. */
export function scan(body: ScanBody, { initial, sequences, constants, length, reverse }: ScanInputs): Node[] {
  const inputs = [...initial, ...sequences, ...constants];
  return body.results.map((_, result) => apply(scanPrimitive, inputs, { body, length, reverse, result }));
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

/** Small recurrences: h' = tanh(h · k + x), with the output h' · x. */
function samples(): Sample<ScanAttributes>[] {
  const turn = (shape: readonly number[]): ScanBody => {
    const [h, x, k] = [parameter(shape, "float32"), parameter(shape, "float32"), parameter(shape, "float32")];
    const next = tanh(add(multiply(h, k), x));
    return new ScanBody({ carries: [h], slices: [x], constants: [k], next: [next], outputs: [multiply(next, x)] });
  };
  return [[3], [2, 2], []].flatMap((shape) =>
    [0, 1].flatMap((result) =>
      [false, true].flatMap((reverse) =>
        [1, 4].map((length) => ({
          inputs: [{ shape }, { shape: [length, ...shape] }, { shape }],
          attributes: { body: turn(shape), length, reverse, result },
        })),
      ),
    ),
  );
}
