/** Random graphs on every fast device against the reference: what the passes do must not change what is computed. */
import { describe, expect, test } from "vitest";
import { roots, type Update } from "../../src/compiler/graph.ts";
import type { Device } from "../../src/devices/device.ts";
import { toTypedArray } from "../../src/graph/dtype.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import * as graph from "../../src/graph/primitives/index.ts";
import { printNodes } from "../../src/graph/print.ts";
import { sizeOf } from "../../src/graph/shape.ts";
import { fastDevices } from "../support/devices.ts";
import { numbers } from "../support/samples.ts";

/** Grows a graph by applying random primitives to random earlier Nodes; values stay near [-2, 2]. */
class Grower {
  readonly random: () => number;
  readonly parameters: Node[] = [];
  readonly nodes: Node[] = [];

  constructor(seed: number) {
    this.random = numbers(seed);
    const dimensions = [1, 2, 3, 4, 6];
    for (let index = 0; index < 4; index++) {
      const shape = Array.from({ length: 1 + this.below(3) }, () => this.pick(dimensions));
      this.parameters.push(graph.parameter(shape, "float32"));
    }
    this.nodes.push(...this.parameters);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  any(): Node {
    // Recent Nodes more often, so that chains grow long.
    const recent = this.random() < 0.7 ? Math.min(6, this.nodes.length) : this.nodes.length;
    return this.nodes[this.nodes.length - 1 - this.below(recent)] as Node;
  }
  /** Some Node brought to the shape, by whatever view fits. */
  like(shape: readonly number[]): Node {
    const fitting = this.nodes.filter((node) => sizeOf(node.shape) === sizeOf(shape) || sizeOf(node.shape) === 1);
    const node = this.pick(fitting.length > 0 ? fitting : [graph.constant(this.random() * 2 - 1)]);
    const stretched =
      sizeOf(node.shape) === 1 ? graph.broadcast(graph.reshape(node, []), shape) : graph.reshape(node, shape);
    return stretched.dtype === "float32" ? stretched : graph.cast(stretched, "float32");
  }

  /** A scan over the first axis of some Node: its turn is a random graph of carries, slices and Nodes from outside. */
  scan(sequence: Node): Node[] {
    const [length, ...sliceShape] = sequence.shape as [number, ...number[]];
    const other = this.like([length, this.pick([1, 2, 3])]);
    const initial = Array.from({ length: 1 + this.below(3) }, () => this.like(this.any().shape));
    const carries = initial.map(({ shape }) => graph.parameter(shape, "float32"));
    const slices = [sliceShape, other.shape.slice(1)].map((shape) => graph.parameter(shape, "float32"));
    const inside = new Grower(this.below(1 << 20));
    inside.nodes.splice(0, 4, ...Array.from({ length: 1 + this.below(2) }, () => this.any()), ...slices, ...carries);
    for (let index = 0; index < 8; index++) inside.grow(false);
    // Sometimes a carry itself, so that carries change places; else something that does not grow from turn to turn.
    const some = (shape: readonly number[]) => {
      const same = carries.filter((carry) => sizeOf(carry.shape) === sizeOf(shape));
      return this.random() < 0.2 ? graph.reshape(this.pick(same), shape) : graph.tanh(inside.like(shape));
    };
    const next = carries.map(({ shape }) => some(shape));
    const outputs = [this.pick([...next, ...carries]), graph.cast(inside.any(), "float32")];
    const { body, captured } = graph.closeBody({ carries, slices }, { next, outputs });
    const reverse = this.random() < 0.5;
    const sequences = [sequence, other];
    const results = graph.scan(body, { initial, sequences, constants: captured, length, reverse });
    return results.filter(() => this.random() < 0.7);
  }

  grow(withScans = true): void {
    if (withScans && this.random() < 0.08) {
      const sequence = this.any();
      const isSequence = sequence.shape.length > 0 && sequence.dtype === "float32";
      if (isSequence) this.nodes.push(...this.scan(sequence).filter(({ shape }) => sizeOf(shape) <= 600));
      return;
    }
    const x = this.any();
    const { shape } = x;
    const rank = shape.length;
    const other = () => this.like(shape);
    // Comparing two computed values would turn a rounding error into a whole number.
    const threshold = () => graph.broadcast(graph.constant(this.random() * 2 - 1), shape);
    const axis = this.below(Math.max(1, rank));
    const choices: (() => Node | undefined)[] = [
      () => graph.tanh(x),
      () => graph.add(graph.multiply(x, other()), other()),
      () => graph.maximum(x, other()),
      () => graph.select(graph.less(x, threshold()), graph.negative(x), other()),
      () => graph.multiply(x, graph.broadcast(graph.constant(0.5), shape)),
      () =>
        rank > 0
          ? graph.add(
              x,
              graph.multiply(
                graph.cast(graph.iota(shape, axis), "float32"),
                graph.broadcast(graph.constant(0.1), shape),
              ),
            )
          : undefined,
      () => (rank > 0 ? graph.permute(x, [...shape.keys()].reverse()) : undefined),
      () => graph.reshape(x, [sizeOf(shape)]),
      () => (sizeOf(shape) % 2 === 0 ? graph.reshape(x, [2, sizeOf(shape) / 2]) : undefined),
      () => (sizeOf(shape) < 100 ? graph.broadcast(x, [3, ...shape]) : undefined),
      () =>
        rank > 0
          ? graph.slice(x, { start: shape.map((size) => size - 1), size: shape, step: shape.map(() => -1) })
          : undefined,
      () =>
        rank > 0 && sizeOf(shape) < 200
          ? graph.pad(x, { shape: shape.map((size) => size + 2), start: shape.map(() => 1), value: 0.25 })
          : undefined,
      () => (rank > 0 && sizeOf(shape) < 200 ? graph.concatenate([x, other()], axis) : undefined),
      () => (rank > 0 ? graph.mean(x, [axis]) : undefined),
      () =>
        rank > 1
          ? graph.reduce(
              "max",
              x,
              [0, rank - 1].filter((value, at, all) => all.indexOf(value) === at),
            )
          : undefined,
      () => (rank > 0 ? graph.mean(graph.multiply(x, other()), [...shape.keys()]) : undefined),
      () => (rank >= 2 ? graph.tanh(graph.matmul(x, graph.transposeLast(other()))) : undefined),
      () =>
        rank >= 2
          ? graph.tanh(
              graph.add(
                graph.matmul(graph.transposeLast(x), other()),
                graph.broadcast(graph.constant(0.1), [
                  ...shape.slice(0, -2),
                  shape[rank - 1] as number,
                  shape[rank - 1] as number,
                ]),
              ),
            )
          : undefined,
      () =>
        rank > 0
          ? graph.gather(
              x,
              graph.constant(
                Array.from({ length: 3 }, () => this.below(shape[axis] as number)),
                "int32",
              ),
              axis,
            )
          : undefined,
      () =>
        rank > 0
          ? graph.tanh(
              graph.cumulate(x, {
                kind: this.pick(["sum", "max", "min"] as const),
                axis,
                reverse: this.random() < 0.5,
              }),
            )
          : undefined,
      () =>
        rank > 0
          ? graph.linearRecurrence(graph.tanh(other()), graph.tanh(x), { axis, reverse: this.random() < 0.5 })
          : undefined,
      () => {
        if (rank === 0) return undefined;
        // Sorted values hardly change where a rounding error exchanges two positions.
        const [size, descending] = [shape[axis] as number, this.random() < 0.5];
        const count = 1 + this.below(size);
        return graph.gatherAlongAxis(x, graph.argsort(x, { axis, descending, count }), axis);
      },
      () => graph.cast(graph.less(x, threshold()), "float32"),
    ];
    const node = this.pick(choices)();
    if (node && sizeOf(node.shape) <= 600 && node.shape.length <= 5) this.nodes.push(node);
  }
}

interface RandomGraph {
  parameters: Node[];
  outputs: Node[];
  updates: Update[];
  random: () => number;
  /** Values that the parameters have at the beginning lie between these. */
  range: readonly [number, number];
}

function randomGraph(seed: number): RandomGraph {
  const grower = new Grower(seed);
  for (let index = 0; index < 30; index++) grower.grow();
  const { parameters, nodes, random } = grower;
  const outputs = [nodes[nodes.length - 1] as Node, ...[1, 2].map(() => grower.any())];
  // Some parameters are updated by whatever Node has their shape, the parameters themselves included.
  const updates = parameters.flatMap((parameter) =>
    random() < 0.7 ? [{ parameter, value: grower.like(parameter.shape) }] : [],
  );
  return { parameters, outputs, updates, random, range: [-2, 2] };
}

/**
 * What optimizers do to arrays of one shape with a gradient that is computed right before: means that move, descents along them, values of rows and
 * columns. All arrays get new values, of which any may be computed from what another overwrites.
 */
function randomUpdates(seed: number): RandomGraph {
  const random = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const shape = [pick([1, 2, 3, 5]), pick([1, 7, 16, 32, 48, 100, 301])] as const;
  const arrays = [1, 2, 3, 4].map(() => graph.parameter(shape, "float32"));
  const ofRows = [1, 2].map(() => graph.parameter([shape[0], 1], "float32"));
  const others = [[1, shape[1]], [], [1, 1]].map((smaller) => graph.parameter(smaller, "float32"));
  const factors = [
    [shape[0], 2],
    [2, shape[1]],
  ].map((some) => graph.parameter(some, "float32")) as [Node, Node];
  const parameters = [...arrays, ...ofRows, ...others, ...factors];
  const gradient = graph.matmul(...factors);

  // No result may be large, or its rounding errors would be.
  const largest = 200;
  const bounds = new Map<Node, number>([gradient, ...arrays].map((node) => [node, node === gradient ? 8 : 2]));
  const bound = (node: Node) => bounds.get(node) as number;
  const value = () => (random() < 0.2 ? gradient : pick([...bounds.keys()].slice(random() < 0.6 ? -4 : 0)));
  const keep = (node: Node, limit: number) => {
    if (limit <= largest) bounds.set(node, limit);
  };
  const uniform = () => {
    const node = random() < 0.3 ? graph.reshape(pick(others.slice(1)), []) : graph.constant(pick([0.25, 0.5, 0.75]));
    return graph.broadcast(node, shape);
  };
  const row = () => graph.broadcast(pick(ofRows), shape);
  const column = () => graph.broadcast(others[0] as Node, shape);
  const factor = () => pick([uniform, row, column, () => pick(arrays)])();
  const towards = (from: Node, to: Node) => graph.add(graph.multiply(graph.subtract(to, from), uniform()), from);
  const choices: (() => void)[] = [
    () => {
      const x = value();
      keep(graph.multiply(x, factor()), 2 * bound(x));
    },
    () => {
      const x = value();
      keep(towards(pick(arrays), x), 2 * bound(x) + 6);
    },
    () => {
      const [mean, x] = [pick(arrays), value()];
      keep(towards(mean, graph.multiply(x, x)), 2 * bound(x) ** 2 + 6);
    },
    () => {
      const [from, mean, square] = [value(), value(), value()];
      const root = graph.add(graph.sqrt(random() < 0.5 ? pick(arrays) : graph.multiply(square, square)), uniform());
      const along = random() < 0.8 ? graph.multiply(mean, uniform()) : mean;
      keep(graph.subtract(from, graph.divide(along, root)), bound(from) + 8 * bound(mean));
    },
    () => {
      const [x, share] = [value(), pick(arrays)];
      keep(graph.subtract(x, graph.multiply(x, share)), 3 * bound(x));
    },
    () => {
      const x = value();
      keep(graph.multiply(graph.subtract(x, row()), row()), 2 * bound(x) + 4);
    },
    () => {
      const [x, y] = [value(), value()];
      keep(graph.add(graph.multiply(x, factor()), y), 2 * bound(x) + bound(y));
    },
    () => keep(graph.sqrt(pick(arrays)), 2),
  ];
  for (let index = 0; index < 12; index++) pick(choices)();
  return {
    parameters,
    outputs: [value(), graph.reduce("sum", value(), [pick([0, 1])])],
    updates: arrays.map((parameter) => ({ parameter, value: value() })),
    random,
    range: [0.25, 2],
  };
}

async function check(device: Device, seed: number, make: (seed: number) => RandomGraph): Promise<void> {
  const { parameters, outputs, updates, random, range } = make(seed);
  const description = () => printNodes(topologicalOrder(roots({ parameters, outputs, updates })));
  const start = parameters.map((leaf) =>
    Float64Array.from({ length: sizeOf(leaf.shape) }, () => Math.fround(range[0] + random() * (range[1] - range[0]))),
  );

  const known = new Map(parameters.map((leaf, index) => [leaf, start[index] as Float64Array]));
  const all = roots({ parameters, outputs, updates });
  const expected = evaluate(topologicalOrder(all), known, all);

  const buffers = parameters.map((leaf, index) => {
    const buffer = device.allocate("float32", sizeOf(leaf.shape));
    device.write(buffer, toTypedArray("float32", start[index] as Float64Array));
    return buffer;
  });
  const results = outputs.map((output) => device.allocate(output.dtype, sizeOf(output.shape)));
  const executable = device.compile({ parameters, outputs, updates });
  executable.run([...buffers, ...results], 1);
  const got = [
    ...results,
    ...updates.map(({ parameter }) => buffers[parameters.indexOf(parameter)] as (typeof buffers)[0]),
  ];
  for (const [index, buffer] of got.entries()) {
    const [actual, wanted] = [await device.read(buffer), expected[index] as Float64Array];
    for (let element = 0; element < wanted.length; element++) {
      const [a, e] = [actual[element] as number, wanted[element] as number];
      if (!(Math.abs(a - e) <= 1e-4 * Math.max(1, Math.abs(e)) || (Number.isNaN(a) && Number.isNaN(e))))
        expect.fail(
          `seed ${seed}: result ${index}, element ${element} is ${a}, expected ${e}\n${description()}\n${executable.explain()}`,
        );
    }
  }
  executable.release();
  for (const buffer of [...buffers, ...results]) device.release(buffer);
}

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  test("300 random graphs compute what the reference computes", async () => {
    for (let seed = 1; seed <= 300; seed++) await check(device, seed, randomGraph);
  });
  test("300 random updates in place compute what the reference computes", async () => {
    for (let seed = 1; seed <= 300; seed++) await check(device, seed, randomUpdates);
  });
});
