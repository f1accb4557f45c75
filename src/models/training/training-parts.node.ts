/** What trains models, outside of pages: there from the start. */
import * as further from "./further-parts.ts";
import * as parts from "./parts.ts";

export type TrainingParts = typeof parts;
export type FurtherParts = typeof further;

/** What trains models. */
export function trainingParts(): TrainingParts {
  return parts;
}

/** What few trainings need besides. */
export function furtherParts(): FurtherParts {
  return further;
}

/** Does something with it at once. */
export function withTrainingParts(use: (parts: TrainingParts) => void): void {
  use(parts);
}
