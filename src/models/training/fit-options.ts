/** The options of `fit`: their defaults and checks. */
import {
  checkBoolean,
  checkInteger,
  checkNumber,
  checkOptions,
  describe,
  type OptionNames,
} from "../../graph/options.ts";
import { type Augmentation, checkAugmentation } from "../augmentations/augmentation.ts";
import type { Callback } from "../callbacks/callback.ts";
import { type ArrayInput, isLabelled, type LabelledExamples } from "../examples/arrays.ts";
import type { ClassWeight } from "../examples/class-weight.ts";
import { type BatchStream, isBatchStream } from "./batch-stream.ts";

export interface FitOptions {
  /** Examples in a training step. Default 32. A last, smaller batch takes what is left. */
  readonly batchSize?: number;
  /** The epoch at which training ends, counted from the first one ever. Default 1. */
  readonly epochs?: number;
  /** The epoch with which training goes on, counted from 0. Default 0. */
  readonly initialEpoch?: number;
  /** Whether each epoch takes the examples in a new random order. Default true. */
  readonly shuffle?: boolean;
  /** Judged after each epoch: `{ x, y }`, or a stream of batches, best a function that makes a new one for each validation. */
  readonly validationData?: LabelledExamples | BatchStream;
  /** The share of the examples, from the end and before any shuffling, that is judged after each epoch instead of trained on. */
  readonly validationSplit?: number;
  readonly callbacks?: readonly Callback[];
  /**
   * Decides the order of the examples and, where training begins with epoch 0, starts the layers' random generators. The same
   * seed gives the same training, bit by bit, on one device. By default drawn from the default generator (see `setSeed`).
   */
  readonly seed?: number;
  /** How much the examples of each class count, by label. A class that is not named counts 1. */
  readonly classWeight?: ClassWeight;
  /** `[examples]`: how much each example counts. Default 1. */
  readonly sampleWeight?: ArrayInput;
  /** What is done to each batch before its training step, features and targets together, such as `augmentations.mixup()`. Default nothing. */
  readonly augmentation?: Augmentation;
  /**
   * How many batches make an epoch. Without it an epoch lasts as long as the data. With it the next epoch goes on where the last
   * one stopped; arrays begin again, in a new order, when all their examples were taken.
   */
  readonly stepsPerEpoch?: number;
  /** Examples judged at once; default `batchSize`. */
  readonly validationBatchSize?: number;
  /** How many batches of the validation data are judged, from the first; default all. */
  readonly validationSteps?: number;
  /** Judge after every so many epochs, or after the epochs in a list, counted from 1. Default 1. */
  readonly validationFreq?: number | readonly number[];
}

/** For `checkOptions`. */
export const fitOptionNames: OptionNames<FitOptions> = {
  batchSize: true,
  epochs: true,
  initialEpoch: true,
  shuffle: true,
  validationData: true,
  validationSplit: true,
  callbacks: true,
  seed: true,
  classWeight: true,
  sampleWeight: true,
  augmentation: true,
  stepsPerEpoch: true,
  validationBatchSize: true,
  validationSteps: true,
  validationFreq: true,
};

/** The options with their defaults. */
export interface FitSettings {
  readonly batchSize: number;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly shuffle: boolean;
  readonly validationData: LabelledExamples | BatchStream | undefined;
  readonly validationSplit: number;
  readonly callbacks: readonly Callback[];
  readonly seed: number | undefined;
  readonly classWeight: ClassWeight | undefined;
  readonly sampleWeight: ArrayInput | undefined;
  readonly augmentation: Augmentation | undefined;
  readonly stepsPerEpoch: number | undefined;
  readonly validationBatchSize: number;
  readonly validationSteps: number | undefined;
  readonly validationFreq: number | readonly number[];
}

/** @throws If an option is unknown or out of range, or two options exclude each other. */
export function resolveFitOptions(options: FitOptions, isStream: boolean): FitSettings {
  if ("verbose" in options)
    throw new TypeError(
      'fit: unknown option "verbose"; nothing is printed unless asked for: callbacks: [callbacks.progress()] shows how it goes',
    );
  checkOptions("fit", options, fitOptionNames);
  const settings: FitSettings = {
    batchSize: options.batchSize ?? 32,
    epochs: options.epochs ?? 1,
    initialEpoch: options.initialEpoch ?? 0,
    shuffle: options.shuffle ?? true,
    validationData: options.validationData,
    validationSplit: options.validationSplit ?? 0,
    callbacks: options.callbacks ?? [],
    seed: options.seed,
    classWeight: options.classWeight,
    sampleWeight: options.sampleWeight,
    augmentation: options.augmentation,
    stepsPerEpoch: options.stepsPerEpoch,
    validationBatchSize: options.validationBatchSize ?? options.batchSize ?? 32,
    validationSteps: options.validationSteps,
    validationFreq: options.validationFreq ?? 1,
  };
  checkInteger("fit", "batchSize", settings.batchSize, 1);
  checkInteger("fit", "epochs", settings.epochs, 0);
  checkInteger("fit", "initialEpoch", settings.initialEpoch, 0);
  checkBoolean("fit", "shuffle", settings.shuffle);
  checkNumber("fit", "validationSplit", settings.validationSplit, { minimum: 0, below: 1 });
  if (settings.seed !== undefined) checkInteger("fit", "seed", settings.seed);
  if (settings.stepsPerEpoch !== undefined) checkInteger("fit", "stepsPerEpoch", settings.stepsPerEpoch, 1);
  if (settings.augmentation !== undefined) checkAugmentation("fit: augmentation", settings.augmentation);
  checkInteger("fit", "validationBatchSize", settings.validationBatchSize, 1);
  if (settings.validationSteps !== undefined) checkInteger("fit", "validationSteps", settings.validationSteps, 1);
  const frequencies = isList(settings.validationFreq) ? settings.validationFreq : [settings.validationFreq];
  for (const frequency of frequencies) checkInteger("fit", "validationFreq", frequency, 1);
  checkCallbacks(settings.callbacks);
  checkCombination(settings, options, isStream);
  return settings;
}

function checkCallbacks(callbacks: readonly Callback[]): void {
  if (!Array.isArray(callbacks))
    throw new TypeError(`fit: callbacks is ${describe(callbacks)}, expected an array of callbacks`);
  for (const [index, callback] of callbacks.entries())
    if (typeof callback !== "object" || callback === null)
      throw new TypeError(
        `fit: callbacks[${index}] is ${describe(callback)}, expected an object with hooks such as onEpochEnd` +
          (typeof callback === "function" ? "; call the function that makes it" : ""),
      );
}

function checkCombination(settings: FitSettings, options: FitOptions, isStream: boolean): void {
  const { validationData, validationSplit } = settings;
  if (validationData !== undefined && !isLabelled(validationData) && !isBatchStream(validationData))
    throw new TypeError(
      `fit: validationData is ${describe(validationData)}, expected { x, y }, or a stream of such batches`,
    );
  if (isBatchStream(validationData) && options.validationBatchSize !== undefined)
    throw new TypeError(
      "fit: validationBatchSize is for arrays; a stream of batches decides that itself, and validationSteps how many count",
    );
  if (validationData && validationSplit > 0)
    throw new TypeError("fit: validationData and validationSplit exclude each other; give one of them");
  const validating = (["validationBatchSize", "validationSteps", "validationFreq"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (validating !== undefined && !validationData && validationSplit === 0)
    throw new TypeError(`fit: ${validating} has no effect without validationData or validationSplit; give one of them`);
  if (!isStream) return;
  for (const name of ["batchSize", "shuffle", "validationSplit", "sampleWeight"] as const)
    if (options[name] !== undefined)
      throw new TypeError(
        `fit: ${name} is for arrays; a stream of batches decides that itself${name === "validationSplit" ? ", give validationData" : ""}`,
      );
}

/** Whether the model is judged after an epoch, counted from 0. */
export function isValidated(validationFreq: number | readonly number[], epoch: number): boolean {
  return isList(validationFreq) ? validationFreq.includes(epoch + 1) : (epoch + 1) % validationFreq === 0;
}

function isList(value: number | readonly number[]): value is readonly number[] {
  return Array.isArray(value);
}
