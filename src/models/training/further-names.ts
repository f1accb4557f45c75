/** Optimizers and losses that many trainings name, though not most. Pages fetch them before all others, which are ten times as large. */
import { BinaryCrossentropy } from "../../losses/binary-crossentropy.ts";
import { lossRegistry } from "../../losses/loss-registry.ts";
import { MeanAbsoluteError, MeanSquaredError } from "../../losses/regression.ts";
import { optimizerRegistry } from "../../optimizers/optimizer-registry.ts";
import { SGD } from "../../optimizers/sgd.ts";

/** Makes them known. */
export function registerFurtherNames(): void {
  optimizerRegistry.register(SGD);
  for (const each of [BinaryCrossentropy, MeanAbsoluteError, MeanSquaredError]) lossRegistry.register(each);
}
