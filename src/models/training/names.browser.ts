/** What `compile` knows by name, in pages: fetched when a name is used. */

import { furtherParts } from "./fetch-further-parts.browser.ts";
import { fetchOnDemand } from "./fetch-on-demand.browser.ts";
import { trainingParts } from "./training-parts.browser.ts";

/** Makes the names that most trainings use known, further ones where these are not enough, and else all. */
export async function fetchNames(isEnough: () => boolean): Promise<void> {
  (await trainingParts()).registerCommonNames();
  if (isEnough()) return;
  (await furtherParts()).registerFurtherNames();
  if (isEnough()) return;
  const { registerNames } = await fetchOnDemand();
  registerNames();
}
