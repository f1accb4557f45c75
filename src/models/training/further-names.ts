/** Optimizers, losses and metrics that many trainings name, though not most. Pages fetch them before all others, which are ten times as large. */
import { BinaryCrossentropy } from "../../losses/binary-crossentropy.ts";
import { CategoricalCrossentropy } from "../../losses/categorical-crossentropy.ts";
import { lossRegistry } from "../../losses/loss-registry.ts";
import { MeanAbsoluteError, MeanSquaredError } from "../../losses/regression.ts";
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "../../metrics/accuracies.ts";
import { metricRegistry } from "../../metrics/metric-registry.ts";
import { AdamW } from "../../optimizers/adam-w.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";
import { SGD } from "../../optimizers/sgd.ts";

/** Makes them known. */
export function registerFurtherNames(): void {
  for (const each of [AdamW, SGD]) optimizerRegistry.register(each);
  for (const each of [BinaryCrossentropy, CategoricalCrossentropy, MeanAbsoluteError, MeanSquaredError])
    lossRegistry.register(each);
  for (const each of [BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy]) metricRegistry.register(each);
}
