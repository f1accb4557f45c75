/** What the engine's WebAssembly module exports, and how it is brought to life. The C++ side is engine/bindings/wasm.cc. */

/**
 * The module's functions. Those that can fail return 0, or -1 where 0 is an answer; `errorCode` and `errorText` then tell why.
 * Addresses are those of `memory`; as numbers of JavaScript they come out signed.
 */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  initialize(): number;
  errorCode(): number;
  errorText(): number;
  /** The address of at least so many bytes for an array that is passed; good until the next call. */
  staging(bytes: number): number;
  instructionSet(): number;
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

/**
 * Compiles and initializes the engine; each call makes one of its own, with its own memory.
 *
 * @param source The contents of rappel.wasm, or the module that they were compiled to.
 * @throws If they are no WebAssembly module with SIMD128, or not Rappel's engine.
 */
export function instantiateEngine(source: Uint8Array | WebAssembly.Module): EngineExports {
  const imports = { rappel: { nanoseconds: () => performance.now() * 1e6 } };
  const module = source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source);
  const { exports } = new WebAssembly.Instance(module, imports);
  if (!isEngine(exports))
    throw new Error(
      "the WebAssembly module is not this version's engine; rebuild it with `node scripts/build-wasm.mjs`",
    );
  if (exports.initialize() === 0) throw new Error("the WebAssembly engine could not be initialized");
  return exports;
}
