/** What the passes make of the graphs that matter: how many kernels, what is stored, how much memory. */
import { describe, expect, test } from "vitest";
import { enableAllKernels } from "../../src/compiler/all-kernels.ts";
import { compileProgram } from "../../src/compiler/compile.ts";
import type { Update } from "../../src/compiler/graph.ts";
import { gradients } from "../../src/graph/autodiff.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";
import { isLeaf } from "../../src/graph/primitives/leaf.ts";

enableAllKernels();

/** The labels of the program that computes `outputs` and `updates`. */
function compile(outputs: readonly Node[], updates: readonly Update[] = []) {
  const values = [...outputs, ...updates.map(({ value }) => value)];
  const parameters = [
    ...new Set([...topologicalOrder(values).filter(isLeaf), ...updates.map(({ parameter }) => parameter)]),
  ];
  const program = compileProgram({ parameters, outputs, updates });
  return { labels: program.instructions.map(({ label }) => label), arenaBytes: program.arenaBytes };
}
const f32 = (...shape: number[]) => graph.parameter(shape, "float32");
const scaled = (x: Node, factor: number) => graph.multiply(x, graph.broadcast(graph.constant(factor), x.shape));
const relu = (x: Node) => {
  const zero = graph.zeros(x.shape);
  return graph.select(graph.lessEqual(x, zero), zero, x);
};

test("a dense layer with bias and activation is one instruction", () => {
  const [x, w, b] = [f32(32, 64), f32(64, 16), f32(16)];
  const { labels } = compile([relu(graph.add(graph.matmul(x, w), graph.broadcast(b, [32, 16])))]);
  expect(labels).toHaveLength(1);
  expect(labels[0]).toContain("matmul [32, 64]·[64, 16] + add·lessEqual·select");
});

test("a transposed operand costs nothing", () => {
  expect(compile([graph.matmul(f32(3, 4), graph.transposeLast(f32(5, 4)))]).labels).toHaveLength(1);
});

test("a large transposed array is copied before an elementwise kernel reads it, a small or ordered one is not", () => {
  const mixed = (x: Node, y: Node) => compile([graph.add(graph.exp(x), y)]).labels.map((label) => label.split(" ")[0]);
  expect(mixed(graph.transposeLast(f32(512, 512)), f32(512, 512))).toEqual(["copy", "map"]);
  expect(mixed(graph.transposeLast(f32(64, 64)), f32(64, 64))).toEqual(["map"]);
  const heads = graph.permute(f32(8, 64, 16, 64), [0, 2, 1, 3]);
  expect(mixed(heads, f32(8, 16, 64, 64))).toEqual(["map"]);
});

test("an optimizer's update is the tail of the matmul that computes the gradient, which is never stored", () => {
  const [x, w, v] = [f32(32, 64), f32(64, 16), f32(64, 16)];
  const y = graph.matmul(x, w);
  const loss = graph.mean(graph.multiply(y, y), [0, 1]);
  const [gradient] = gradients(loss, [w]) as [Node];
  const velocity = graph.add(scaled(v, 0.9), gradient);
  const { labels } = compile(
    [loss],
    [
      { parameter: v, value: velocity },
      { parameter: w, value: graph.subtract(w, scaled(velocity, 0.1)) },
    ],
  );
  const update = labels.filter((label) => label.startsWith("matmul [64, 32]·[32, 16]"));
  expect(update).toEqual([expect.stringMatching(/ \+ .* → float32\[64, 16\], float32\[64, 16\]$/)]);
  expect(labels.filter((label) => label.startsWith("copy"))).toHaveLength(0);
});

test("the weights are overwritten only after the input's gradient has read them", () => {
  const [x, w, u] = [f32(8, 8), f32(8, 8), f32(8, 8)];
  const y = graph.matmul(graph.matmul(x, u), w);
  const loss = graph.mean(graph.multiply(y, y), [0, 1]);
  const [gw, gu] = gradients(loss, [w, u]) as [Node, Node];
  const { labels } = compile(
    [],
    [
      { parameter: w, value: graph.subtract(w, gw) },
      { parameter: u, value: graph.subtract(u, gu) },
    ],
  );
  // forward twice, the gradient through w, then the two updates
  expect(labels.filter((label) => label.includes("+ subtract"))).toHaveLength(2);
  expect(labels.findIndex((label) => label.includes("+ subtract"))).toBeGreaterThanOrEqual(3);
  expect(labels.filter((label) => label.startsWith("copy"))).toHaveLength(0);
});

test("values and positions of a window's maximum come from one pass", () => {
  const x = f32(2, 8, 8, 3);
  const geometry = {
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 0],
      [0, 0],
    ],
    dilation: [1, 1],
  } as const;
  const pooled = graph.windowMax(x, geometry);
  const loss = graph.mean(graph.multiply(pooled, pooled), [0, 1, 2, 3]);
  const { labels } = compile([loss, ...gradients(loss, [x])]);
  expect(labels.filter((label) => label.startsWith("window"))).toHaveLength(2);
});

test("what a reduction alone uses is computed in its head", () => {
  const x = f32(64, 10);
  expect(compile([graph.sum(graph.exp(scaled(x, 2)), [1])]).labels).toHaveLength(1);
});

test("what is computed from a reduction's result is its tail: a bias's update, a variance's reciprocal root", () => {
  const [g, b, v] = [f32(32, 16), f32(16), f32(16)];
  const velocity = graph.add(scaled(v, 0.9), graph.sum(graph.multiply(g, g), [0]));
  const update = compile(
    [],
    [
      { parameter: v, value: velocity },
      { parameter: b, value: graph.subtract(b, scaled(velocity, 0.1)) },
    ],
  );
  expect(update.labels).toHaveLength(1);
  expect(update.labels[0]).toMatch(/^sum of multiply \[32, 16\] as .* \+ .* → float32\[16\], float32\[16\]$/);
  const root = graph.rsqrt(graph.mean(graph.multiply(g, g), [1]));
  expect(compile([root]).labels).toHaveLength(1);
});

test("a reduction's tail does not overwrite what other sums still read", () => {
  const [x, b] = [f32(32, 16), f32(16)];
  const sum = graph.sum(graph.exp(graph.multiply(x, graph.broadcast(b, x.shape))), [0]);
  const { labels } = compile([], [{ parameter: b, value: graph.subtract(b, sum) }]);
  expect(labels).toHaveLength(2);
  expect(labels[1]).toMatch(/^copy .* a variable$/);
});

test("batch normalization stores neither the centred input nor its square", () => {
  const x = f32(256, 16);
  const center = graph.subtract(x, graph.broadcast(graph.mean(x, [0]), x.shape));
  const variance = graph.mean(graph.multiply(center, center), [0]);
  const { labels } = compile([graph.multiply(center, graph.broadcast(graph.rsqrt(variance), x.shape))]);
  expect(labels.filter((label) => label.includes("[256, 16]") && label.startsWith("map"))).toHaveLength(1);
});

test("values that do not live at the same time share memory", () => {
  let x: Node = f32(1024);
  for (let layer = 0; layer < 10; layer++)
    x = graph.exp(graph.subtract(x, graph.broadcast(graph.sum(x, [0]), x.shape)));
  expect(compile([graph.sum(x, [0])]).arenaBytes).toBeLessThan(4 * 4096);
});

test("an output that is an argument, a view or there twice is copied", () => {
  const x = f32(2, 3);
  const y = graph.exp(x);
  const { labels } = compile([x, graph.transposeLast(y), y, y]);
  expect(labels.filter((label) => label.startsWith("copy"))).toHaveLength(3);
});

test("the gradient of a tensor that was split is computed in one piece, without padding or copies", () => {
  const x = f32(8, 12);
  const part = (index: number) => graph.slice(x, { start: [0, 4 * index], size: [8, 4] });
  const mixed = graph.multiply(graph.tanh(part(0)), graph.multiply(graph.sigmoid(part(1)), graph.exp(part(2))));
  const loss = graph.sum(mixed, [0, 1]);
  const { labels } = compile(gradients(loss, [x]));
  expect(labels.filter((label) => /^(pad|fill|copy|concatenate)/.test(label))).toEqual([]);
});

describe("a scan", () => {
  /** h' = tanh(x·w + h·u), its loss, and the gradients of the weights. */
  function recurrent(length: number) {
    const [x, w, u] = [f32(length, 3, 4), f32(4, 5), f32(5, 5)];
    const [h, slice, kernel, recurrentKernel] = [f32(3, 5), f32(3, 4), f32(4, 5), f32(5, 5)];
    const next = graph.tanh(graph.add(graph.matmul(slice, kernel), graph.matmul(h, recurrentKernel)));
    const body = new graph.ScanBody({
      carries: [h],
      slices: [slice],
      constants: [kernel, recurrentKernel],
      next: [next],
      outputs: [next],
    });
    const initial = [graph.zeros([3, 5])];
    const [, states] = graph.scan(body, { initial, sequences: [x], constants: [w, u], length, reverse: false });
    const loss = graph.mean(states as Node, [0, 1, 2]);
    return compile([loss, ...gradients(loss, [w, u])]).labels;
  }

  test("is a loop, and its gradient another; the program does not grow with the length", () => {
    const labels = recurrent(10);
    expect(labels.filter((label) => label === "loop of 10 turns")).toHaveLength(2);
    expect(recurrent(1000)).toHaveLength(labels.length);
  });

  test("computes nothing of its forward turns again, and contracts the weights' gradients over all turns at once", () => {
    const products = recurrent(10).filter((label) => label.includes("matmul"));
    expect(products.map((label) => label.replace(/ \+.*| →.*/, ""))).toEqual([
      "  matmul [3, 4]·[4, 5]",
      "  matmul [3, 5]·[5, 5]",
      "  matmul [3, 5]·[5, 5]",
      "matmul [4, 30]·[30, 5]",
      "matmul [5, 30]·[30, 5]",
    ]);
    expect(recurrent(10).filter((label) => label.startsWith("  map") && label.includes("tanh"))).toHaveLength(0);
  });

  test("turns round before the loop what every turn would multiply with transposed", () => {
    const labels = recurrent(10);
    const backward = labels.lastIndexOf("loop of 10 turns");
    expect(labels.slice(0, backward)).toContain("copy float32[5, 5]");
  });
});

test("of GELU written out only the argument and its hyperbolic tangent are kept for the gradient, besides the result", () => {
  const [x, w, v] = [f32(64, 32), f32(32, 256), f32(256, 32)];
  const z = graph.matmul(x, w);
  const inner = graph.tanh(graph.add(z, scaled(graph.multiply(graph.multiply(z, z), z), 0.044715)));
  const gelu = graph.multiply(scaled(z, 0.5), graph.add(inner, graph.broadcast(graph.constant(1), z.shape)));
  const loss = graph.mean(graph.matmul(gelu, v), [0, 1]);
  const { labels } = compile([loss, ...gradients(loss, [w, v])]);
  expect(labels.find((label) => label.includes("tanh"))).toMatch(/→ float32\[64, 256\](, float32\[64, 256\]){2}$/);
});

test("of GELU nothing but its slope is kept for the gradient, besides the result", () => {
  const [x, w, v] = [f32(64, 32), f32(32, 256), f32(256, 32)];
  const loss = graph.mean(graph.matmul(graph.gelu(graph.matmul(x, w), true), v), [0, 1]);
  const { labels } = compile([loss, ...gradients(loss, [w, v])]);
  const [forward, backward] = labels.filter((label) => label.startsWith("matmul [64, 32]·[32, 256] + "));
  expect(forward).toMatch(/→ float32\[64, 256\], float32\[64, 256\]$/);
  expect(backward).toContain("+ multiply → float32[64, 256]");
});

test("a product that is only wanted in another order is computed in that order", () => {
  const heads = graph.matmul(f32(2, 4, 8, 8), f32(2, 4, 8, 16));
  const merged = graph.reshape(graph.permute(heads, [0, 2, 1, 3]), [2 * 8, 4 * 16]);
  expect(compile([graph.matmul(merged, f32(64, 3))]).labels).toHaveLength(2);
  // Not if somebody needs it as it is.
  expect(compile([graph.matmul(merged, f32(64, 3)), heads]).labels).toHaveLength(3);
});

test("of a softmax nothing but the result is kept for its gradient", () => {
  const [x, g] = [f32(64, 100), f32(64, 100)];
  const y = graph.softmax(x, 1);
  const [dx] = gradients(graph.reduce("sum", graph.multiply(y, g), [0, 1]), [x]) as [Node];
  const { labels } = compile([y, dx]);
  expect(labels).toHaveLength(6);
  expect(labels.slice(3).map((label) => label.replace(/ float32.*/, ""))).toEqual([
    "map multiply →",
    "sum of multiply [64, 100] as [64, 100, 1] →",
    "map subtract·multiply →",
  ]);
});
