/** What few graphs need of the compiler: there from the start, but in pages, which fetch it when a graph cannot be compiled without. */
import type { FurtherPasses } from "./further-passes.ts";

let known: FurtherPasses | undefined;

/** What a graph needs is not here yet. */
export class MissingPasses extends Error {
  override name = "MissingPasses";

  constructor() {
    super("what compiles this graph is still being fetched; await the device's finish() first");
  }
}

/** From now on they are known. */
export function setFurtherPasses(passes: FurtherPasses): void {
  known = passes;
}

/** @throws MissingPasses If nobody has set them. */
export function knownFurtherPasses(): FurtherPasses {
  if (known) return known;
  throw new MissingPasses();
}
