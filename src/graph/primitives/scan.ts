/**
 * A loop whose every turn computes the same function of what the turn before left (the carries) and of one slice of each
 * sequence: recurrent networks. Its gradient is a scan in the other direction.
 */

import { evaluate } from "../evaluate.ts";
import { definePrimitive, formatSignature, type Node, type Sample, topologicalOrder, type Values } from "../node.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { add, multiply, tanh } from "./elementwise.ts";
import { parameter } from "./leaf.ts";
import { scanName } from "./names.ts";
import { resultsOfScan, type ScanAttributes, ScanBody, type ScanInputs, scanInputs, turns } from "./scan-body.ts";
import { scanGradient } from "./scan-gradient.ts";

export const scanPrimitive = definePrimitive<ScanAttributes>({
  name: scanName.name,
  kind: "kernel",
  infer(inputs, { body, length, result }) {
    const { initial, sequences, constants } = scanInputs(inputs, body);
    for (const [role, given, leaves] of [
      ["carry", initial, body.carries],
      ["constant", constants, body.constants],
    ] as const)
      for (const [index, leaf] of leaves.entries()) {
        const node = given[index] as Node;
        if (node.dtype !== leaf.dtype || !sameShape(node.shape, leaf.shape))
          throw new Error(`scan: ${role} ${index} is ${formatSignature(node)}, expected ${formatSignature(leaf)}`);
      }
    for (const [index, leaf] of body.slices.entries()) {
      const sequence = sequences[index] as Node;
      if (sequence.dtype !== leaf.dtype || !sameShape(sequence.shape, [length, ...leaf.shape]))
        throw new Error(
          `scan: sequence ${index} is ${formatSignature(sequence)}, expected ${length} slices of ${formatSignature(leaf)}`,
        );
    }
    const value = body.results[result] as Node;
    return { dtype: value.dtype, shape: result < body.carries.length ? value.shape : [length, ...value.shape] };
  },
  gradient: (node, g) => scanGradient(node, g, scan),
  reference(node, inputs) {
    return runScan(node, inputs)[node.attributes.result] as Values;
  },
  samples,
});

/** All results of a scan. */
function runScan(node: Node<ScanAttributes>, inputs: readonly Values[]): Values[] {
  const { body, length } = node.attributes;
  const counts = { carries: body.carries.length, slices: body.slices.length };
  let carries = inputs.slice(0, counts.carries);
  const sequences = inputs.slice(counts.carries, counts.carries + counts.slices);
  const constants = inputs.slice(counts.carries + counts.slices);
  const order = topologicalOrder(body.results);
  const stacked = body.outputs.map((output) => new Float64Array(length * sizeOf(output.shape)));
  for (const turn of turns(node.attributes)) {
    const slices = body.slices.map(({ shape }, index) => {
      const size = sizeOf(shape);
      return (sequences[index] as Values).slice(turn * size, (turn + 1) * size);
    });
    const values = [...carries, ...slices, ...constants];
    const known = new Map(body.parameters.map((leaf, index) => [leaf, values[index] as Values]));
    const results = evaluate(order, known, body.results);
    carries = results.slice(0, counts.carries);
    for (const [index, output] of results.slice(counts.carries).entries())
      stacked[index]?.set(output, turn * output.length);
  }
  return [...carries, ...stacked];
}

/** All results of a scan: the last carries, then the stacked outputs. */
export function scan(body: ScanBody, inputs: ScanInputs): Node[] {
  return resultsOfScan(scanPrimitive, body, inputs);
}

/** Small recurrences: h' = tanh(h · k + x), with the output h' · x. */
function samples(): Sample<ScanAttributes>[] {
  const turn = (shape: readonly number[]): ScanBody => {
    const [h, x, k] = [parameter(shape, "float32"), parameter(shape, "float32"), parameter(shape, "float32")];
    const next = tanh(add(multiply(h, k), x));
    return new ScanBody({ carries: [h], slices: [x], constants: [k], next: [next], outputs: [multiply(next, x)] });
  };
  return [[3], [2, 2], []].flatMap((shape) =>
    [0, 1].flatMap((result) =>
      [false, true].flatMap((reverse) =>
        [1, 4].map((length) => ({
          inputs: [{ shape }, { shape: [length, ...shape] }, { shape }],
          attributes: { body: turn(shape), length, reverse, result },
        })),
      ),
    ),
  );
}
