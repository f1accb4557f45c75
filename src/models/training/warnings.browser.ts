/** Warnings of settings that compute, but hardly what is meant, in pages: fetched unless the settings are usual ones. */
import { furtherParts } from "./fetch-further-parts.browser.ts";
import type { TrainableModel } from "./trainable.ts";
import { isUsual, isUsualTraining } from "./usual-settings.ts";

/** See mismatch.ts. */
export async function warnOfMismatch(model: TrainableModel, owner: string): Promise<void> {
  if (!isUsual(model)) (await warnings())?.warnOfMismatch(model, owner);
}

/** See training-warnings.ts. */
export async function warnOfTraining(model: TrainableModel, sizes: readonly number[]): Promise<void> {
  if (!isUsualTraining(model, sizes)) (await warnings())?.warnOfTraining(model, sizes);
}

/** Nothing where they cannot be fetched: without them everything goes on as well. */
function warnings() {
  return furtherParts().catch(() => undefined);
}
