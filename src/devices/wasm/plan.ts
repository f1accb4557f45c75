/** How the engine is had as WebAssembly: which module, and how many threads, by what is wished and what the host can do. */
import { type EngineWishes, wishesOf } from "../engine/wishes.ts";
import { WasmEngine } from "./binding.ts";
import { chooseVariant, probeWasmHost, type WasmVariant } from "./variants.ts";
import type { StartWorker } from "./workers.ts";

export interface WasmPlan {
  /** The module to load, unless the caller has one of their own. */
  readonly variant: WasmVariant;
  /** The engine in that module, or in the caller's. @throws If that one is not the engine, or cannot fulfil what is wished. */
  make(source: Uint8Array | WebAssembly.Module): WasmEngine;
}

/**
 * @param options What is wished; `RAPPEL_ISA` and `RAPPEL_THREADS` say the rest.
 * @param cores Processors that this program may use.
 * @param startWorker Starts the threads besides the caller's.
 * @throws If the wishes are wrong or cannot be fulfilled here; the message says why.
 */
export function planWasmEngine(options: EngineWishes, cores: number, startWorker: StartWorker): WasmPlan {
  const wishes = wishesOf(options);
  const { variant, threads, whyOneThread } = chooseVariant(wishes, probeWasmHost(cores));
  return {
    variant,
    make(source) {
      const engine = new WasmEngine(source, { threads, cores, startWorker, whyOneThread });
      const info = engine.info();
      if (wishes.isa !== undefined && info.isa !== wishes.isa)
        throw new Error(`the instruction set "${wishes.isa}" was asked for, but the given module is for ${info.isa}`);
      if (wishes.threads !== undefined && wishes.threads > info.threads)
        throw new Error(`${threads} threads were asked for, but the given module has no shared memory`);
      return engine;
    },
  };
}
