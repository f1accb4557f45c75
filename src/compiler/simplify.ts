/** The first pass: local rewrites that leave less to do. Common subexpressions need none: equal Nodes are one Node. */

import { apply, attributesIf, isApplication, type Node } from "../graph/node.ts";
import { scatterAddPrimitive } from "../graph/primitives/gather.ts";
import {
  broadcast,
  broadcastPrimitive,
  concatenate,
  concatenatePrimitive,
  constant,
  constantPrimitive,
  identityOf,
  iota,
  iotaPrimitive,
  matmulPrimitive,
  negative,
  padPrimitive,
  permute,
  permutePrimitive,
  reducePrimitive,
  reshape,
  reshapePrimitive,
  slice,
  slicePrimitive,
  stopGradientPrimitive,
  sum,
} from "../graph/primitives/index.ts";
import {
  convolutionFilterGradientName,
  convolutionInputGradientName,
  convolutionName,
} from "../graph/primitives/names.ts";
import { rewrite } from "../graph/rewrite.ts";
import { type Shape, sameShape, sizeOf } from "../graph/shape.ts";
import type { Graph } from "./graph.ts";
import { roots } from "./graph.ts";

/** Rewrites a graph into a smaller one that computes the same. */
export function simplify(graph: Graph): Graph {
  const simple = rewrite(roots(graph), simplifyNode);
  const of = (node: Node) => simple.get(node) as Node;
  return {
    parameters: graph.parameters,
    outputs: graph.outputs.map(of),
    updates: graph.updates.map(({ parameter, value }) => ({ parameter, value: of(value) })),
  };
}

/** Applies rules until none fits. The inputs of `node` are simple already. */
function simplifyNode(node: Node): Node {
  for (let current = node; ; ) {
    const next = simplifyOnce(current);
    if (!next || next === current) return current;
    current = next;
  }
}

function simplifyOnce(node: Node): Node | undefined {
  if (isApplication(node, stopGradientPrimitive)) return node.inputs[0];
  switch (node.primitive.kind) {
    case "view":
      return simplifyView(node);
    case "elementwise":
      return foldConstants(node) ?? removeIdentity(node) ?? computeBeforeBroadcast(node) ?? joinParts(node);
    case "kernel":
      return node.primitive.expand?.(node) ?? simplifyEmpty(node) ?? simplifySum(node);
    case "leaf":
      return undefined;
  }
}

function withoutUnits(shape: Shape): number[] {
  return shape.filter((dimension) => dimension !== 1);
}

function simplifyView(node: Node): Node | undefined {
  const [x] = node.inputs as [Node];
  if (
    sameShape(x.shape, node.shape) &&
    (isApplication(node, reshapePrimitive) || isApplication(node, broadcastPrimitive))
  )
    return x;
  const scalar = constantValue(x);
  if (scalar !== undefined)
    return isApplication(node, broadcastPrimitive) && x.shape.length === 0
      ? undefined
      : broadcast(constant(scalar, x.dtype), node.shape);
  if (isApplication(node, reshapePrimitive)) {
    if (isApplication(x, reshapePrimitive)) return reshape(x.inputs[0] as Node, node.shape);
    return moveIota(node, x);
  }
  const permutation = attributesIf(node, permutePrimitive);
  if (permutation) {
    const { axes } = permutation;
    const inner = attributesIf(x, permutePrimitive);
    if (inner)
      return permute(
        x.inputs[0] as Node,
        axes.map((axis) => inner.axes[axis] as number),
      );
    const moving = axes.filter((axis) => x.shape[axis] !== 1);
    if (moving.every((axis, index) => index === 0 || axis > (moving[index - 1] as number)))
      return reshape(x, node.shape);
    return undefined;
  }
  if (isApplication(node, broadcastPrimitive)) {
    if (isApplication(x, broadcastPrimitive)) return broadcast(x.inputs[0] as Node, node.shape);
    if (sizeOf(x.shape) === sizeOf(node.shape)) return reshape(x, node.shape);
    return moveIota(node, x);
  }
  const cut = attributesIf(node, slicePrimitive);
  if (cut && sameShape(node.shape, x.shape) && cut.step.every((step, axis) => step === 1 || node.shape[axis] === 1))
    return x;
  if (cut) return sliceOfPart(x, cut);
  return undefined;
}

/** A slice that lies within one part of a concatenation is a slice of that part: what a scan stacked and another takes apart. */
function sliceOfPart(
  x: Node,
  { start, size, step }: { start: readonly number[]; size: readonly number[]; step: readonly number[] },
): Node | undefined {
  if (!isApplication(x, concatenatePrimitive)) return undefined;
  const { axis } = x.attributes;
  const first = start[axis] as number;
  const last = first + (step[axis] as number) * ((size[axis] as number) - 1);
  let from = 0;
  for (const part of x.inputs) {
    const to = from + (part.shape[axis] as number);
    if (Math.min(first, last) >= from && Math.max(first, last) < to)
      return slice(part, { start: start.map((at, index) => (index === axis ? at - from : at)), size, step });
    from = to;
  }
  return undefined;
}

/** An iota that only gains axes of size 1, or stretches along others than its own, is an iota of the larger shape. */
function moveIota(node: Node, x: Node): Node | undefined {
  const attributes = attributesIf(x, iotaPrimitive);
  if (!attributes) return undefined;
  const length = x.shape[attributes.axis] as number;
  if (isApplication(node, broadcastPrimitive)) {
    const axis = attributes.axis + node.shape.length - x.shape.length;
    return node.shape[axis] === length ? iota(node.shape, axis) : undefined;
  }
  if (!sameShape(withoutUnits(node.shape), withoutUnits(x.shape)) || length === 1) return undefined;
  const position = withoutUnits(x.shape.slice(0, attributes.axis)).length;
  const axis = node.shape.findIndex(
    (dimension, at) => dimension !== 1 && withoutUnits(node.shape.slice(0, at)).length === position,
  );
  return iota(node.shape, axis);
}

/** The number that every element of `node` is, if it is a constant or a broadcast one. */
export function constantValue(node: Node): number | undefined {
  const { kind } = node.primitive;
  if (kind === "elementwise" || kind === "kernel") return undefined;
  if (isApplication(node, broadcastPrimitive) || isApplication(node, reshapePrimitive))
    return constantValue(node.inputs[0] as Node);
  const attributes = attributesIf(node, constantPrimitive);
  return attributes?.values.length === 1 ? attributes.values[0] : undefined;
}

/** A function of constants is a constant, rounded to the result's type. */
function foldConstants(node: Node): Node | undefined {
  const values: number[] = [];
  for (let index = 0; index < node.inputs.length; index++) {
    const value = constantValue(node.inputs[index] as Node);
    if (value === undefined) return undefined;
    values.push(value);
  }
  if (values.length === 0 || node.primitive.name === "randomBits") return undefined;
  const scalars = node.inputs.map((input, index) => constant(values[index] as number, input.dtype));
  const scalar = apply(node.primitive, scalars, node.attributes);
  const result = node.primitive.reference(
    scalar,
    values.map((value) => Float64Array.of(value)),
  );
  return broadcast(constant(result[0] as number, node.dtype), node.shape);
}

function is(input: Node | undefined, value: number): boolean {
  return input !== undefined && constantValue(input) === value;
}

/** x + 0, x - 0, x * 1, x / 1, -(-x), and select with a known condition. */
function removeIdentity(node: Node): Node | undefined {
  const a = node.inputs[0];
  const b = node.inputs[1];
  switch (node.primitive.name) {
    case "add":
      return is(b, 0) ? a : is(a, 0) ? b : undefined;
    case "subtract":
      return is(b, 0) ? a : undefined;
    case "multiply":
      return is(b, 1) ? a : is(a, 1) ? b : undefined;
    case "divide":
      return is(b, 1) ? a : undefined;
    case "negative":
      return a?.primitive.name === "negative" ? a.inputs[0] : undefined;
    case "select":
      return is(a, 1) ? b : is(a, 0) ? node.inputs[2] : b === node.inputs[2] ? b : undefined;
    default:
      return undefined;
  }
}

/** f(broadcast(a), broadcast(b)) = broadcast(f(a, b)) where a and b have one shape: compute the few, then stretch. */
function computeBeforeBroadcast(node: Node): Node | undefined {
  let source: Shape | undefined;
  for (let index = 0; index < node.inputs.length; index++) {
    const input = node.inputs[index] as Node;
    if (constantValue(input) !== undefined) continue;
    if (!isApplication(input, broadcastPrimitive)) return undefined;
    const { shape } = input.inputs[0] as Node;
    if (source && !sameShape(source, shape)) return undefined;
    source = shape;
  }
  if (!source || node.inputs.length === 0) return undefined;
  const small = node.inputs.map((input) => {
    const value = constantValue(input);
    return value === undefined ? (input.inputs[0] as Node) : broadcast(constant(value, input.dtype), source);
  });
  return broadcast(simplifyNode(apply(node.primitive, small, node.attributes)), node.shape);
}

/**
 * A sum of arrays, each zero outside of a part of its own, is the concatenation of the parts if these fill it: the gradient of
 * a tensor that was split.
 */
function joinParts(node: Node): Node | undefined {
  if (node.primitive.name !== "add") return undefined;
  const parts: { readonly value: Node; readonly start: readonly number[] }[] = [];
  const pending = [...node.inputs];
  for (let term = pending.pop(); term; term = pending.pop()) {
    const padding = attributesIf(term, padPrimitive);
    if (term.primitive.name === "add" && parts.length + pending.length < 4096) pending.push(...term.inputs);
    else if (padding && padding.value === 0 && padding.step.every((step) => step === 1))
      parts.push({ value: term.inputs[0] as Node, start: padding.start });
    else return undefined;
  }
  const [first] = parts as [(typeof parts)[0]];
  const axis = node.shape.findIndex((dimension, at) => first.value.shape[at] !== dimension);
  if (axis < 0) return undefined;
  parts.sort((a, b) => (a.start[axis] as number) - (b.start[axis] as number));
  let end = 0;
  for (const { value, start } of parts) {
    const fits = node.shape.every((dimension, at) =>
      at === axis ? start[at] === end : start[at] === 0 && value.shape[at] === dimension,
    );
    if (!fits) return undefined;
    end += value.shape[axis] as number;
  }
  if (end !== node.shape[axis]) return undefined;
  return concatenate(
    parts.map(({ value }) => value),
    axis,
  );
}

/** Kernels with nothing to read give a constant; devices need not know empty loops. */
function simplifyEmpty(node: Node): Node | undefined {
  if (sizeOf(node.shape) === 0 || !node.inputs.some((input) => sizeOf(input.shape) === 0)) return undefined;
  const filled = (value: number) => broadcast(constant(value, node.dtype), node.shape);
  const reduction = attributesIf(node, reducePrimitive);
  if (reduction) return filled(identityOf(reduction.kind, node.dtype === "int32" ? "int32" : "float32"));
  const padding = attributesIf(node, padPrimitive);
  if (padding) return filled(padding.value);
  const joined = attributesIf(node, concatenatePrimitive);
  if (joined)
    return concatenate(
      node.inputs.filter((input) => sizeOf(input.shape) > 0),
      joined.axis,
    );
  const sums = [
    matmulPrimitive,
    convolutionName,
    convolutionInputGradientName,
    convolutionFilterGradientName,
    scatterAddPrimitive,
  ];
  return sums.some((primitive) => primitive.name === node.primitive.name) ? filled(0) : undefined;
}

/**
 * sum(a · c) = sum(a) · c where c is the same along the summed axes; sum(-a) = -sum(a); sum(a + c) = sum(a) where c is centred
 * along them: so the gradient of a variance does not flow into its mean, and normalization spares a pass.
 */
function simplifySum(node: Node): Node | undefined {
  const reduction = attributesIf(node, reducePrimitive);
  if (reduction?.kind !== "sum" || node.dtype !== "float32") return undefined;
  const [x] = node.inputs as [Node];
  const [a, b] = x.inputs;
  const { axes } = reduction;
  const sumOf = (term: Node) => simplifyNode(sum(term, axes));
  if (x.primitive.name === "negative") return negative(sumOf(a as Node));
  if (!a || !b) return undefined;
  if (x.primitive.name === "add") {
    if (isCentred(b, axes)) return sumOf(a);
    return isCentred(a, axes) ? sumOf(b) : undefined;
  }
  if (x.primitive.name !== "multiply") return undefined;
  for (const [term, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const kept = withoutAxes(factor, axes);
    if (kept)
      return simplifyNode(apply(x.primitive, [sumOf(term), simplifyNode(broadcast(kept, node.shape))], x.attributes));
  }
  return undefined;
}

/** Whether the sum along some axes is 0 by construction: x - mean(x), as it is or times what is the same along them. */
function isCentred(node: Node, axes: readonly number[]): boolean {
  const [a, b] = node.inputs;
  switch (node.primitive.name) {
    case "negative":
      return isCentred(a as Node, axes);
    case "multiply":
      return (
        (withoutAxes(a as Node, axes) !== undefined && isCentred(b as Node, axes)) ||
        (withoutAxes(b as Node, axes) !== undefined && isCentred(a as Node, axes))
      );
    case "subtract": {
      const kept = withoutAxes(b as Node, axes);
      return kept !== undefined && isMeanOf(kept, a as Node, axes);
    }
    default:
      return false;
  }
}

/** Whether a simple Node of as many elements is the mean of `x` along some axes. */
function isMeanOf(node: Node, x: Node, axes: readonly number[]): boolean {
  const product = withoutReshape(node);
  const [total, factor] = product.inputs;
  if (product.primitive.name !== "multiply") return false;
  const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
  const quotient = constantValue(factor as Node);
  return (
    quotient !== undefined &&
    Math.fround(quotient) === Math.fround(1 / count) &&
    withoutReshape(total as Node) === withoutReshape(simplifyNode(sum(x, axes)))
  );
}

function withoutReshape(node: Node): Node {
  return isApplication(node, reshapePrimitive) ? withoutReshape(node.inputs[0] as Node) : node;
}

/** What a Node is without axes along which it only repeats itself; undefined if it does not. */
function withoutAxes(node: Node, axes: readonly number[]): Node | undefined {
  if (!isApplication(node, broadcastPrimitive)) return undefined;
  const [source] = node.inputs as [Node];
  const lead = node.shape.length - source.shape.length;
  const repeats = axes.every((axis) => axis < lead || (source.shape[axis - lead] === 1 && node.shape[axis] !== 1));
  if (!repeats) return undefined;
  return simplifyNode(
    reshape(
      source,
      source.shape.filter((_, axis) => !axes.includes(axis + lead)),
    ),
  );
}
