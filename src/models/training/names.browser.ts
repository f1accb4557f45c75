/** What `compile` knows by name, in pages: fetched when a name is used. */
import { trainingParts } from "./training-parts.browser.ts";

/** Makes the names that most trainings use known, and all others where these are not enough. */
export async function fetchNames(isEnough: () => boolean): Promise<void> {
  (await trainingParts()).registerCommonNames();
  if (isEnough()) return;
  const { registerNames } = await import("./on-demand.ts");
  registerNames();
}
