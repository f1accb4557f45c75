/** What the first pass makes simpler. */
import { expect, test } from "vitest";
import { simplify } from "../../src/compiler/simplify.ts";
import type { Node } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";

function simple(node: Node): Node {
  return simplify({ parameters: [], outputs: [node], updates: [] }).outputs[0] as Node;
}
const x = graph.parameter([4, 3], "float32");
const row = graph.parameter([3], "float32");
const number = (value: number) => graph.broadcast(graph.constant(value), [4, 3]);

test("identities disappear", () => {
  expect(simple(graph.add(x, number(0)))).toBe(x);
  expect(simple(graph.multiply(number(1), x))).toBe(x);
  expect(simple(graph.divide(x, number(1)))).toBe(x);
  expect(simple(graph.negative(graph.negative(x)))).toBe(x);
  expect(simple(graph.stopGradient(x))).toBe(x);
});

test("constants are folded, and rounded as a device would", () => {
  const folded = simple(graph.add(graph.multiply(x, number(1)), graph.exp(number(1))));
  expect(folded).toBe(graph.add(x, number(Math.fround(Math.E))));
});

test("chains of views become one", () => {
  const twice = graph.permute(graph.permute(x, [1, 0]), [1, 0]);
  expect(simple(twice)).toBe(x);
  expect(simple(graph.reshape(graph.reshape(x, [2, 6]), [12]))).toBe(graph.reshape(x, [12]));
  expect(simple(graph.broadcast(row, [1, 3]))).toBe(graph.reshape(row, [1, 3]));
});

test("a function of stretched values is computed before they are stretched", () => {
  expect(simple(graph.exp(graph.broadcast(row, [4, 3])))).toBe(graph.broadcast(graph.exp(row), [4, 3]));
});

test("a factor that does not change along the summed axes moves out of the sum", () => {
  const scaled = graph.sum(graph.multiply(x, graph.broadcast(row, [4, 3])), [0]);
  expect(simple(scaled)).toBe(graph.multiply(graph.sum(x, [0]), row));
  const kept = graph.sum(graph.multiply(x, graph.broadcast(row, [4, 3])), [1]);
  expect(simple(kept)).toBe(kept);
});

test("what is centred along the summed axes drops out of the sum", () => {
  const mean = graph.multiply(graph.sum(x, [0]), graph.broadcast(graph.constant(0.25), [3]));
  const centred = graph.subtract(x, graph.broadcast(mean, [4, 3]));
  const other = graph.parameter([4, 3], "float32");
  const scaled = graph.multiply(graph.broadcast(row, [4, 3]), graph.multiply(centred, number(2)));
  for (const term of [centred, scaled, graph.negative(scaled)])
    expect(simple(graph.sum(graph.add(other, term), [0]))).toBe(graph.sum(other, [0]));
  const along = graph.sum(graph.add(other, centred), [1]);
  expect(simple(along)).toBe(along);
  const third = graph.broadcast(graph.constant(1 / 3), [4, 1]);
  const kept = graph.broadcast(graph.multiply(graph.reshape(graph.sum(x, [1]), [4, 1]), third), [4, 3]);
  expect(simple(graph.sum(graph.add(graph.subtract(x, kept), other), [1]))).toBe(graph.sum(other, [1]));
  const byOther = graph.add(other, graph.multiply(other, centred));
  expect(simple(graph.sum(byOther, [0]))).toBe(graph.sum(byOther, [0]));
});

test("an iota with stretched axes is an iota", () => {
  const classes = graph.broadcast(graph.reshape(graph.iota([3], 0), [1, 3]), [4, 3]);
  expect(simple(classes)).toBe(graph.iota([4, 3], 1));
});

test("a reduction over nothing is a constant", () => {
  const nothing = graph.parameter([0, 3], "float32");
  expect(simple(graph.sum(nothing, [0]))).toBe(graph.broadcast(graph.constant(0), [3]));
  expect(simple(graph.matmul(graph.parameter([2, 0], "float32"), nothing))).toBe(
    graph.broadcast(graph.constant(0), [2, 3]),
  );
});

test("a slice within one part of a concatenation is taken from that part", () => {
  const [a, b] = [graph.parameter([2, 3], "float32"), graph.parameter([4, 3], "float32")];
  const joined = graph.concatenate([a, b], 0);
  expect(simple(graph.slice(joined, { start: [0, 0], size: [2, 3] }))).toBe(a);
  const inside = graph.slice(joined, { start: [3, 1], size: [2, 2] });
  expect(simple(inside)).toBe(graph.slice(b, { start: [1, 1], size: [2, 2] }));
  const across = graph.slice(joined, { start: [1, 0], size: [2, 3] });
  expect(simple(across)).toBe(across);
});
