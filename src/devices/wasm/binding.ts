/** The engine as WebAssembly, behind the same interface as the native one. */
import type { TypedArray } from "../../graph/dtype.ts";
import type { Engine, EngineStatistics, InstructionDescription } from "../engine/engine.ts";
import { nextTurn } from "../host.ts";
import { CollectorPressure } from "./collector-pressure.ts";
import { type EngineExports, instantiateEngine } from "./exports.ts";
import type { WasmInstructionSet } from "./variants.ts";
import type { StartedWorker, StartWorker } from "./workers.ts";

/** How long a piece of an asynchronous run may keep the event loop from turning. */
const pieceMilliseconds = 50;
/** Repetitions in one call into the module, whose numbers have 32 bits. */
const mostRepetitions = 2 ** 30;
const mostHandle = 2 ** 31 - 1;
const mostThreads = 256;
/** Addresses and sizes have 32 bits too. */
const addressSpace = 2 ** 32;
const descriptionBytes = 24;

/** A run that waits for its turn or has it. */
interface QueuedRun {
  readonly run: number;
  readonly times: number;
  done: number;
  /** Repetitions that should take about `pieceMilliseconds`. */
  piece: number;
  cancelled: boolean;
  resolve(repetitions: number): void;
  reject(error: Error): void;
}

function checkInteger(what: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw Object.assign(new RangeError(`${what} must be an integer from ${low} to ${high}, not ${value}`), {
    code: "RAPPEL_ARGUMENT",
  });
}

function checkWords(what: string, value: Int32Array): void {
  if (value instanceof Int32Array) return;
  throw Object.assign(new TypeError(`${what} must be an Int32Array`), { code: "RAPPEL_ARGUMENT" });
}

export interface WasmEngineOptions {
  /** Threads that compute, the caller's included, where the module has shared memory; 1 by default. */
  readonly threads?: number;
  /** Processors that this program may use; as many as threads by default. */
  readonly cores?: number;
  /** Starts the threads besides the caller's; without it there is one. */
  readonly startWorker?: StartWorker;
  /** Why there is one thread only, for people. */
  readonly whyOneThread?: string | undefined;
}

const instructionSets: readonly WasmInstructionSet[] = ["wasm128", "wasm128-relaxed"];

/** Ends the workers of engines that nothing refers to any more. */
const abandoned = new FinalizationRegistry((workers: readonly StartedWorker[]) => {
  for (const worker of workers) worker.terminate();
});

/**
 * The engine in a WebAssembly module, with shared memory or without. Asynchronous runs happen in the calling thread, in pieces of
 * about 50 ms between which the event loop turns; a single repetition is never interrupted. Where there are several threads, workers
 * take their share of every instruction: they look at the memory for it, and no message is sent.
 */
export class WasmEngine implements Engine {
  readonly #engine: EngineExports;
  readonly #isa: WasmInstructionSet;
  readonly #cores: number;
  /** Why there can be only one thread; undefined where there can be more. */
  readonly #whyOneThread: string | undefined;
  readonly #queue: QueuedRun[] = [];
  readonly #pressure = new CollectorPressure();

  /**
   * @param source The contents of one of the engine's modules, or what they were compiled to.
   * @throws If they are not the engine, or cannot run here.
   */
  constructor(source: Uint8Array | WebAssembly.Module, options: WasmEngineOptions = {}) {
    const { threads = 1, cores = threads, startWorker, whyOneThread = "its module has no shared memory" } = options;
    const { exports, shared, workers } = instantiateEngine(source, threads, startWorker);
    this.#engine = exports;
    this.#cores = cores;
    this.#whyOneThread = shared && startWorker ? undefined : whyOneThread;
    const name = this.#text(exports.instructionSet());
    const isa = instructionSets.find((each) => each === name);
    if (isa === undefined) throw new Error(`the WebAssembly module is for "${name}", which this version does not know`);
    this.#isa = isa;
    if (shared) abandoned.register(this, workers);
  }

  info(): ReturnType<Engine["info"]> {
    return {
      isa: this.#isa,
      lanes: this.#engine.lanes(),
      threads: this.#engine.threads(),
      cores: this.#cores,
      availableIsas: [this.#isa],
      ...(this.#whyOneThread !== undefined && { whyOneThread: this.#whyOneThread }),
    };
  }

  setThreads(count: number): void {
    this.#refuseWhileRunning("setThreads");
    checkInteger("setThreads: threads", count, 1, mostThreads);
    if (count > 1 && this.#whyOneThread !== undefined)
      throw Object.assign(
        new RangeError(
          `setThreads: ${count} threads were asked for, of which there can be only one: ${this.#whyOneThread}`,
        ),
        { code: "RAPPEL_ARGUMENT" },
      );
    this.#engine.setThreads(count);
  }

  setInstructionSet(name: string): void {
    if (this.#engine.livePrograms() > 0)
      throw Object.assign(
        new Error(
          "setInstructionSet: programs that were loaded for the present instruction set are still alive; unload them first",
        ),
        { code: "RAPPEL_BUSY" },
      );
    if (name !== this.#isa)
      throw Object.assign(new Error(`there is no instruction set "${name}"; this build has ${this.#isa}`), {
        code: "RAPPEL_ISA",
      });
  }

  peakFlops(): number {
    this.#refuseWhileRunning("peakFlops");
    return this.#engine.peakFlops();
  }

  get awaitsCollector(): boolean {
    return this.#pressure.isAwaited;
  }

  statistics(): EngineStatistics {
    return {
      liveBuffers: this.#engine.liveBuffers(),
      livePrograms: this.#engine.livePrograms(),
      liveBytes: this.#engine.liveBytes() >>> 0,
      peakBytes: this.#engine.peakBytes() >>> 0,
    };
  }

  // ---- Memory ----------------------------------------------------------------------------------------------------------

  allocate(bytes: number): number {
    checkInteger("allocate: bytes", bytes, 0, Number.MAX_SAFE_INTEGER);
    if (bytes >= addressSpace) {
      const { liveBuffers, liveBytes } = this.statistics();
      const held = `${liveBuffers} buffers hold ${liveBytes} bytes`;
      throw Object.assign(
        new RangeError(`out of memory: ${bytes} bytes were asked for while ${held}, of 4 GB in all`),
        {
          code: "RAPPEL_MEMORY",
        },
      );
    }
    const handle = this.#engine.allocate(bytes) || this.#fail();
    this.#pressure.allocated(this.#engine.liveBytes() >>> 0);
    return handle;
  }

  release(handle: number): void {
    checkInteger("release: handle", handle, 1, mostHandle);
    if (this.#engine.release(handle) === 0) this.#fail();
    this.#pressure.released(this.#engine.liveBytes() >>> 0);
  }

  write(handle: number, byteOffset: number, data: TypedArray): void {
    this.#part("write", handle, byteOffset, data).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  read(handle: number, byteOffset: number, data: TypedArray): void {
    const part = this.#part("read", handle, byteOffset, data);
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).set(part);
  }

  /** The bytes of a buffer that a transfer means. */
  #part(what: "read" | "write", handle: number, byteOffset: number, data: TypedArray): Uint8Array {
    if (!ArrayBuffer.isView(data))
      throw Object.assign(new TypeError(`${what}: array must be a typed array`), { code: "RAPPEL_ARGUMENT" });
    checkInteger(`${what}: handle`, handle, 1, mostHandle);
    checkInteger(`${what}: byteOffset`, byteOffset, 0, addressSpace - 1);
    const address = this.#engine.transfer(handle, byteOffset, data.byteLength, what === "write" ? 1 : 0);
    if (address === 0) this.#fail();
    return new Uint8Array(this.#engine.memory.buffer, address >>> 0, data.byteLength);
  }

  // ---- Programs --------------------------------------------------------------------------------------------------------

  load(words: Int32Array): number {
    checkWords("load: program", words);
    const program = this.#engine.load(this.#pass(words), words.length) || this.#fail();
    this.#pressure.allocated(this.#engine.liveBytes() >>> 0);
    return program;
  }

  unload(program: number): void {
    checkInteger("unload: program", program, 1, mostHandle);
    if (this.#engine.unload(program) === 0) this.#fail();
    this.#pressure.released(this.#engine.liveBytes() >>> 0);
  }

  describe(program: number): readonly InstructionDescription[] {
    const count = this.#instructionCount("describe", program);
    const address = this.#engine.describe(program) || this.#fail();
    const view = new DataView(this.#engine.memory.buffer, address >>> 0, count * descriptionBytes);
    return Array.from({ length: count }, (_, index) => {
      const at = index * descriptionBytes;
      return {
        opcode: this.#text(view.getInt32(at + 20, true)),
        flops: view.getFloat64(at, true),
        bytes: view.getFloat64(at + 8, true),
        tasks: view.getInt32(at + 16, true),
      };
    });
  }

  #instructionCount(what: string, program: number): number {
    checkInteger(`${what}: program`, program, 1, mostHandle);
    const count = this.#engine.instructionCount(program);
    return count < 0 ? this.#fail() : count;
  }

  // ---- Running ---------------------------------------------------------------------------------------------------------

  run(program: number, handles: Int32Array, times: number): number {
    this.#refuseWhileRunning("run");
    const run = this.#open("run", program, handles, times);
    try {
      let done = 0;
      while (done < times) done += this.#continue(run, Math.min(times - done, mostRepetitions), 0);
      return done;
    } finally {
      this.#engine.closeRun(run);
    }
  }

  profile(program: number, handles: Int32Array, times: number): Float64Array {
    this.#refuseWhileRunning("profile");
    const run = this.#open("profile", program, handles, times);
    try {
      const count = this.#instructionCount("profile", program);
      const address = this.#pass(new Int32Array(2 * count));
      let done = 0;
      while (done < times) done += this.#continue(run, Math.min(times - done, mostRepetitions), address);
      return Float64Array.from(new BigUint64Array(this.#engine.memory.buffer, address >>> 0, count), Number);
    } finally {
      this.#engine.closeRun(run);
    }
  }

  runAsync(program: number, handles: Int32Array, times: number): Promise<number> {
    const run = this.#open("runAsync", program, handles, times);
    return new Promise((resolve, reject) => {
      this.#queue.push({ run, times, done: 0, piece: 1, cancelled: false, resolve, reject });
      if (this.#queue.length === 1) void this.#workOff();
    });
  }

  cancel(): void {
    for (const queued of this.#queue) queued.cancelled = true;
  }

  #refuseWhileRunning(what: string): void {
    if (this.#queue.length === 0) return;
    throw Object.assign(
      new Error(`${what}: ${this.#queue.length} asynchronous runs are not finished; await them first`),
      { code: "RAPPEL_BUSY" },
    );
  }

  #open(what: string, program: number, handles: Int32Array, times: number): number {
    checkInteger(`${what}: program`, program, 1, mostHandle);
    checkWords(`${what}: handles`, handles);
    checkInteger(`${what}: times`, times, 0, 1e15);
    return this.#engine.openRun(program, this.#pass(handles), handles.length) || this.#fail();
  }

  #continue(run: number, times: number, nanoseconds: number): number {
    const done = this.#engine.continueRun(run, times, nanoseconds);
    return done < 0 ? this.#fail() : done;
  }

  /** Runs what is queued, a piece at each turn of the event loop. */
  async #workOff(): Promise<void> {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      await nextTurn();
      try {
        if (!first.cancelled && first.done < first.times) this.#runPiece(first);
        if (!first.cancelled && first.done < first.times) continue;
        this.#close(first);
        first.resolve(first.done);
      } catch (error) {
        this.#close(first);
        first.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #runPiece(queued: QueuedRun): void {
    const times = Math.min(queued.piece, queued.times - queued.done, mostRepetitions);
    const start = performance.now();
    queued.done += this.#continue(queued.run, times, 0);
    const fitting = (times * pieceMilliseconds) / (performance.now() - start);
    // The first repetitions are slower than the later ones, and clocks are coarse.
    queued.piece = Math.max(1, Math.floor(Math.min(fitting, 8 * times)));
  }

  #close(queued: QueuedRun): void {
    this.#queue.shift();
    this.#engine.closeRun(queued.run);
  }

  // ---- Across the border -----------------------------------------------------------------------------------------------

  /** Copies words into the module's memory; returns their address. */
  #pass(words: Int32Array): number {
    const address = this.#engine.staging(words.byteLength) || this.#fail();
    new Int32Array(this.#engine.memory.buffer, address >>> 0, words.length).set(words);
    return address;
  }

  /** The zero-terminated text at an address. */
  #text(address: number): string {
    const bytes = new Uint8Array(this.#engine.memory.buffer, address >>> 0);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))); // a copy: browsers decode nothing shared
  }

  /** Throws what the module reports. */
  #fail(): never {
    const code = this.#text(this.#engine.errorCode());
    const text = this.#text(this.#engine.errorText());
    if (code === "RAPPEL_FAULT")
      throw Object.assign(new RangeError(text), {
        code,
        instruction: this.#engine.faultInstruction(),
        position: this.#engine.faultPosition(),
        index: this.#engine.faultIndex(),
      });
    const kind = code === "RAPPEL_MEMORY" || code === "RAPPEL_RANGE" ? RangeError : Error;
    throw Object.assign(new kind(text), { code });
  }
}
