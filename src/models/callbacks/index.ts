/** The callbacks that come with Rappel: `callbacks.earlyStopping(…)` and the others. */
export type { ChartOptions, SvgOptions, TerminalOptions } from "../charts/options.ts";
export { type BackupAndRestoreOptions, backupAndRestore } from "./backup-and-restore.ts";
export type {
  BatchProgress,
  Callback,
  CallbackModel,
  CallbackState,
  Direction,
  Logs,
  Resumption,
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
export { type SwapEmaWeightsOptions, swapEmaWeights } from "./swap-ema-weights.ts";
export { terminateOnNaN } from "./terminate-on-nan.ts";
export { type TimeLimitOptions, timeLimit } from "./time-limit.ts";
