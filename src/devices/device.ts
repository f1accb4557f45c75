/** What a device must be able to do. Whatever computes for Rappel implements these two interfaces and nothing else. */
import type { Graph } from "../compiler/graph.ts";
import type { DType, TypedArray } from "../graph/dtype.ts";

/** Memory on a device. Only the device that made it can look inside. */
export interface DeviceBuffer {
  readonly dtype: DType;
  readonly size: number;
}

/** A compiled Graph. Bindings are one buffer for each parameter of the Graph, then one for each output. */
export interface Executable {
  /**
   * Runs the graph `times` times, one after another, after everything submitted before. May return before the work is done;
   * `Device.read` and `Device.finish` wait for it.
   */
  run(bindings: readonly DeviceBuffer[], times: number): void;
  /** What was compiled, for people: kernels, shapes, memory. */
  explain(): string;
  /** Frees what the executable holds on the device now, rather than when the collector finds it unused. */
  release(): void;
}

/** One entry of a profile: an instruction, and what it took over all runs. */
export interface ProfileEntry {
  readonly instruction: string;
  readonly nanoseconds: number;
  readonly flops: number;
  readonly bytes: number;
}

/** An executable that can time its instructions. */
export interface ProfilingExecutable extends Executable {
  profile(bindings: readonly DeviceBuffer[], times: number): readonly ProfileEntry[];
}

export interface Device {
  /** `native`, `reference` … */
  readonly name: string;
  /** One line for a person: instruction set, threads, and why this device was chosen. */
  readonly description: string;
  readonly threads: number;
  /**
   * Floating-point operations a second, of all threads together, that the hardware can do at the most, measured now. Absent where
   * that means nothing.
   */
  peakFlops?(): number;
  /** Memory for `size` elements, its contents undefined. @throws RangeError If there is not enough. */
  allocate(dtype: DType, size: number): DeviceBuffer;
  release(buffer: DeviceBuffer): void;
  /** Copies data in, after everything submitted before that uses the buffer. */
  write(buffer: DeviceBuffer, data: TypedArray): void;
  /** Copies data out, after everything submitted before. */
  read(buffer: DeviceBuffer): Promise<TypedArray>;
  /** The same at once, if everything submitted before is done; else undefined. */
  readIfDone(buffer: DeviceBuffer): TypedArray | undefined;
  compile(graph: Graph): Executable;
  /** Resolves when everything submitted before is done. @throws What a run met: an index out of range, for one. */
  finish(): Promise<void>;
  /** Ends a submitted run at the next edge between two of its repetitions; what came after it in the queue goes on. */
  cancel(): void;
  /** Buffers alive, for leak tests. */
  readonly liveBuffers: number;
  /** Executables that hold something on the device, for leak tests. */
  readonly livePrograms: number;
}
