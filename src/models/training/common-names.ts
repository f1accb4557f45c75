/** The optimizers, losses and metrics that most trainings name. Pages fetch them before all others, which are ten times as large. */
import {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  SparseCategoricalCrossentropy,
} from "../../losses/crossentropy.ts";
import { lossRegistry } from "../../losses/loss-registry.ts";
import { MeanAbsoluteError, MeanSquaredError } from "../../losses/regression.ts";
import { Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from "../../metrics/accuracy.ts";
import { metricRegistry } from "../../metrics/metric-registry.ts";
import { Adam, AdamW } from "../../optimizers/adam.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";
import { SGD } from "../../optimizers/sgd.ts";

/** Makes them known. */
export function registerCommonNames(): void {
  for (const each of [Adam, AdamW, SGD]) optimizerRegistry.register(each);
  for (const each of [
    BinaryCrossentropy,
    CategoricalCrossentropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
  ])
    lossRegistry.register(each);
  for (const each of [Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy])
    metricRegistry.register(each);
}
