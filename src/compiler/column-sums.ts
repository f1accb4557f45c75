/**
 * Column sums: where a matmul or a convolution computes a large array, and a reduction adds that up over all but its last axes, the kernel adds
 * it up itself while its results are in the cache. So biases get their gradients, and batch normalization its mean, its variance and the sums of
 * its gradient, without a pass over memory each. A variance needs no mean first: the engine counts deviations from a mean of its own.
 */
import { attributesIf, isApplication, type Node } from "../graph/node.ts";
import { matmulPrimitive, reducePrimitive } from "../graph/primitives/index.ts";
import { sizeOf } from "../graph/shape.ts";
import { mayBeColumnSum } from "./column-sum-candidates.ts";
import { type Graph, roots } from "./graph.ts";
import {
  type ColumnSum,
  canHaveTail,
  isReduction,
  type Kernel,
  linear,
  loopsOfSteps,
  readsOfSteps,
  sourceOf,
  spaceOf,
  tailOf,
} from "./kernel.ts";
import { reductionOf } from "./loops.ts";
import { constantValue } from "./simplify.ts";
import { collapse, isContiguous, type Views } from "./view.ts";

/** What is added up, as engine/program.h numbers it. */
export const columnSumKind = { sum: 0, deviations: 1 } as const;

/** Every task has totals for all of them. */
const mostColumns = 1024;
/** As many as the engine takes of one kernel. */
const mostSums = 16;

/** Lets kernels add up what reductions would read again. What is left of these is a map over the sums. */
export function withColumnSums(graph: Graph, kernels: readonly Kernel[], views: Views): readonly Kernel[] {
  const merger = new Merger(kernels, views);
  for (const kernel of kernels) if (mayBeColumnSum(kernel) && isColumnSum(kernel.anchor as Node)) merger.merge(kernel);
  return merger.kernels(new Set(roots(graph).map((node) => views.of(node).base)));
}

function isColumnSum(reduction: Node): boolean {
  const isSum = attributesIf(reduction, reducePrimitive)?.kind === "sum" && reduction.dtype === "float32";
  const { inOrder, outer, inner } = reductionOf(reduction);
  return isSum && inOrder && outer === 1 && inner <= mostColumns;
}

class Merger {
  readonly #views: Views;
  /** Every kernel as it came, and what has become of it. */
  readonly #current: Map<Kernel, Kernel | undefined>;
  readonly #producers = new Map<Node, Kernel>();

  constructor(kernels: readonly Kernel[], views: Views) {
    this.#views = views;
    this.#current = new Map(kernels.map((kernel) => [kernel, kernel]));
    for (const kernel of kernels) for (const output of kernel.outputs) this.#producers.set(output, kernel);
  }

  /** What has become of the kernels, without outputs that nobody reads any more. */
  kernels(stored: ReadonlySet<Node>): Kernel[] {
    const left = [...this.#current.values()].filter((kernel) => kernel !== undefined);
    const read = new Set(left.flatMap(({ reads }) => reads));
    return left.map((kernel) => {
      if (kernel.sums.length === 0) return kernel;
      return { ...kernel, outputs: kernel.outputs.filter((output) => read.has(output) || stored.has(output)) };
    });
  }

  /** Gives a reduction to the kernel that computes what it adds up, if there is one that can. */
  merge(original: Kernel): void {
    const anchor = original.anchor as Node;
    const { steps, outputs } = original;
    for (const producer of this.#producersOf(original)) {
      const merged = this.#merged(producer, original);
      if (!merged) continue;
      this.#current.set(producer, merged);
      this.#producers.set(anchor, producer);
      if (steps.length === 0) return void this.#current.set(original, undefined);
      const left: Kernel = {
        ...original,
        anchor: undefined,
        head: [],
        outputs: outputs.filter((output) => output !== anchor),
      };
      this.#current.set(original, { ...left, reads: [...readsOfSteps(steps, steps, this.#views)] });
      return;
    }
  }

  /** The kernels that could add up the input of a reduction, the latest first. */
  #producersOf({ reads }: Kernel): Kernel[] {
    const producers = reads.map((base) => this.#producers.get(base)).filter((kernel) => kernel !== undefined);
    return [...new Set(producers)].sort((a, b) => (b.anchor?.id ?? 0) - (a.anchor?.id ?? 0));
  }

  #merged(original: Kernel, reduction: Kernel): Kernel | undefined {
    const producer = this.#current.get(original);
    const anchor = reduction.anchor as Node;
    const input = anchor.inputs[0] as Node;
    if (!producer || !canAddUp(producer) || spaceOf(producer) !== sizeOf(input.shape)) return undefined;
    const deviating = this.#deviating(reduction);
    const kind = columnSumKind[deviating ? "deviations" : "sum"];
    const sum: ColumnSum = { node: anchor, kind, value: linear(deviating ?? input) };
    const head = deviating ? [] : reduction.head;
    const steps = [...new Set([...producer.steps, ...head])].sort((a, b) => a.id - b.id);
    const members = new Set(tailOf({ anchor: producer.anchor, steps }));
    if (!members.has(sum.value) || !this.#isInOrder(head.length === 0 ? (deviating ?? input) : undefined))
      return undefined;
    const size = spaceOf(producer);
    const isInside = (node: Node) => members.has(node);
    if (head.length > 0 && !loopsOfSteps(steps, size, this.#views, isInside)) return undefined;
    const added = [...readsOfSteps(head, [...members], this.#views)];
    if (added.some((base) => isInside(base) || this.#dependsOn(base, original))) return undefined;
    return {
      ...producer,
      steps,
      sums: [...producer.sums, sum],
      outputs: [...producer.outputs, anchor],
      reads: [...new Set([...producer.reads, ...added])],
    };
  }

  /** Whether a value without a head is seen as it is computed. */
  #isInOrder(value: Node | undefined): boolean {
    if (!value) return true;
    const view = this.#views.of(value);
    return view.offset === 0 && isContiguous(view) && sizeOf(view.base.shape) === sizeOf(value.shape);
  }

  /** Of a reduction that adds up the squares of what a value deviates from its own mean, over the same axes: that value. */
  #deviating({ anchor, head }: Kernel): Node | undefined {
    const [centered, square] = head as [Node?, Node?];
    if (head.length !== 2 || !centered || !square || !anchor) return undefined;
    if (centered.primitive.name !== "subtract" || square.primitive.name !== "multiply") return undefined;
    if (square.inputs.some((input) => linear(input) !== centered) || linear(anchor.inputs[0] as Node) !== square)
      return undefined;
    const [value, mean] = centered.inputs as [Node, Node];
    const { reduced, inner } = reductionOf(anchor);
    const source = sourceOf(centered, 1, this.#views, () => false);
    if (source.kind !== "memory" || source.view.offset !== 0) return undefined;
    const loops = collapse(source.view);
    const isRepeated =
      loops.length === 2 && loops[0]?.stride === 0 && loops[0].size === reduced && loops[1]?.stride === 1;
    return isRepeated && sizeOf(mean.shape) === reduced * inner && isMeanOf(source.view.base, value, anchor)
      ? value
      : undefined;
  }

  /** Whether what is in a buffer depends on a kernel, as that came. */
  #dependsOn(base: Node, kernel: Kernel): boolean {
    const seen = new Set<Kernel>();
    const stack = [base];
    for (let node = stack.pop(); node; node = stack.pop()) {
      const producer = this.#producers.get(node);
      if (!producer || seen.has(producer)) continue;
      if (producer === kernel) return true;
      seen.add(producer);
      stack.push(...(this.#current.get(producer)?.reads ?? []));
    }
    return false;
  }
}

function canAddUp({ anchor, loop, sums }: Kernel): boolean {
  if (!anchor || loop || sums.length >= mostSums || isReduction(anchor) || !canHaveTail(anchor)) return false;
  // Products of batches fall into batch loops, which have more to gain.
  return !isApplication(anchor, matmulPrimitive) || anchor.shape.length === 2;
}

/** Whether a Node is the mean of a value over the axes that a reduction adds up. */
function isMeanOf(node: Node, value: Node, reduction: Node): boolean {
  const { reduced, inner } = reductionOf(reduction);
  if (node.primitive.name !== "multiply" && node.primitive.name !== "divide") return false;
  const [sum, factor] = node.inputs.map(linear) as [Node, Node];
  const by = constantValue(node.inputs[1] as Node);
  if (by === undefined || !factor) return false;
  const count = node.primitive.name === "divide" ? by : 1 / by;
  if (Math.abs(count - reduced) > 1e-6 * reduced || attributesIf(sum, reducePrimitive)?.kind !== "sum") return false;
  const loops = reductionOf(sum);
  return loops.inOrder && loops.outer === 1 && loops.inner === inner && linear(sum.inputs[0] as Node) === linear(value);
}
