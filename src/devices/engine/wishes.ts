/** What a person may ask of the engine before it is loaded, by options of the device or by variables of the environment. */
import { environmentVariable } from "../host.ts";

export interface EngineWishes {
  /** The instruction set, by name; see `InstructionSet`. */
  readonly isa?: string | undefined;
  /** Threads that share the work of an instruction, 1 to 256. */
  readonly threads?: number | undefined;
}

const mostThreads = 256;

/**
 * The options that are given, else `RAPPEL_ISA` and `RAPPEL_THREADS`.
 * @throws RangeError If the threads are no whole number from 1 to 256.
 */
export function wishesOf(options: EngineWishes): EngineWishes {
  const variable = environmentVariable("RAPPEL_THREADS");
  const threads = options.threads ?? (variable === undefined ? undefined : Number(variable));
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > mostThreads)) {
    const given = options.threads === undefined ? `RAPPEL_THREADS is "${variable}"` : `threads is ${threads}`;
    throw new RangeError(`${given}, expected a whole number from 1 to ${mostThreads}`);
  }
  return { isa: options.isa ?? environmentVariable("RAPPEL_ISA"), threads };
}
