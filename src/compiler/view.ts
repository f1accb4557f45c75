/** Views: how the elements of a Node lie in the buffer of another, so that reshaping, transposing and slicing cost nothing. */
import { attributesIf, isApplication, type Node } from "../graph/node.ts";
import {
  broadcastPrimitive,
  broadcastStrides,
  permutePrimitive,
  reshapePrimitive,
  slicePrimitive,
} from "../graph/primitives/index.ts";
import { type Shape, sizeOf, stridesOf } from "../graph/shape.ts";

/** Element `i` of a Node is element `offset + i · strides` of `base`, which has a buffer of its own, row-major. */
export interface View {
  readonly base: Node;
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** Where a fused kernel takes an input of one of its steps from. */
export type Source =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "register"; readonly node: Node }
  | MemorySource;

export interface MemorySource {
  readonly kind: "memory";
  readonly view: View;
  /** Those of the view. */
  readonly loops: readonly Loop[];
}

/** What an input of a step may come from: a constant, or else a register, if it is in one, or memory. */
export interface Input {
  readonly constant: Source | undefined;
  readonly register: Extract<Source, { kind: "register" }>;
  readonly memory: MemorySource;
}

/** The view that a Node has of itself. */
export function ownView(node: Node): View {
  return { base: node, offset: 0, shape: node.shape, strides: stridesOf(node.shape) };
}

/**
 * Finds the view of each Node, and which views must be copied after all because a reshape cannot be expressed in strides.
 */
export class Views {
  readonly #views = new Map<Node, View>();
  readonly #inputs = new Map<Node, Input>();
  /** View Nodes that get a buffer of their own, with the view they are copied from. */
  readonly copied = new Map<Node, View>();

  of(node: Node): View {
    const known = this.#views.get(node);
    if (known) return known;
    const view = this.#derive(node);
    this.#views.set(node, view);
    return view;
  }

  /** Gives a view Node a buffer of its own. */
  copy(node: Node): View {
    if (!this.copied.has(node)) this.copied.set(node, this.of(node));
    const view = ownView(node);
    this.set(node, view);
    return view;
  }

  /** The view of a Node whose elements must lie row-major; copied if they do not. */
  contiguous(node: Node): View {
    const view = this.of(node);
    return isContiguous(view) ? view : this.copy(node);
  }

  /** Says where a leaf or the result of a loop lies. */
  set(node: Node, view: View): void {
    this.#views.set(node, view);
    this.#inputs.clear();
  }

  /** How a Node lies for those that take it as an input, as `describe` says once for all who ask. */
  asInput(node: Node, describe: (node: Node, views: Views) => Input): Input {
    const known = this.#inputs.get(node);
    if (known) return known;
    const input = describe(node, this);
    this.#inputs.set(node, input);
    return input;
  }

  /** These views, but for one Node that is seen in another way: with its axes in another order, for one. */
  seenAs(node: Node, view: View): Views {
    const result = new Views();
    result.#views.set(node, view);
    return result;
  }

  #derive(node: Node): View {
    if (node.primitive.kind !== "view") return ownView(node);
    const [x] = node.inputs as [Node];
    const source = this.of(x);
    const { base, offset, strides } = source;
    if (isApplication(node, reshapePrimitive)) {
      const reshaped = reshapeStrides(source.shape, strides, node.shape);
      if (reshaped) return { base, offset, shape: node.shape, strides: reshaped };
      return { ...this.copy(x), shape: node.shape, strides: stridesOf(node.shape) };
    }
    if (isApplication(node, broadcastPrimitive))
      return { base, offset, shape: node.shape, strides: broadcastStrides(source.shape, strides, node.shape) };
    const permutation = attributesIf(node, permutePrimitive);
    if (permutation)
      return { base, offset, shape: node.shape, strides: permutation.axes.map((axis) => strides[axis] as number) };
    const cut = attributesIf(node, slicePrimitive);
    if (cut)
      return {
        base,
        offset:
          offset +
          (sizeOf(node.shape) === 0
            ? 0
            : cut.start.reduce((total, start, axis) => total + start * (strides[axis] as number), 0)),
        shape: node.shape,
        strides: strides.map((stride, axis) => stride * (cut.step[axis] as number)),
      };
    throw new Error(`compiler: no strides: ${node.primitive.name}`);
  }
}

/** Whether the elements lie row-major without gaps. */
export function isContiguous({ shape, strides }: View): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] as number;
  }
  return true;
}

/** One loop of a walk over a view. */
export interface Loop {
  readonly size: number;
  readonly stride: number;
}

/** The fewest loops that visit a view's elements in order: axes that continue each other are one. */
export function collapse({ shape, strides }: Pick<View, "shape" | "strides">): Loop[] {
  const loops: Loop[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis] as number;
    if (size === 1) continue;
    const stride = strides[axis] as number;
    const outer = loops[loops.length - 1];
    if (outer && outer.stride === stride * size) loops[loops.length - 1] = { size: outer.size * size, stride };
    else loops.push({ size, stride });
  }
  return loops;
}

/** The strides of a reshaped view, or undefined where the elements would have to move. */
export function reshapeStrides(from: Shape, strides: readonly number[], to: Shape): number[] | undefined {
  if (sizeOf(to) === 0) return stridesOf(to);
  const loops = collapse({ shape: from, strides });
  const result = new Array<number>(to.length).fill(0);
  let loop = loops.length - 1;
  let filled = 1;
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const size = to[axis] as number;
    if (size === 1) continue;
    while (loop >= 0 && filled === loops[loop]?.size) {
      loop--;
      filled = 1;
    }
    const current = loops[loop];
    if (!current || current.size % (filled * size) !== 0) return undefined;
    result[axis] = current.stride * filled;
    filled *= size;
  }
  return result;
}
