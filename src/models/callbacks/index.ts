/** The callbacks that come with Rappel: `callbacks.earlyStopping(…)` and the others. */
export type {
  BatchProgress,
  Callback,
  CallbackModel,
  Direction,
  Logs,
  TrainingParameters,
} from "./callback.ts";
export { type CSVLoggerOptions, csvLogger } from "./csv-logger.ts";
export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
export { History } from "./history.ts";
export { lambdaCallback } from "./lambda-callback.ts";
export { type EpochSchedule, learningRateScheduler } from "./learning-rate-scheduler.ts";
export { type ModelCheckpointOptions, modelCheckpoint } from "./model-checkpoint.ts";
export { type ProgressOptions, progress } from "./progress.ts";
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./reduce-learning-rate-on-plateau.ts";
export { swapEmaWeights } from "./swap-ema-weights.ts";
export { terminateOnNaN } from "./terminate-on-nan.ts";
