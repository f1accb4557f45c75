/** The gradient of a scan: a scan in the other direction. */
import { gradients } from "../autodiff.ts";
import { apply, attributesIf, isApplication, type Node, topologicalOrder } from "../node.ts";
import { rewrite } from "../rewrite.ts";
import { add, multiply } from "./elementwise.ts";
import { parameter } from "./leaf.ts";
import { matmul, matmulPrimitive } from "./matmul.ts";
import { permutePrimitive, reshape, reshapePrimitive, transposeLast, zeros } from "./movement.ts";
import { reducePrimitive, sum } from "./reduce.ts";
import { type ScanAttributes, ScanBody, type ScanInputs, scanInputs } from "./scan-body.ts";

/**
 * With c the carries, x the slices and k the constants of a turn (c', y) = f(c, x, k): going backwards,
 * (dc, dx, dk) = (dc', dy) · ∂f. The carries that each turn began with are stacked by the scan itself, and so is what was dear
 * to compute and is needed again; dk is contracted over all turns at once where it is a product or a sum, and else adds up.
 */
export function scanGradient(
  node: Node<ScanAttributes>,
  g: Node,
  scan: (body: ScanBody, inputs: ScanInputs) => Node[],
): readonly (Node | undefined)[] {
  const { body, length, reverse, result } = node.attributes;
  const { initial, sequences, constants } = scanInputs(node.inputs, body);

  // One backward turn: a function of the forward turn's leaves and of the slopes.
  const slopes = body.carries.map(({ shape }) => parameter(shape, "float32"));
  const ofOutput = result >= body.carries.length;
  const slopeOfOutput = ofOutput ? [parameter((body.results[result] as Node).shape, "float32")] : [];
  const terms = [
    ...body.next.flatMap((next, index) => (isFloat(next) ? [weightedSum(next, slopes[index] as Node)] : [])),
    ...slopeOfOutput.map((slope) => weightedSum(body.results[result] as Node, slope)),
  ];
  const slopesOfLeaves = gradients(terms.reduce(add), body.parameters.filter(isFloat));
  const varying = dependentsOf(slopesOfLeaves, [...slopes, ...slopeOfOutput]);
  const residuals = residualsOf(slopesOfLeaves, varying);
  const stacked = scan(new ScanBody({ ...body, outputs: [...body.carries, ...residuals.keys()] }), {
    initial,
    sequences,
    constants,
    length,
    reverse,
  }).slice(body.carries.length);
  const reusing = rewrite(slopesOfLeaves, (inner, original) => residuals.get(original) ?? inner);
  // Leaves on which nothing depends have no slope.
  const slopeOf = new Map(
    body.parameters.filter(isFloat).flatMap((leaf, index) => {
      const slope = slopesOfLeaves[index] as Node;
      return varying.has(slope) ? [[leaf, reusing.get(slope) as Node] as const] : [];
    }),
  );

  const turn = new StackedValues(
    [...body.carries, ...residuals.values(), ...body.slices, ...slopeOfOutput],
    [...stacked, ...sequences, ...(ofOutput ? [g] : [])],
  );
  const withSlope = (leaves: readonly Node[]) =>
    leaves.flatMap((leaf) => {
      const slope = slopeOf.get(leaf);
      return slope ? [{ leaf, slope }] : [];
    });
  const ofSlices = withSlope(body.slices);
  const contracted = withSlope(body.constants).filter(({ slope }) => isContraction(slope));
  const added = withSlope(body.constants).filter(({ slope }) => !isContraction(slope));
  for (const value of [
    ...ofSlices.map(({ slope }) => slope),
    ...contracted.flatMap(({ slope }) => contractedValues(slope)),
  ])
    turn.add(value);

  const totals = added.map(({ slope }) => parameter(slope.shape, "float32"));
  const backward = new ScanBody({
    carries: [...slopes, ...totals],
    slices: turn.slices,
    constants: body.constants,
    next: [
      ...body.carries.map((leaf) => slopeOf.get(leaf) ?? zeros(leaf.shape)),
      ...totals.map((total, index) => add(total, (added[index] as (typeof added)[0]).slope)),
    ],
    outputs: turn.outputs,
  });
  const results = scan(backward, {
    initial: [
      ...body.carries.map(({ shape }, index) => (index === result ? g : zeros(shape))),
      ...totals.map(({ shape }) => zeros(shape)),
    ],
    sequences: turn.sequences,
    constants,
    length,
    reverse: !reverse,
  });
  const stackOf = (value: Node) => turn.stackOf(value, results.slice(backward.carries.length));
  const gradientOf = new Map<Node, Node>([
    ...body.carries.map((leaf, index) => [leaf, results[index] as Node] as const),
    ...ofSlices.map(({ leaf, slope }) => [leaf, stackOf(slope)] as const),
    ...added.map(({ leaf }, index) => [leaf, results[slopes.length + index] as Node] as const),
    ...contracted.map(({ leaf, slope }) => [leaf, contract(slope, stackOf)] as const),
  ]);
  return body.parameters.map((leaf, index) =>
    isFloat(leaf) ? (gradientOf.get(leaf) ?? zeros((node.inputs[index] as Node).shape)) : undefined,
  );
}

function isFloat({ dtype }: Node): boolean {
  return dtype === "float32";
}

/** Elementwise primitives that take tens of cycles for a vector of elements: cheaper to store than to compute again. */
const dear = new Set([
  "exp",
  "expm1",
  "log",
  "log1p",
  "sin",
  "cos",
  "tanh",
  "sigmoid",
  "erf",
  "power",
  "divide",
  "sqrt",
  "rsqrt",
]);

/** The Nodes among those under `results` that depend on `leaves`, and these. */
function dependentsOf(results: readonly Node[], leaves: readonly Node[]): Set<Node> {
  const dependents = new Set(leaves);
  for (const node of topologicalOrder(results))
    if (node.inputs.some((input) => dependents.has(input))) dependents.add(node);
  return dependents;
}

/**
 * What a backward turn needs of the forward one and should not compute again, each with the leaf that stands for it: the last
 * dear values on the way to what varies with the slopes.
 */
function residualsOf(results: readonly Node[], varying: ReadonlySet<Node>): Map<Node, Node> {
  const residuals = new Map<Node, Node>();
  const seen = new Set<Node>();
  const visit = (node: Node) => {
    if (varying.has(node) || seen.has(node)) return;
    seen.add(node);
    if (node.primitive.kind === "kernel" || dear.has(node.primitive.name))
      residuals.set(node, parameter(node.shape, node.dtype));
    else node.inputs.forEach(visit);
  };
  for (const node of topologicalOrder(results)) if (varying.has(node)) node.inputs.forEach(visit);
  return residuals;
}

/** The slices and outputs of a turn under construction: for each value inside of it, the array of its values in all turns. */
class StackedValues {
  readonly slices: readonly Node[];
  readonly sequences: readonly Node[];
  readonly outputs: Node[] = [];

  constructor(slices: readonly Node[], sequences: readonly Node[]) {
    this.slices = slices;
    this.sequences = sequences;
  }

  /** Makes an output of a value, unless it is stacked already. */
  add(value: Node): void {
    if (!this.slices.includes(value) && !this.outputs.includes(value)) this.outputs.push(value);
  }

  /** The value's array, given those of the outputs. */
  stackOf(value: Node, stacked: readonly Node[]): Node {
    const slice = this.slices.indexOf(value);
    return (slice >= 0 ? this.sequences[slice] : stacked[this.outputs.indexOf(value)]) as Node;
  }
}

/** Whether a turn's contribution is made of products and sums, so that those of all turns are one large product or sum. */
function isContraction(term: Node): boolean {
  if (isLinear(term)) return term.inputs.every(isContraction);
  const isMatrix = isApplication(term, matmulPrimitive) && term.shape.length === 2;
  return isMatrix || attributesIf(term, reducePrimitive)?.kind === "sum";
}

function isLinear(term: Node): boolean {
  return (
    term.primitive.name === "add" || isApplication(term, reshapePrimitive) || isApplication(term, permutePrimitive)
  );
}

/** The values of a turn from which `contract` computes. */
function contractedValues(term: Node): Node[] {
  const [a, b] = term.inputs as [Node, Node];
  if (isLinear(term)) return term.inputs.flatMap(contractedValues);
  return isApplication(term, matmulPrimitive) ? [transposed(a), b] : [a];
}

/** A contraction's total over all turns, from the arrays of its values in all turns. */
function contract(term: Node, stackOf: (value: Node) => Node): Node {
  if (isLinear(term)) {
    const totals = term.inputs.map((input) => contract(input, stackOf));
    return apply(term.primitive, totals, term.attributes);
  }
  const values = contractedValues(term).map(stackOf) as [Node, Node];
  const reduction = attributesIf(term, reducePrimitive);
  if (reduction) return sum(values[0], [0, ...reduction.axes.map((axis) => axis + 1)]);
  // Σ over turns of aᵀ · b, with a [rows, m] and b [rows, n]: the rows of all turns follow each other.
  const [a, b] = values.map((value) => {
    const [length, rows, columns] = value.shape as [number, number, number];
    return reshape(value, [length * rows, columns]);
  }) as [Node, Node];
  return matmul(transposeLast(a), b, attributesIf(term, matmulPrimitive)?.precision);
}

function transposed(matrix: Node): Node {
  return isApplication(matrix, permutePrimitive) ? (matrix.inputs[0] as Node) : transposeLast(matrix);
}

/** Σ value · weight, whose gradient for the value is the weight. */
function weightedSum(value: Node, weight: Node): Node {
  return sum(
    multiply(value, weight),
    value.shape.map((_, axis) => axis),
  );
}
