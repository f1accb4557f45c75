/** The engine's Node binding: its interface in TypeScript, and how it is found and loaded. */
import type { TypedArray } from "../../graph/dtype.ts";

export interface Engine {
  info(): { readonly isa: string; readonly threads: number; readonly cores: number };
  setThreads(count: number): void;
  allocate(bytes: number): number;
  release(handle: number): void;
  write(handle: number, byteOffset: number, data: TypedArray): void;
  read(handle: number, byteOffset: number, data: TypedArray): void;
  load(words: Int32Array): number;
  unload(program: number): void;
  describe(program: number): readonly { readonly flops: number; readonly bytes: number; readonly tasks: number }[];
  run(program: number, handles: Int32Array, times: number): number;
  runAsync(program: number, handles: Int32Array, times: number): Promise<number>;
  cancel(): void;
  profile(program: number, handles: Int32Array, times: number): Float64Array;
  statistics(): { readonly liveBuffers: number; readonly liveBytes: number; readonly livePrograms: number; readonly peakBytes: number };
}

/** Loads the engine. @throws If it is not built. */
export function loadEngine(): Engine {
  throw new Error("build/engine/rappel.node is not built");
}
