/** What `fit` can do to batches before training steps: `augmentations.mixup(…)` and the others. */
export type { Augmentation } from "./augmentation.ts";
export { cutMix } from "./cut-mix.ts";
export type { MixingOptions } from "./mixing.ts";
export { mixup } from "./mixup.ts";
export { type RandomChoiceOptions, randomChoice } from "./random-choice.ts";
