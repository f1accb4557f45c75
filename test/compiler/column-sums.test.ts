/** Column sums: which reductions the kernels before them take over, and that the results are the reference's. */
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/compiler/compile.ts";
import { gradients } from "../../src/graph/autodiff.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";
import { isLeaf } from "../../src/graph/primitives/leaf.ts";
import { fastDevices } from "../support/devices.ts";
import { expectAsReference } from "../support/expect-as-reference.ts";

const f32 = (...shape: number[]) => graph.parameter(shape, "float32");
const spread = (x: Node, shape: readonly number[]) => graph.broadcast(x, shape);
const scaled = (x: Node, factor: number) => graph.multiply(x, spread(graph.constant(factor), x.shape));
const columns = (x: Node) => graph.reduce("sum", x, [...x.shape.keys()].slice(0, -1));
const meanOf = (x: Node) =>
  scaled(columns(x), (x.shape[x.shape.length - 1] as number) / x.shape.reduce((a, b) => a * b, 1));
const [rows, channels] = [2048, 64];
const product = () => graph.matmul(f32(rows, 16), f32(16, channels));

/** Batch normalization without scale and shift. */
function normalized(x: Node): Node {
  const centered = graph.subtract(x, spread(meanOf(x), x.shape));
  const variance = meanOf(graph.multiply(centered, centered));
  const inverse = graph.rsqrt(graph.add(variance, spread(graph.constant(1e-3), variance.shape)));
  return graph.multiply(centered, spread(inverse, x.shape));
}

function labelsOf(outputs: readonly Node[]): readonly string[] {
  const parameters = topologicalOrder(outputs).filter(isLeaf);
  return compileProgram({ parameters, outputs, updates: [] }).instructions.map(({ label }) => label.trim());
}
const reductionsOf = (outputs: readonly Node[]) => labelsOf(outputs).filter((label) => label.startsWith("sum"));

test("a product adds up its columns itself", () => {
  const x = product();
  const [first, ...others] = labelsOf([x, columns(x)]);
  expect(first).toMatch(/^matmul .* → float32\[2048, 64\], float32\[64\]$/);
  expect(others).toEqual([]);
});

test("a value that only the sum needs is not stored", () => {
  const [label, ...others] = labelsOf([columns(graph.exp(product()))]);
  expect(label).toMatch(/^matmul .* \+ exp → float32\[64\]$/);
  expect(others).toEqual([]);
});

test("what is done with the sums is left to a map", () => {
  const x = product();
  const labels = labelsOf([x, graph.exp(columns(x))]);
  expect(labels).toHaveLength(2);
  expect(labels[1]).toMatch(/^map exp → float32\[64\]$/);
});

test("mean and variance come with the product, and the sums of normalization's gradient with the one before", () => {
  const [a, b] = [f32(rows, channels), f32(channels, channels)];
  const first = graph.matmul(f32(rows, 16), f32(16, channels));
  const hidden = graph.matmul(normalized(first), b);
  const loss = graph.reduce("sum", graph.multiply(normalized(hidden), a), [0, 1]);
  const forward = labelsOf([normalized(first)]);
  expect(forward[0]).toMatch(/^matmul .* → float32\[2048, 64\], float32\[64\], float32\[64\]$/);
  expect(reductionsOf([normalized(first)])).toEqual([]);
  const inputs = topologicalOrder([loss]).filter(isLeaf);
  const backward = labelsOf(gradients(loss, inputs));
  // Both products of the forward pass, and the gradient of the hidden values.
  expect(
    backward.filter((label) => /^matmul.*→ float32\[2048, 64\], float32\[64\], float32\[64\]$/.test(label)),
  ).toHaveLength(3);
});

describe("a reduction stays by itself", () => {
  test.each<[string, () => readonly Node[]]>([
    ["of few elements", () => [columns(graph.matmul(f32(64, 16), f32(16, channels)))]],
    [
      "over other axes than the first",
      () => [graph.reduce("sum", graph.exp(graph.matmul(f32(64, 64, 16), f32(64, 16, 64))), [1])],
    ],
    ["of a value from memory", () => [columns(graph.exp(f32(rows, channels)))]],
    ["of very many columns", () => [columns(graph.matmul(f32(64, 16), f32(16, 4096)))]],
    [
      "that needs more of the product than a row",
      () => {
        const x = product();
        const most = spread(graph.reduce("max", x, [0]), x.shape);
        return [x, columns(graph.exp(graph.subtract(x, most)))];
      },
    ],
  ])("%s", (_, outputs) => {
    expect(reductionsOf(outputs())).toHaveLength(1);
  });
});

describe.each(fastDevices.map((device) => ({ name: device.name, device })))("on $name", ({ device }) => {
  test.each<[string, () => readonly Node[]]>([
    ["sums of a product", () => [scaled(columns(graph.exp(scaled(product(), 1 / 64))), 1 / rows)]],
    [
      "a product with its mean and variance",
      () => {
        const x = product();
        const centered = graph.subtract(x, spread(meanOf(x), x.shape));
        return [meanOf(x), meanOf(graph.multiply(centered, centered)), normalized(x)];
      },
    ],
    [
      "sums that lie one between the other",
      () => {
        const x = scaled(product(), 1 / 64);
        const apart = [columns(x), columns(graph.exp(x))].map((sums) =>
          graph.reshape(scaled(sums, 1 / rows), [channels, 1]),
        );
        const beside = [columns(graph.exp(x)), columns(graph.tanh(x))].map((sums) =>
          graph.reshape(sums, [channels, 1]),
        );
        return [graph.concatenate(apart, 1), scaled(graph.concatenate(beside, 1), 1 / rows)];
      },
    ],
    [
      "normalization's gradient",
      () => {
        const [x, weights] = [f32(rows, 8), f32(8, channels)];
        const first = normalized(graph.matmul(x, weights));
        const next = f32(channels, channels);
        const loss = graph.reduce(
          "sum",
          graph.multiply(scaled(normalized(graph.matmul(first, next)), 1 / rows), f32(rows, channels)),
          [0, 1],
        );
        return gradients(loss, [next, weights]);
      },
    ],
  ])("%s", async (_, outputs) => {
    const nodes = outputs();
    await expectAsReference(device, topologicalOrder(nodes).filter(isLeaf), nodes);
  });
});
