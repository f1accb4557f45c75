/**
 * The graph: a Node is one application of a Primitive to other Nodes. Nodes are immutable and hash-consed, so that equal
 * expressions are one Node and common subexpressions cost nothing.
 */
import type { DType } from "./dtype.ts";
import { formatShape, type Shape } from "./shape.ts";

/** A function of Nodes that a Node carries as an attribute; the Node's key and JSON see its `key`. */
export interface Subgraph {
  /** Equal for functions that compute the same. */
  readonly key: string;
  toJSON(): string;
}

/** What an attribute may hold: data that has a key and can be printed. */
export type AttributeValue = number | string | boolean | Subgraph | readonly AttributeValue[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Shape and element type of a Node. */
export interface Signature {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The values of a Node on the reference device: every dtype in float64; bool as 0 and 1. */
export type Values = Float64Array;

/** One set of inputs on which the test suite tries a primitive: on every device, and in the gradient check. */
export interface Sample<A extends Attributes = Attributes> {
  readonly inputs: readonly SampleInput[];
  readonly attributes: A;
  /** False where the function has a kink or a jump at the sample, so that finite differences mean nothing. */
  readonly differentiable?: boolean;
}

/** Values are `values` repeated as often as needed, or drawn evenly from `range` (default [-2, 2]; integers for int32). */
export interface SampleInput {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly values?: readonly number[];
  readonly range?: readonly [low: number, high: number];
}

/** How the compiler treats a primitive. */
export type PrimitiveKind =
  | "leaf" // bound from outside, or constant
  | "view" // the same elements in another arrangement
  | "elementwise" // each element from the elements at the same index
  | "kernel"; // everything that has a loop of its own

/** Everything TypeScript knows of an operation. Without all four of its parts that are not optional it does not type-check. */
export interface Primitive<A extends Attributes = Attributes> {
  readonly name: string;
  readonly kind: PrimitiveKind;
  /** Shape and dtype of the result. @throws If the inputs do not fit; the message names axis, sizes and the mend. */
  infer(inputs: readonly Node[], attributes: A): Signature;
  /** The reverse rule, as graph: the gradient for each input, undefined where none flows. */
  gradient(node: Node<A>, outputGradient: Node): readonly (Node | undefined)[];
  /** Others that compute the same, which the compiler puts in its place: of a primitive that is one for its gradient's sake. */
  expand?(node: Node<A>): Node;
  /** Plain float64 loops: the oracle of every device. */
  reference(node: Node<A>, inputs: readonly Values[]): Values;
  samples(): readonly Sample<A>[];
}

/** A primitive as it is told from others: its name, which knows the type of its attributes. */
export interface PrimitiveName<A extends Attributes> {
  readonly name: string;
  /** For the type alone. */
  readonly attributes?: A;
}

export interface Node<A extends Attributes = Attributes> extends Signature {
  readonly id: number;
  readonly primitive: Primitive<A>;
  readonly inputs: readonly Node[];
  readonly attributes: A;
}

const registry = new Map<string, Primitive>();

/**
 * Declares a primitive. Its name must be new: devices and Programs know it by that name. Bundlers leave out one that nothing applies.
 *
 * @__NO_SIDE_EFFECTS__
 */
export function definePrimitive<A extends Attributes>(primitive: Primitive<A>): Primitive<A> {
  if (registry.has(primitive.name)) throw new Error(`primitive ${primitive.name} is defined twice`);
  registry.set(primitive.name, primitive);
  return primitive;
}

/** Every primitive defined so far, for tests that drive all of them. */
export function allPrimitives(): readonly Primitive[] {
  return [...registry.values()];
}

const interned = new Map<string, WeakRef<Node>>();
const forget = new FinalizationRegistry<string>((key) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key);
});
/** Nodes of the job that is running. A weak reference would keep them until its end as well, at much more cost. */
const recent = new Map<string, Node>();
let nextId = 0;

function forgetRecent(): void {
  for (const [key, node] of recent) {
    interned.set(key, new WeakRef(node));
    forget.register(node, key);
  }
  recent.clear();
}

/** Attributes as text, equal exactly for equal attributes; JSON has no NaN, no infinities and no -0. */
export function attributesKey(attributes: Attributes): string {
  let key = "";
  for (const name in attributes) key += `${name}=${textOf(attributes[name] as AttributeValue)};`;
  return key;
}

function textOf(value: AttributeValue): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (!isList(value)) return value.key;
  // A list that begins with a number holds nothing else. Among texts of numbers only that of -0 is another's too.
  return typeof value[0] === "number" && !value.includes(0) ? `[${value.join()}]` : `[${value.map(textOf).join()}]`;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

/** Applies a primitive: infers the result's signature and returns the one Node that stands for this expression. */
export function apply<A extends Attributes>(primitive: Primitive<A>, inputs: readonly Node[], attributes: A): Node {
  let key = `${primitive.name}(`;
  for (let index = 0; index < inputs.length; index++) key += `${(inputs[index] as Node).id},`;
  key += attributesKey(attributes);
  const known = recent.get(key) ?? interned.get(key)?.deref();
  if (known) return known;
  const node = create(primitive, inputs, attributes);
  if (recent.size === 0) queueMicrotask(forgetRecent);
  recent.set(key, node);
  return node;
}

/** A Node that is equal to no other, for leaves. */
export function create<A extends Attributes>(primitive: Primitive<A>, inputs: readonly Node[], attributes: A): Node {
  const { shape, dtype } = primitive.infer(inputs, attributes);
  const node: Node<A> = { id: nextId++, primitive, inputs, attributes, shape, dtype };
  return node;
}

/** The attributes of a Node if it is an application of `primitive`, typed; undefined otherwise. */
export function attributesIf<A extends Attributes>(
  node: Node,
  primitive: Primitive<A> | PrimitiveName<A>,
): A | undefined {
  return isApplication(node, primitive) ? node.attributes : undefined;
}

/** Whether a Node is an application of `primitive`. */
export function isApplication<A extends Attributes>(
  node: Node,
  primitive: Primitive<A> | PrimitiveName<A>,
): node is Node<A> {
  return node.primitive.name === primitive.name;
}

/** `float32[2, 3]`. */
export function formatSignature({ shape, dtype }: Signature): string {
  return `${dtype}${formatShape(shape)}`;
}

/** The Nodes that `outputs` depend on, inputs before users; iterative, for graphs may be very deep. */
export function topologicalOrder(outputs: readonly Node[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // The Nodes from an output down to the one that is visited, and at which of its inputs each of them is.
  const path: Node[] = [];
  const positions: number[] = [];
  const visit = (node: Node) => {
    if (seen.has(node)) return;
    seen.add(node);
    path.push(node);
    positions.push(0);
  };
  for (let index = 0; index < outputs.length; index++) {
    visit(outputs[index] as Node);
    while (path.length > 0) {
      const last = path.length - 1;
      const { inputs } = path[last] as Node;
      const position = positions[last] as number;
      if (position < inputs.length) {
        positions[last] = position + 1;
        visit(inputs[position] as Node);
      } else {
        order.push(path.pop() as Node);
        positions.pop();
      }
    }
  }
  return order;
}
