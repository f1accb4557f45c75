/** The functions of the C++ engine as TypeScript sees them, whichever way the engine is bound: as a module of Node or as WebAssembly. */
import type { TypedArray } from "../../graph/dtype.ts";

/** The instruction sets that the engine may be compiled for, the fastest first. */
export type InstructionSet =
  | "avx512-amx"
  | "avx512-bf16"
  | "avx512"
  | "avx2"
  | "baseline"
  | "wasm128-relaxed"
  | "wasm128";

/** What the engine knows of one instruction of a loaded program, for a profile. */
export interface InstructionDescription {
  /** "Map", "Matmul", ... as in engine/program.h. */
  readonly opcode: string;
  /** Arithmetic operations of one run; a multiply-add counts two. */
  readonly flops: number;
  /** Compulsory memory traffic of one run: operands read once, results written once. */
  readonly bytes: number;
  /** Into how many tasks it is split, over all its phases. */
  readonly tasks: number;
}

/** How much the engine holds for JavaScript: a leak shows here. */
export interface EngineStatistics {
  readonly liveBuffers: number;
  readonly livePrograms: number;
  /** Buffers and programs, with the memory in which these compute, in bytes. */
  readonly liveBytes: number;
  readonly peakBytes: number;
}

/**
 * The functions of the engine. Buffers and programs are named by handles, small integers that are not reused for a long time.
 *
 * Errors carry a `code`: `RAPPEL_ARGUMENT` (a wrong type or range), `RAPPEL_HANDLE` (released or never existed), `RAPPEL_MEMORY`
 * (out of memory), `RAPPEL_RANGE` (a transfer outside a buffer), `RAPPEL_PROGRAM` (a program that does not pass the checks),
 * `RAPPEL_BINDING` (too few, too small or overlapping bindings), `RAPPEL_BUSY` (asynchronous runs are in the way), `RAPPEL_FAULT` (an
 * index out of range in a gather; the error also has `instruction`, `position` and `index`).
 *
 * @example
 * const engine = loadEngine();
 * const handle = engine.allocate(4 * 3);
 * engine.write(handle, 0, Float32Array.of(1, 2, 3));
 * engine.release(handle);
 */
export interface Engine {
  /** The instruction set in use (chosen by the processor, or by `RAPPEL_ISA`), its float32 lanes, threads, and processors of this process. */
  info(): {
    readonly isa: InstructionSet;
    readonly lanes: number;
    readonly threads: number;
    readonly cores: number;
    readonly availableIsas: readonly InstructionSet[];
    /** Why there can be only one thread, where that is so. */
    readonly whyOneThread?: string;
  };
  /**
   * Threads that share the work of an instruction, 1 to 256, the caller's included. Results do not depend on it.
   * @throws While runs are queued, and for more than one thread where there can be only one.
   */
  setThreads(count: number): void;
  /** Changes the instruction set for programs loaded from now on. @throws While programs are loaded, or if the processor cannot run it. */
  setInstructionSet(name: InstructionSet): void;
  statistics(): EngineStatistics;
  /** Whether the garbage collector was called, because buffers pile up, and has given none back yet. Absent where it knows of them. */
  readonly awaitsCollector?: boolean;
  /**
   * Floating-point operations a second that all threads together can do at the most: multiply-adds on registers only, measured
   * for a few milliseconds. @throws While runs are queued.
   */
  peakFlops(): number;

  /** Memory with undefined contents, aligned to 64 bytes. @throws RangeError with the sizes when there is none left. */
  allocate(bytes: number): number;
  /** Gives a buffer back; queued runs that use it still can. */
  release(handle: number): void;
  /**
   * Gives back to the system what is kept of released buffers and programs and was not used since the last call.
   * @returns Whether something is still kept. Absent where memory cannot be given back.
   */
  trim?(): boolean;
  /** Copies a typed array into a buffer. @throws RangeError outside of it; Error while an asynchronous run uses it. */
  write(handle: number, byteOffset: number, data: TypedArray): void;
  /** Copies a part of a buffer into a typed array. @throws Like `write`. */
  read(handle: number, byteOffset: number, data: TypedArray): void;

  /** Checks a program (see engine/program.h) and makes it ready to run. @throws Error that names the instruction and what is wrong. */
  load(words: Int32Array): number;
  /** Gives a program back; queued runs of it still happen. */
  unload(program: number): void;
  describe(program: number): readonly InstructionDescription[];

  /**
   * Runs a program `times` times, now, with `handles[i]` as binding i. Returns the number of repetitions done.
   * @throws On a fault, on bindings that do not fit, and while asynchronous runs are not finished.
   */
  run(program: number, handles: Int32Array, times: number): number;
  /**
   * The same without keeping the caller, after all runs before it: on another thread, or as WebAssembly piece by piece between
   * other events. Resolves with the number of repetitions done, fewer if cancelled.
   */
  runAsync(program: number, handles: Int32Array, times: number): Promise<number>;
  /** Ends the running and all queued asynchronous runs at their next repetition. */
  cancel(): void;
  /** Runs like `run` and returns the nanoseconds that each instruction took, summed over all repetitions. */
  profile(program: number, handles: Int32Array, times: number): Float64Array;
}
