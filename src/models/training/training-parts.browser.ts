/** What trains models, in pages: fetched when a model is compiled. */
export type TrainingParts = typeof import("./parts.ts");
export type FurtherParts = typeof import("./further-parts.ts");

let fetched: TrainingParts | undefined;

/** What trains models. */
export async function trainingParts(): Promise<TrainingParts> {
  fetched ??= await import("./parts.ts");
  return fetched;
}

/** What few trainings need besides. */
export function furtherParts(): Promise<FurtherParts> {
  return import("./further-parts.ts");
}

/** Does something with it as soon as it is there. */
export function withTrainingParts(use: (parts: TrainingParts) => void): void {
  // Whoever trains is told if it cannot be fetched.
  trainingParts().then(use, () => {});
}
