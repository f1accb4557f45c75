/** What trains models, outside of pages: there from the start. */
import * as parts from "./parts.ts";

export type TrainingParts = typeof parts;

/** What trains models. */
export function trainingParts(): TrainingParts {
  return parts;
}

/** Does something with it at once. */
export function withTrainingParts(use: (parts: TrainingParts) => void): void {
  use(parts);
}
