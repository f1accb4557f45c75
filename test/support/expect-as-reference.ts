/** Graphs of random inputs on a device against the reference. */
import { expect } from "vitest";
import type { Device } from "../../src/devices/device.ts";
import { toTypedArray } from "../../src/graph/dtype.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { type Node, topologicalOrder } from "../../src/graph/node.ts";
import { sizeOf } from "../../src/graph/shape.ts";
import { numbers } from "./samples.ts";

/** Runs a graph of float32 values twice, and expects what the reference computes, within 1e-4. */
export async function expectAsReference(
  device: Device,
  parameters: readonly Node[],
  outputs: readonly Node[],
): Promise<void> {
  const random = numbers(3);
  const values = parameters.map(({ shape }) =>
    Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random() * 2 - 1)),
  );
  const known = new Map(parameters.map((leaf, index) => [leaf, values[index] as Float64Array]));
  const expected = evaluate(topologicalOrder(outputs), known, outputs);
  const inputs = values.map((value) => {
    const buffer = device.allocate("float32", value.length);
    device.write(buffer, toTypedArray("float32", value));
    return buffer;
  });
  const results = outputs.map(({ shape }) => device.allocate("float32", sizeOf(shape)));
  const executable = device.compile({ parameters, outputs, updates: [] });
  executable.run([...inputs, ...results], 2);
  for (const [index, buffer] of results.entries()) {
    const [actual, wanted] = [await device.read(buffer), expected[index] as Float64Array];
    const worst = wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - (actual[at] as number))), 0);
    expect(worst).toBeLessThan(1e-4);
  }
  executable.release();
  for (const buffer of [...inputs, ...results]) device.release(buffer);
}
