/** Warnings of losses and metrics that hardly fit, in pages: fetched unless the settings are usual ones. */
import type { TrainableModel } from "./trainable.ts";
import { furtherParts } from "./training-parts.browser.ts";
import { isUsual } from "./usual-settings.ts";

/** See mismatch.ts. */
export async function warnOfMismatch(model: TrainableModel, owner: string): Promise<void> {
  if (isUsual(model)) return;
  // Without the warning everything goes on as well.
  const parts = await furtherParts().catch(() => undefined);
  parts?.warnOfMismatch(model, owner);
}
