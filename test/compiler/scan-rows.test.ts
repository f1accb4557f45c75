/** Scans by rows: which scans become parallel loops over rows of their batch, and that they compute the same with any number of threads. */
import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/compiler/compile.ts";
import { gradients } from "../../src/graph/autodiff.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";
import { isLeaf } from "../../src/graph/primitives/leaf.ts";
import { fastDevices } from "../support/devices.ts";
import { expectAsReference } from "../support/expect-as-reference.ts";

const f32 = (...shape: number[]) => graph.parameter(shape, "float32");

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly units: number;
}

/** h' = tanh(h · R / units + x), with a further term where `extra` gives one; its gradients too. */
function recurrence({ batch, length, units }: Sizes, extra?: (h: Node) => Node) {
  const [x, start, weights] = [f32(length, batch, units), f32(batch, units), f32(units, units)];
  const [h, slice] = [f32(batch, units), f32(batch, units)];
  const product = graph.multiply(graph.matmul(h, weights), graph.broadcast(graph.constant(1 / units), h.shape));
  const sum = graph.add(product, slice);
  const next = graph.tanh(extra ? graph.add(sum, extra(h)) : sum);
  const { body, captured } = graph.closeBody({ carries: [h], slices: [slice] }, { next: [next], outputs: [next] });
  const inputs = { initial: [start], sequences: [x], constants: captured, length, reverse: false };
  const [last, all] = graph.scan(body, inputs) as [Node, Node];
  const loss = graph.mean(graph.multiply(all, all), [0, 1, 2]);
  return {
    parameters: [x, start, weights],
    forward: [last, all],
    all: [last, ...gradients(loss, [x, start, weights])],
  };
}

function loopsOf(outputs: readonly Node[]): string[] {
  const parameters = topologicalOrder(outputs).filter(isLeaf);
  const { instructions } = compileProgram({ parameters, outputs, updates: [] });
  return instructions.flatMap(({ label }) => (/loop of/.test(label) ? [label.trim()] : []));
}

test("the rows of a batch go through all steps by themselves, forwards and backwards", () => {
  const { all } = recurrence({ batch: 64, length: 12, units: 48 });
  const loops = ["parallel loop of 4 turns", "loop of 12 turns"];
  expect(loopsOf(all)).toEqual([...loops, ...loops]);
});

test.each<[string, Node[], string[]]>([
  ["few rows stay together", recurrence({ batch: 16, length: 12, units: 48 }).forward, ["loop of 12 turns"]],
  ["and those of a small scan", recurrence({ batch: 32, length: 5, units: 4 }).forward, ["loop of 5 turns"]],
  ["and those that share large weights", recurrence({ batch: 64, length: 5, units: 400 }).forward, ["loop of 5 turns"]],
  [
    "and those of which each needs the others",
    recurrence({ batch: 64, length: 12, units: 48 }, (h) =>
      graph.broadcast(graph.reshape(graph.mean(h, [0]), [1, 48]), h.shape),
    ).forward,
    ["loop of 12 turns"],
  ],
])("%s", (_what, outputs, loops) => {
  expect(loopsOf(outputs)).toEqual(loops);
});

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  test.each([
    [32, 9, 40],
    [80, 7, 24],
    [96, 6, 33],
  ])("%i rows, %i steps of %i units are what the reference computes", async (batch, length, units) => {
    const { parameters, all } = recurrence({ batch, length, units });
    expect(loopsOf(all).filter((label) => label.startsWith("parallel"))).toHaveLength(2);
    await expectAsReference(device, parameters, all);
  });
});
