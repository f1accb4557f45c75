/** The optimizers, losses and metrics that most trainings name. Pages fetch them with what trains. */
import { CategoricalCrossentropy, SparseCategoricalCrossentropy } from "../../losses/crossentropy.ts";
import { lossRegistry } from "../../losses/loss-registry.ts";
import { Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "../../metrics/accuracy.ts";
import { metricRegistry } from "../../metrics/metric-registry.ts";
import { Adam, AdamW } from "../../optimizers/adam.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";

/** Makes them known. */
export function registerCommonNames(): void {
  for (const each of [Adam, AdamW]) optimizerRegistry.register(each);
  for (const each of [CategoricalCrossentropy, SparseCategoricalCrossentropy]) lossRegistry.register(each);
  for (const each of [Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy])
    metricRegistry.register(each);
}
