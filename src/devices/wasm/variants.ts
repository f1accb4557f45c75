/** Which of the engine's WebAssembly modules runs here: with relaxed SIMD or without, on one thread or on several over shared memory. */
import type { EngineWishes } from "../engine/wishes.ts";

export type WasmInstructionSet = "wasm128" | "wasm128-relaxed";

/** One of the modules that scripts/build-wasm.mjs builds. */
export interface WasmVariant {
  /** `wasm128`: SIMD128. `wasm128-relaxed`: multiply-adds in one instruction besides. */
  readonly isa: WasmInstructionSet;
  /** Whether its memory is shared, so that several threads can compute. */
  readonly shared: boolean;
  /** The file's name. */
  readonly file: "rappel.wasm" | "rappel-threads.wasm" | "rappel-relaxed.wasm" | "rappel-relaxed-threads.wasm";
}

/** All modules, the fastest first. */
export const wasmVariants: readonly WasmVariant[] = [
  { isa: "wasm128-relaxed", shared: true, file: "rappel-relaxed-threads.wasm" },
  { isa: "wasm128-relaxed", shared: false, file: "rappel-relaxed.wasm" },
  { isa: "wasm128", shared: true, file: "rappel-threads.wasm" },
  { isa: "wasm128", shared: false, file: "rappel.wasm" },
];

/** What the program around the engine, Node or a browser, can do for it. */
export interface WasmHost {
  readonly relaxedSimd: boolean;
  /** Why memory cannot be shared between threads; undefined where it can. */
  readonly whyNotShared: string | undefined;
  /** Processors that this program may use. */
  readonly cores: number;
}

export interface WasmChoice {
  readonly variant: WasmVariant;
  /** Threads that shall compute, the caller's included. */
  readonly threads: number;
  /** Why there is one thread only, where more might be expected. */
  readonly whyOneThread: string | undefined;
}

/** A module with one function, whose result is f32x4.relaxed_madd of three zeros. */
const relaxedProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 0x13, 1, 0x11, 0],
  ...[0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 2, 0x0b],
);

/** A module with one page of shared memory and a function that reads it by i32.atomic.load. */
const sharedProbe = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[5, 4, 1, 3, 1, 1],
  ...[10, 0x0b, 1, 9, 0, 0x41, 0, 0xfe, 0x10, 2, 0, 0x1a, 0x0b],
);

function reasonNotToShare(): string | undefined {
  // In pages and their workers; undefined elsewhere.
  if (Reflect.get(globalThis, "crossOriginIsolated") === false)
    return (
      "the page is not cross-origin isolated; serve it with the headers " +
      '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"'
    );
  if (typeof SharedArrayBuffer === "undefined" || !WebAssembly.validate(sharedProbe))
    return "WebAssembly has no threads here";
  return undefined;
}

/**
 * What the program around the engine can do, found out by letting it validate two tiny modules.
 * @param cores Processors that this program may use.
 */
export function probeWasmHost(cores: number): WasmHost {
  return { relaxedSimd: WebAssembly.validate(relaxedProbe), whyNotShared: reasonNotToShare(), cores };
}

/**
 * The fastest module that runs here and fits what is wished.
 *
 * @throws RangeError If there is no such instruction set, Error if a wish cannot be fulfilled here; the message says why.
 *
 * @example
 * const { variant, threads } = chooseVariant({ threads: 2 }, probeWasmHost(navigator.hardwareConcurrency));
 */
export function chooseVariant({ isa, threads }: EngineWishes, host: WasmHost): WasmChoice {
  const isas = [...new Set<string>(wasmVariants.map((variant) => variant.isa))];
  if (isa !== undefined && !isas.includes(isa))
    throw new RangeError(
      `there is no instruction set "${isa}" as WebAssembly (RAPPEL_ISA); there are ${isas.join(", ")}`,
    );
  if (isa === "wasm128-relaxed" && !host.relaxedSimd)
    throw new Error(
      `the instruction set "${isa}" was asked for (RAPPEL_ISA), but WebAssembly has no relaxed SIMD here; ` +
        "Node has it from 22, and 20 with --experimental-wasm-relaxed-simd",
    );
  if (threads !== undefined && threads > 1 && host.whyNotShared !== undefined)
    throw new Error(
      `${threads} threads were asked for (RAPPEL_THREADS), but there can be only one: ${host.whyNotShared}`,
    );
  const count = threads ?? (host.whyNotShared === undefined ? host.cores : 1);
  const wanted = isa ?? (host.relaxedSimd ? "wasm128-relaxed" : "wasm128");
  const variant = wasmVariants.find((each) => each.isa === wanted && each.shared === count > 1);
  if (variant === undefined) throw new Error(`there is no module for ${wanted} and ${count} threads`);
  return {
    variant,
    threads: count,
    whyOneThread:
      host.whyNotShared ?? (count === 1 ? (threads === 1 ? "one was asked for" : "there is one processor") : undefined),
  };
}
