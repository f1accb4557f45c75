/** What the engine's WebAssembly module imports and exports, and how it is brought to life. The C++ side is engine/bindings/wasm.cc. */
import type { StartedWorker, StartWorker } from "./workers.ts";

/**
 * The module's functions. Those that can fail return 0, or -1 where 0 is an answer; `errorCode` and `errorText` then tell why.
 * Addresses are those of `memory`; as numbers of JavaScript they come out signed.
 */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  initialize(threads: number): number;
  errorCode(): number;
  errorText(): number;
  /** The address of at least so many bytes for an array that is passed; good until the next call. */
  staging(bytes: number): number;
  instructionSet(): number;
  threads(): number;
  setThreads(count: number): void;
  lanes(): number;
  liveBuffers(): number;
  livePrograms(): number;
  liveBytes(): number;
  peakBytes(): number;
  allocate(bytes: number): number;
  release(handle: number): number;
  /** Where a part of a buffer lies. */
  transfer(handle: number, offset: number, bytes: number, writes: number): number;
  load(words: number, count: number): number;
  unload(program: number): number;
  instructionCount(program: number): number;
  peakFlops(): number;
  /** An array of {float64 flops, float64 bytes, int32 tasks, address of the opcode's name}. */
  describe(program: number): number;
  openRun(program: number, handles: number, count: number): number;
  continueRun(run: number, times: number, nanoseconds: number): number;
  closeRun(run: number): void;
  faultInstruction(): number;
  faultPosition(): number;
  faultIndex(): number;
}

const functions: readonly Exclude<keyof EngineExports, "memory">[] = [
  "initialize",
  "errorCode",
  "errorText",
  "staging",
  "instructionSet",
  "threads",
  "setThreads",
  "lanes",
  "liveBuffers",
  "livePrograms",
  "liveBytes",
  "peakBytes",
  "allocate",
  "release",
  "transfer",
  "load",
  "unload",
  "instructionCount",
  "describe",
  "peakFlops",
  "openRun",
  "continueRun",
  "closeRun",
  "faultInstruction",
  "faultPosition",
  "faultIndex",
];

function isEngine(exports: object): exports is EngineExports {
  const has = (name: string): boolean => typeof Reflect.get(exports, name) === "function";
  return functions.every(has) && Reflect.get(exports, "memory") instanceof WebAssembly.Memory;
}

/** A module brought to life. */
export interface InstantiatedEngine {
  readonly exports: EngineExports;
  /** Whether its memory is shared, so that workers can help. */
  readonly shared: boolean;
  /** The workers that it has started so far. */
  readonly workers: readonly StartedWorker[];
}

/** Pages that every module begins with; scripts/build-wasm.mjs says the same. */
const initialPages = 32;
const mostPages = 65536;

/** Shared memory reserves its addresses at once, and small devices have not got 4 GB of them. */
function reserveMemory(pages = mostPages): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: initialPages, maximum: pages, shared: true });
  } catch (error) {
    if (!(error instanceof RangeError) || pages / 2 < initialPages) throw error;
    return reserveMemory(pages / 2);
  }
}

/** Whether this thread may sleep; the main thread of a page may not. */
function mayThreadSleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/**
 * Compiles and initializes the engine; each call makes one of its own, with its own memory.
 *
 * @param source The contents of one of the engine's modules, or what they were compiled to.
 * @param threads Threads that compute, the caller's included; one unless the module has shared memory and `startWorker` is given.
 * @throws If it is no WebAssembly module that can run here, or not Rappel's engine.
 */
export function instantiateEngine(
  source: Uint8Array | WebAssembly.Module,
  threads: number,
  startWorker: StartWorker | undefined,
): InstantiatedEngine {
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  const shared = WebAssembly.Module.imports(module).some(({ kind }) => kind === "memory");
  const memory = shared ? reserveMemory() : undefined;
  const maySleep = shared && mayThreadSleep() ? 1 : 0;
  const workers: StartedWorker[] = [];
  const imports = {
    ...(memory && { memory }),
    milliseconds: () => performance.now(),
    maySleep: () => maySleep,
    startWorker: (thread: number, stackEnd: number) => {
      if (!memory || !startWorker) return 0;
      try {
        workers.push(startWorker({ module, memory, thread, stackEnd }));
        return 1;
      } catch {
        return 0; // fewer hands; the work is done all the same
      }
    },
  };
  const { exports } = new WebAssembly.Instance(module, { rappel: imports });
  if (!isEngine(exports))
    throw new Error(
      "the WebAssembly module is not this version's engine; rebuild it with `node scripts/build-wasm.mjs`",
    );
  if (exports.initialize(shared && startWorker ? threads : 1) === 0)
    throw new Error("the WebAssembly engine could not be initialized");
  return { exports, shared, workers };
}
