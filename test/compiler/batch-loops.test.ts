/** Batch loops: which kernels become one loop over the items of a batch, what is left of their memory, and that they compute the same. */
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/compiler/compile.ts";
import { gradients } from "../../src/graph/autodiff.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";
import { isLeaf } from "../../src/graph/primitives/leaf.ts";
import { sizeOf } from "../../src/graph/shape.ts";
import { fastDevices } from "../support/devices.ts";
import { expectAsReference } from "../support/expect-as-reference.ts";

const f32 = (...shape: number[]) => graph.parameter(shape, "float32");
const spread = (x: Node, shape: readonly number[]) => graph.broadcast(x, shape);
const scaled = (x: Node, factor: number) => graph.multiply(x, spread(graph.constant(factor), x.shape));
/** Along the last axis, kept with size 1. */
function rows(kind: "sum" | "max", x: Node): Node {
  const kept = [...x.shape.slice(0, -1), 1];
  return spread(graph.reshape(graph.reduce(kind, x, [x.shape.length - 1]), kept), x.shape);
}
function softmax(x: Node): Node {
  const exponentials = graph.exp(graph.subtract(x, rows("max", x)));
  return graph.divide(exponentials, rows("sum", exponentials));
}
/** Softmax attention of `[batch, time, heads, width]`, `bias` added to the scores. */
function attention(q: Node, k: Node, v: Node, bias?: Node): { weights: Node; result: Node } {
  const [query, key, value] = [q, k, v].map((x) => graph.permute(x, [0, 2, 1, 3])) as [Node, Node, Node];
  const scores = scaled(graph.matmul(query, graph.transposeLast(key)), 0.25);
  const weights = softmax(bias ? graph.add(scores, spread(bias, scores.shape)) : scores);
  return { weights, result: graph.permute(graph.matmul(weights, value), [0, 2, 1, 3]) };
}

function compile(outputs: readonly Node[]) {
  const parameters = topologicalOrder(outputs).filter(isLeaf);
  const program = compileProgram({ parameters, outputs, updates: [] });
  const labels = program.instructions.map(({ label }) => label);
  return {
    loops: labels.filter((label) => label.startsWith("parallel loop")),
    outside: labels.filter((label) => !/^( {2}|parallel loop|copy)/.test(label)),
    arenaBytes: program.arenaBytes,
  };
}

const sequences = (batch: number, time = 64, heads = 4, width = 32) =>
  [1, 2, 3].map(() => f32(batch, time, heads, width)) as [Node, Node, Node];

test("attention is one loop, and its scores are never stored", () => {
  const { result } = attention(...sequences(16));
  const { loops, outside, arenaBytes } = compile([result]);
  expect(loops).toEqual(["parallel loop of 16 turns"]);
  expect(outside).toEqual([]);
  expect(arenaBytes).toBe(4 * sizeOf(result.shape));
});

test("so is its gradient, in the same loop where nothing comes between", () => {
  const inputs = sequences(16);
  const { result } = attention(...inputs);
  const loss = graph.reduce("sum", graph.multiply(result, f32(...result.shape)), [0, 1, 2, 3]);
  const { loops, outside, arenaBytes } = compile(gradients(loss, inputs));
  expect(loops).toEqual(["parallel loop of 16 turns"]);
  expect(outside).toEqual([]);
  expect(arenaBytes).toBe(3 * 4 * sizeOf(result.shape));
});

test("what is wanted outside of the loop is stored for the whole batch", () => {
  const { weights, result } = attention(...sequences(16));
  const { loops, arenaBytes } = compile([result, graph.reduce("max", weights, [0])]);
  expect(loops).toHaveLength(1);
  expect(arenaBytes).toBe(4 * sizeOf(weights.shape) + 4 * sizeOf(result.shape));
});

test("a large batch has several items a turn, as many as stay in the cache", () => {
  expect(compile([attention(...sequences(128, 32)).result]).loops).toEqual(["parallel loop of 16 turns"]);
  expect(compile([attention(...sequences(128, 64)).result]).loops).toEqual(["parallel loop of 64 turns"]);
});

test("few items or little work make no loop", () => {
  expect(compile([attention(...sequences(3)).result]).loops).toEqual([]);
  expect(compile([attention(...sequences(16, 8, 2, 8)).result]).loops).toEqual([]);
});

test("where an item does not fit into the cache, its softmax is a loop over rows", () => {
  const { loops, outside } = compile([attention(...sequences(4, 512, 4)).result]);
  expect(loops).toEqual(["parallel loop of 64 turns"]);
  expect(outside.map((label) => label.split(" ")[0])).toEqual(["matmul", "matmul"]);
});

test("neither do sums over the batch, nor products with weights that all items share", () => {
  const [x, w, v] = [f32(16, 64, 128), f32(128, 512), f32(512, 128)];
  const dense = (a: Node, b: Node) => {
    const flat = graph.reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape.at(-1) as number]);
    return graph.reshape(graph.matmul(flat, b), [...a.shape.slice(0, -1), b.shape[1] as number]);
  };
  expect(compile([dense(graph.tanh(dense(x, w)), v)]).loops).toEqual([]);
  const y = graph.tanh(x);
  const centred = graph.subtract(y, spread(graph.mean(y, [0]), y.shape));
  expect(compile([graph.multiply(centred, y), graph.mean(centred, [0])]).loops).toEqual([]);
});

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  const bias = f32(64, 64);
  test.each<[string, number, () => { parameters: Node[]; outputs: Node[] }]>([
    [
      "attention with a bias",
      1,
      () => {
        const inputs = sequences(6);
        return { parameters: [...inputs, bias], outputs: [attention(...inputs, bias).result] };
      },
    ],
    [
      "attention whose weights are wanted, and its gradients",
      1,
      () => {
        const inputs = sequences(5);
        const { weights, result } = attention(...inputs);
        const loss = graph.reduce("sum", graph.multiply(result, result), [0, 1, 2, 3]);
        return { parameters: inputs, outputs: [weights, ...gradients(loss, inputs)] };
      },
    ],
    [
      "cross-attention of other lengths, without heads",
      1,
      () => {
        const [q, k, v] = [f32(8, 100, 1, 48), f32(8, 77, 1, 48), f32(8, 77, 1, 20)];
        return { parameters: [q, k, v], outputs: [attention(q, k, v).result] };
      },
    ],
    [
      "attention of one sequence, head by head",
      2,
      () => {
        const inputs = sequences(1, 96, 8);
        const { result } = attention(...inputs);
        const loss = graph.reduce("sum", graph.multiply(result, result), [0, 1, 2, 3]);
        return { parameters: inputs, outputs: [result, ...gradients(loss, inputs)] };
      },
    ],
    [
      "a normalization of rows",
      1,
      () => {
        const x = f32(48, 64, 100);
        const centred = graph.subtract(x, scaled(rows("sum", x), 1 / 100));
        const variance = scaled(rows("sum", graph.multiply(centred, centred)), 1 / 100);
        return { parameters: [x], outputs: [graph.divide(centred, graph.sqrt(variance))] };
      },
    ],
  ])("%s is what the reference computes", async (_what, loops, make) => {
    const { parameters, outputs } = make();
    expect(compile(outputs).loops).toHaveLength(loops);
    await expectAsReference(device, parameters, outputs);
  });
});
