/** What trains models, in pages: fetched when a model is compiled. */
import { setFetchFurtherParts } from "./fetch-further-parts.browser.ts";
import { setFetchOnDemand } from "./fetch-on-demand.browser.ts";

export type TrainingParts = typeof import("./parts.ts");

setFetchFurtherParts(() => import("./further-parts.ts"));
setFetchOnDemand(() => import("./on-demand.ts"));

let fetched: TrainingParts | undefined;

/** What trains models. */
export async function trainingParts(): Promise<TrainingParts> {
  fetched ??= await import("./parts.ts");
  return fetched;
}

/** Does something with it as soon as it is there. */
export function withTrainingParts(use: (parts: TrainingParts) => void): void {
  // Whoever trains is told if it cannot be fetched.
  trainingParts().then(use, () => {});
}
