/** What trains models, in pages: fetched when a model is compiled. */
export type TrainingParts = typeof import("./parts.ts");

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
