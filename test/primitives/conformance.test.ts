/** Every primitive on every device against its own float64 reference, on inputs as they are and seen through transposed views. */
import { describe, expect, test } from "vitest";
import type { Device } from "../../src/devices/device.ts";
import { type TypedArray, toTypedArray } from "../../src/graph/dtype.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import {
  allPrimitives,
  apply,
  type Node,
  type Primitive,
  type Sample,
  topologicalOrder,
} from "../../src/graph/node.ts";
import {
  convolutionFilterGradientPrimitive,
  convolutionInputGradientPrimitive,
  convolutionPrimitive,
  matmulPrimitive,
  parameter,
  permute,
} from "../../src/graph/primitives/index.ts";
import { sizeOf } from "../../src/graph/shape.ts";
import { fastDevices } from "../support/devices.ts";
import { describeSample, dtypeOfInput, valuesOfSample } from "../support/samples.ts";

/** float32: as PyTorch compares single operations. */
const relative = 1.3e-6;
const absolute = 1e-5;

async function run(
  device: Device,
  parameters: readonly Node[],
  values: readonly Float64Array[],
  output: Node,
): Promise<TypedArray> {
  const buffers = parameters.map((leaf, index) => {
    const buffer = device.allocate(leaf.dtype, sizeOf(leaf.shape));
    device.write(buffer, toTypedArray(leaf.dtype, values[index] as Float64Array));
    return buffer;
  });
  const result = device.allocate(output.dtype, sizeOf(output.shape));
  const executable = device.compile({ parameters, outputs: [output], updates: [] });
  executable.run([...buffers, result], 1);
  const data = await device.read(result);
  executable.release();
  for (const buffer of [...buffers, result]) device.release(buffer);
  return data;
}

/** Sums of products, whose rounding errors grow with the magnitude of what is summed. */
const contractions = [
  matmulPrimitive,
  convolutionPrimitive,
  convolutionInputGradientPrimitive,
  convolutionFilterGradientPrimitive,
].map(({ name }) => name);
const unitRoundoff = 2 ** -23;

/** For sums of products the sum of the magnitudes, for all else nothing. */
function magnitudes(output: Node, known: ReadonlyMap<Node, Float64Array>): Float64Array | undefined {
  if (!contractions.includes(output.primitive.name)) return undefined;
  const positive = new Map([...known].map(([leaf, values]) => [leaf, values.map(Math.abs)]));
  return evaluate(topologicalOrder([output]), positive, [output])[0];
}

function expectClose(actual: TypedArray, expected: TypedArray, what: string, magnitude?: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index] as number, expected[index] as number];
    const rounding = unitRoundoff * (magnitude?.[index] ?? 0);
    const close =
      Object.is(a, e) ||
      a === e ||
      (Number.isNaN(a) && Number.isNaN(e)) ||
      Math.abs(a - e) <= absolute + relative * Math.abs(e) + rounding;
    if (!close) expect.fail(`${what}: element ${index} is ${a}, the reference gives ${e}`);
  }
}

/** The same values, stored with the axes in reverse order and read back through a permuted view. */
function transposed(
  shape: readonly number[],
  values: Float64Array,
): { shape: number[]; values: Float64Array; axes: number[] } {
  const axes = shape.map((_, axis) => shape.length - 1 - axis);
  const leaf = parameter(shape, "float32");
  const stored = permute(leaf, axes);
  return {
    shape: [...shape].reverse(),
    values: evaluate(topologicalOrder([stored]), new Map([[leaf, values]]), [stored])[0] as Float64Array,
    axes,
  };
}

async function checkSample(device: Device, primitive: Primitive, sample: Sample): Promise<void> {
  const values = valuesOfSample(sample);
  const parameters = sample.inputs.map((input) => parameter(input.shape, dtypeOfInput(input)));
  const output = apply(primitive, parameters, sample.attributes);
  const known = new Map(parameters.map((leaf, index) => [leaf, values[index] as Float64Array]));
  const expected = toTypedArray(output.dtype, evaluate(topologicalOrder([output]), known, [output])[0] as Float64Array);
  const magnitude = magnitudes(output, known);
  expectClose(await run(device, parameters, values, output), expected, describeSample(sample), magnitude);

  const flipped = sample.inputs.map((input, index) => transposed(input.shape, values[index] as Float64Array));
  const stored = flipped.map(({ shape }, index) => parameter(shape, (parameters[index] as Node).dtype));
  const viewed = apply(
    primitive,
    stored.map((leaf, index) => permute(leaf, (flipped[index] as { axes: number[] }).axes)),
    sample.attributes,
  );
  expectClose(
    await run(
      device,
      stored,
      flipped.map((input) => input.values),
      viewed,
    ),
    expected,
    `transposed ${describeSample(sample)}`,
    magnitude,
  );
}

describe.each(fastDevices.map((device) => [device.name, device] as const))("on the %s device", (_device, device) => {
  test.each(
    allPrimitives()
      .filter((primitive) => primitive.samples().length > 0)
      .map((primitive) => [primitive.name, primitive] as const),
  )("%s equals its reference", async (_name, primitive) => {
    for (const sample of primitive.samples()) await checkSample(device, primitive, sample);
  });
});
