/** A device whose programs run in the C++ engine. Short runs happen at once, long ones in a queue that leaves the event loop free. */
import { compileProgram, explainProgram } from "../../compiler/compile.ts";
import type { Graph } from "../../compiler/graph.ts";
import type { Program } from "../../compiler/program.ts";
import { bytesPerElement, type DType, type TypedArray, typedArray } from "../../graph/dtype.ts";
import type { Device, DeviceBuffer, ProfileEntry, ProfilingExecutable } from "../device.ts";
import { later, nextTurn } from "../host.ts";
import type { Engine } from "./engine.ts";

/** A run that should take less than this many seconds is not worth a thread hand-over. */
const shortRun = 1e-3;
/** A cautious guess of one thread's speed, to tell short runs from long ones before the first is over. */
const flopsPerSecond = 2e10;
const bytesPerSecond = 1e10;
const secondsPerInstruction = 1e-6;
/** What a clock may be behind, in pages that are not isolated. */
const clockMilliseconds = 0.1;

/** How long a loop of short runs may keep the event loop from turning. */
const turnMilliseconds = 20;
/** And of how many bytes its results may be, which the collector gives back between turns. */
const turnBytes = 2 ** 22;
/** The clock is looked at once in so many times: it takes a while itself. */
const waitsPerLook = 8;
/** The engine keeps the memory of released buffers of so many elements and more; what was not used again for so long goes back. */
const keptSize = 2 ** 18;
const trimMilliseconds = 5000;
/** Turns for a collector that was called, unless something comes back before. */
const collectorTurns = 50;

class EngineBuffer implements DeviceBuffer {
  readonly dtype: DType;
  readonly size: number;
  readonly handle: number;
  readonly engine: Engine;

  constructor(dtype: DType, size: number, handle: number, engine: Engine) {
    this.dtype = dtype;
    this.size = size;
    this.handle = handle;
    this.engine = engine;
  }
}

/** @throws If the buffer is another engine's, for which its handle would mean something else. */
function handleOf(buffer: DeviceBuffer, engine: Engine): number {
  if (!(buffer instanceof EngineBuffer) || buffer.engine !== engine)
    throw new TypeError("the engine was given a buffer of another device");
  return buffer.handle;
}

/** Unloads the programs of executables that nothing refers to any more: those of a jitted function go with it. */
const programs = new FinalizationRegistry<{ readonly device: EngineDevice; readonly id: number }>(({ device, id }) =>
  device.unload(id),
);

class EngineExecutable implements ProfilingExecutable {
  readonly #device: EngineDevice;
  readonly #engine: Engine;
  readonly #graph: Graph;
  readonly #program: Program;
  readonly #id: number;
  readonly #handles: Int32Array;
  /** What one run should take at the most, in seconds: what the shortest so far has taken. */
  #seconds: number;

  constructor(device: EngineDevice, engine: Engine, graph: Graph) {
    this.#device = device;
    this.#engine = engine;
    this.#graph = graph;
    this.#program = compileProgram(graph);
    this.#id = engine.load(this.#program.words);
    programs.register(this, { device, id: this.#id }, this);
    this.#handles = new Int32Array(this.#program.bindings);
    this.#seconds = engine
      .describe(this.#id)
      .reduce(
        (total, { flops, bytes }) =>
          total + secondsPerInstruction + Math.max(flops / flopsPerSecond, bytes / bytesPerSecond),
        0,
      );
  }

  readonly #took = (milliseconds: number, runs: number): void => {
    this.#seconds = Math.min(this.#seconds, (milliseconds + clockMilliseconds) / runs / 1e3);
  };

  run(bindings: readonly DeviceBuffer[], times: number): void {
    for (const [index, buffer] of bindings.entries()) this.#handles[index] = handleOf(buffer, this.#engine);
    this.#device.submit(this.#id, this.#handles, times, this.#seconds * times < shortRun, this.#took);
  }

  profile(bindings: readonly DeviceBuffer[], times: number): readonly ProfileEntry[] {
    const nanoseconds = this.#engine.profile(
      this.#id,
      Int32Array.from(bindings, (buffer) => handleOf(buffer, this.#engine)),
      times,
    );
    const costs = this.#engine.describe(this.#id);
    return this.#program.instructions.map(({ label }, index) => ({
      instruction: label,
      nanoseconds: nanoseconds[index] ?? 0,
      flops: (costs[index]?.flops ?? 0) * times,
      bytes: (costs[index]?.bytes ?? 0) * times,
    }));
  }

  explain(): string {
    return explainProgram(this.#program, this.#graph);
  }

  release(): void {
    // False for one that was released before.
    if (programs.unregister(this)) this.#device.unload(this.#id);
  }
}

/** Runs programs in an engine. */
export class EngineDevice implements Device {
  readonly name: string;
  readonly #engine: Engine;
  readonly #kind: string;
  readonly #reason: string;
  #queued = 0;
  #trimming = false;
  #tail: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #lastTurn = 0;
  /** Of nothing, since the clock was looked at. */
  #waits = 0;
  /** Allocated since the event loop turned. */
  #bytes = 0;

  /**
   * @param name The device's name, `native` or `wasm`.
   * @param kind What the engine is, for the description: "C++ engine".
   * @param reason Why this device was chosen, for the description.
   */
  constructor(name: string, kind: string, engine: Engine, reason: string) {
    this.name = name;
    this.#kind = kind;
    this.#engine = engine;
    this.#reason = reason;
  }

  get threads(): number {
    return this.#engine.info().threads;
  }

  /** See `Device.peakFlops`. */
  peakFlops(): number {
    return this.#engine.peakFlops();
  }

  get description(): string {
    const { isa, threads, cores, whyOneThread } = this.#engine.info();
    const hands = whyOneThread
      ? `one thread (${whyOneThread})`
      : cores === 1
        ? "one thread"
        : `${threads} of ${cores} threads`;
    return `${this.name}: ${this.#kind}, ${isa}, ${hands}; chosen because ${this.#reason}`;
  }

  get liveBuffers(): number {
    return this.#engine.statistics().liveBuffers;
  }

  get livePrograms(): number {
    return this.#engine.statistics().livePrograms;
  }

  allocate(dtype: DType, size: number): DeviceBuffer {
    const bytes = size * bytesPerElement[dtype];
    this.#bytes += bytes;
    return new EngineBuffer(dtype, size, this.#engine.allocate(bytes), this.#engine);
  }

  release(buffer: DeviceBuffer): void {
    this.#engine.release(handleOf(buffer, this.#engine));
    if (buffer.size >= keptSize) this.#trimLater();
  }

  /** Frees a loaded program. */
  unload(program: number): void {
    this.#engine.unload(program);
    this.#trimLater();
  }

  #trimLater(): void {
    if (this.#trimming || !this.#engine.trim) return;
    this.#trimming = true;
    later(trimMilliseconds, () => {
      this.#trimming = false;
      if (this.#engine.trim?.()) this.#trimLater();
    });
  }

  write(buffer: DeviceBuffer, data: TypedArray): void {
    this.#engine.write(handleOf(buffer, this.#engine), 0, data);
  }

  async read(buffer: DeviceBuffer): Promise<TypedArray> {
    const result = typedArray(buffer.dtype, buffer.size);
    for (;;) {
      await this.finish();
      try {
        this.#engine.read(handleOf(buffer, this.#engine), 0, result);
        return result;
      } catch (error) {
        // Meanwhile a run was submitted that uses the buffer too.
        if (!isBusy(error)) throw error;
      }
    }
  }

  readIfDone(buffer: DeviceBuffer): TypedArray | undefined {
    if (this.#queued > 0 || this.#failure) return undefined;
    const result = typedArray(buffer.dtype, buffer.size);
    this.#engine.read(handleOf(buffer, this.#engine), 0, result);
    return result;
  }

  compile(graph: Graph): ProfilingExecutable {
    return new EngineExecutable(this, this.#engine, graph);
  }

  /** Runs a loaded program now if it is short and nothing is queued, else puts it in the queue and says how long it `took`. */
  submit(
    program: number,
    handles: Int32Array,
    times: number,
    isShort: boolean,
    took: (milliseconds: number, runs: number) => void,
  ): void {
    if (isShort && this.#queued === 0) {
      this.#engine.run(program, handles, times);
      return;
    }
    const start = this.#queued++ > 0 ? -Infinity : performance.now();
    const run = this.#engine.runAsync(program, handles, times).then(
      (done) => {
        this.#queued--;
        took(performance.now() - start, done);
      },
      (error: unknown) => {
        this.#queued--;
        this.#failure ??= error instanceof Error ? error : new Error(String(error));
      },
    );
    this.#tail = run;
  }

  /**
   * Short runs never wait, so that a loop that awaits only them would not let the event loop turn, on which the collector
   * returns the memory of results that nothing refers to any more.
   */
  async #breathe(): Promise<void> {
    this.#waits = 0;
    if (this.#bytes < turnBytes && performance.now() - this.#lastTurn < turnMilliseconds) return;
    this.#bytes = 0;
    // A page runs its finalizers after other work: one turn is soon over, a collector that was called deserves some.
    const turns = this.#engine.awaitsCollector ? collectorTurns : 1;
    for (let turn = 0; turn < turns; turn++) {
      await nextTurn();
      if (!this.#engine.awaitsCollector) break;
    }
    this.#lastTurn = performance.now();
  }

  async finish(): Promise<void> {
    // Runs end in the order in which they were submitted.
    if (this.#queued > 0) await this.#tail;
    else if (++this.#waits >= waitsPerLook || this.#bytes >= turnBytes || this.#engine.awaitsCollector)
      await this.#breathe();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  cancel(): void {
    this.#engine.cancel();
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "RAPPEL_BUSY";
}
