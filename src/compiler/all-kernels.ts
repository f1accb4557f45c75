/** All that the compiler knows, enabled: for the devices of Node, where nothing is fetched. */
import { enableConvolutions } from "./convolution-instructions.ts";
import { furtherPasses } from "./further-passes.ts";
import { setFurtherPasses } from "./missing-passes.ts";
import { enableScans } from "./scan-passes.ts";
import { enableWindows } from "./window-instructions.ts";

/** From now on graphs may have all primitives. */
export function enableAllKernels(): void {
  enableConvolutions();
  enableScans();
  enableWindows();
  setFurtherPasses(furtherPasses);
}
