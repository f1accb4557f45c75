/** Gives a page what programs in Node find in their environment: the instruction set with which the engine shall run. */
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The instruction set of the module that the suites of a page are for. */
    readonly isa: string;
  }
}

Reflect.set(globalThis, "process", { env: { RAPPEL_ISA: inject("isa") } });
