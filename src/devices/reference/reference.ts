/**
 * The reference device: interprets a Graph in float64 with each primitive's own plain loops. Slow, exact, and the oracle of
 * every other device's tests.
 */
import { type Graph, roots } from "../../compiler/graph.ts";
import { type DType, type TypedArray, toTypedArray } from "../../graph/dtype.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { type Node, topologicalOrder, type Values } from "../../graph/node.ts";
import { printNodes } from "../../graph/print.ts";
import type { Device, DeviceBuffer, Executable } from "../device.ts";

class ReferenceBuffer implements DeviceBuffer {
  readonly dtype: DType;
  readonly size: number;
  values: Values;

  constructor(dtype: DType, size: number) {
    this.dtype = dtype;
    this.size = size;
    this.values = new Float64Array(size);
  }
}

function valuesOf(buffer: DeviceBuffer): ReferenceBuffer {
  if (!(buffer instanceof ReferenceBuffer))
    throw new TypeError("the reference device was given a buffer of another device");
  return buffer;
}

class ReferenceExecutable implements Executable {
  readonly #graph: Graph;
  readonly #order: readonly Node[];

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#order = topologicalOrder(roots(graph));
  }

  run(bindings: readonly DeviceBuffer[], times: number): void {
    for (let time = 0; time < times; time++) this.#runOnce(bindings.map(valuesOf));
  }

  #runOnce(bindings: readonly ReferenceBuffer[]): void {
    const { parameters, updates } = this.#graph;
    const values = new Map(
      parameters.map((parameter, index) => [parameter, (bindings[index] as ReferenceBuffer).values]),
    );
    // Values are never changed in place: a result may share its array with a parameter.
    const results = evaluate(this.#order, values, roots(this.#graph));
    const targets = [
      ...bindings.slice(parameters.length),
      ...updates.map(({ parameter }) => bindings[parameters.indexOf(parameter)]),
    ];
    for (const [index, result] of results.entries()) (targets[index] as ReferenceBuffer).values = result;
  }

  explain(): string {
    return printNodes(this.#order);
  }

  release(): void {}
}

/** Interprets graphs in float64. */
export class ReferenceDevice implements Device {
  readonly name = "reference";
  readonly description: string;
  readonly threads = 1;
  liveBuffers = 0;
  /** Its executables are graphs, which hold nothing besides. */
  readonly livePrograms = 0;

  constructor(reason = "it was asked for") {
    this.description = `reference: float64 in TypeScript, one thread, exact and slow; chosen because ${reason}`;
  }

  allocate(dtype: DType, size: number): DeviceBuffer {
    this.liveBuffers++;
    return new ReferenceBuffer(dtype, size);
  }

  release(_buffer: DeviceBuffer): void {
    this.liveBuffers--;
  }

  write(buffer: DeviceBuffer, data: TypedArray): void {
    valuesOf(buffer).values = Float64Array.from(data);
  }

  async read(buffer: DeviceBuffer): Promise<TypedArray> {
    return this.readIfDone(buffer);
  }

  readIfDone(buffer: DeviceBuffer): TypedArray {
    return toTypedArray(buffer.dtype, valuesOf(buffer).values);
  }

  compile(graph: Graph): Executable {
    return new ReferenceExecutable(graph);
  }

  async finish(): Promise<void> {}

  cancel(): void {}
}
