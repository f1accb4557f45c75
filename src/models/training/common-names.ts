/** The optimizer, loss and metric that most trainings name. Pages fetch them with what trains. */
import { SparseCategoricalCrossentropy } from "../../losses/crossentropy.ts";
import { lossRegistry } from "../../losses/loss-registry.ts";
import { Accuracy } from "../../metrics/accuracy.ts";
import { metricRegistry } from "../../metrics/metric-registry.ts";
import { Adam } from "../../optimizers/adam.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";

/** Makes them known. */
export function registerCommonNames(): void {
  optimizerRegistry.register(Adam);
  lossRegistry.register(SparseCategoricalCrossentropy);
  metricRegistry.register(Accuracy);
}
