/**
 * The passes that scans alone need. Whatever makes scans enables them, as do the devices of Node, so that a bundled page without loops
 * holds none of this.
 */
import { setScanPasses } from "./compile.ts";
import { lower } from "./lower.ts";
import { findLoops } from "./scan-loop.ts";

/** From now on graphs may have scans. */
export function enableScans(): void {
  setScanPasses({ lower, findLoops });
}
