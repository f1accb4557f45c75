/** What `compile` does before it can find what its options name. */
import { lossRegistry } from "../../losses/loss-registry.ts";
import { metricRegistry } from "../../metrics/metric-registry.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";
import type { CompileOptions } from "./compilation.ts";
import { fetchNames } from "./names.node.ts";

/**
 * Fetches what the options name and is not here yet, as happens in pages.
 *
 * @returns Nothing where all that is named is here.
 */
export function fetchNamed({
  optimizer,
  loss,
  metrics,
  weightedMetrics,
}: Partial<CompileOptions>): Promise<void> | undefined {
  const areKnown = () =>
    optimizerRegistry.knows(optimizer) &&
    valuesOf(loss).every((each) => lossRegistry.knows(each)) &&
    [metrics, weightedMetrics]
      .flatMap(valuesOf)
      .flat()
      .every((each) => metricRegistry.knows(each));
  return areKnown() ? undefined : fetchNames(areKnown);
}

/** What an option gives: by output, one for all, or whatever else it is. */
function valuesOf(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  return typeof given === "object" && given !== null && !("className" in given) ? Object.values(given) : [given];
}
