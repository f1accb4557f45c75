/** The registry of losses, and what an option takes for one. In pages it holds those that were needed so far; `registry.ts` has all. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import type { Loss } from "./loss.ts";

export type LossName =
  | "binaryCrossentropy"
  | "binaryFocalCrossentropy"
  | "categoricalCrossentropy"
  | "categoricalFocalCrossentropy"
  | "categoricalHinge"
  | "contrastive"
  | "cosineSimilarity"
  | "ctc"
  | "dice"
  | "hinge"
  | "huber"
  | "klDivergence"
  | "logCosh"
  | "meanAbsoluteError"
  | "meanAbsolutePercentageError"
  | "meanSquaredError"
  | "meanSquaredLogarithmicError"
  | "poisson"
  | "sparseCategoricalCrossentropy"
  | "squaredHinge"
  | "tripletMargin"
  | "tripletSemiHard"
  | "tversky";

/** What an option takes for a loss: one, the name of one, or one written down as data. */
export type LossLike = Loss | LossName | SerializedObject;

/** The losses that are known by name. */
export const lossRegistry: Registry<Loss> = /* @__PURE__ */ new Registry<Loss>("loss", []);

/** Makes a loss of one's own known to saved models. */
export function registerLoss(added: ConfigurableClass<Loss>): void {
  lossRegistry.register(added);
}
