/** What `compile` knows by name: outside of pages all of it, from the start. */
import { registerLosses } from "../../losses/registry.ts";
import { registerMetrics } from "../../metrics/registry.ts";
import { registerOptimizers } from "../../optimizers/registry.ts";

registerOptimizers();
registerLosses();
registerMetrics();

/** Makes all names known. Here they are, and one that is not is a mistake that `compile` tells at once. */
export function fetchNames(_isEnough: () => boolean): Promise<void> | undefined {
  return undefined;
}
