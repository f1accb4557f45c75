/** `rappel train`: trains a recipe's model, keeps it, and reports on it. */
import { mkdir } from "node:fs/promises";
import { callbacks, type Dataset, getDevice, type Sequential, setSeed } from "../index.ts";
import type { CommandContext } from "./context.ts";
import { describeEvaluation, evaluateModel } from "./evaluation.ts";
import { interruptedExitCode, withInterrupt } from "./interrupt.ts";
import { counted, duration, integer } from "./numbers.ts";
import { ProgressBar } from "./progress.ts";
import type { Recipe, TrainingSettings } from "./recipes/recipe.ts";
import { Throughput } from "./throughput.ts";
import { type TrainingReport, writeCurves, writeTrainingReport } from "./training-report.ts";

export interface TrainOptions {
  readonly settings: TrainingSettings;
  /** Decides over initial weights, splits, the order of examples and dropout. */
  readonly seed: number;
  /** The folder that the model and its report are saved to. */
  readonly out: string;
}

interface TrainingParts {
  readonly fitting: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
}

/**
 * Trains until the validation gets no better, saves the best weights, and evaluates them on the test part.
 *
 * Ctrl-C ends the training at the next edge between batches; the model is saved and judged all the same. A second Ctrl-C
 * ends the process at once.
 */
export async function train(
  recipe: Recipe,
  options: TrainOptions,
  context: CommandContext,
): Promise<{ readonly report: TrainingReport; readonly exitCode: number }> {
  const { settings, seed, out } = options;
  const { output, style } = context;
  const say = (text: string) => output.write(`${text}\n`);

  await mkdir(out, { recursive: true }); // better now than after an hour of training
  say(style.bold(`${recipe.name}: ${recipe.title}`));
  const parts = await loadParts(recipe, seed);
  const { fitting, validation, test } = parts;
  setSeed(seed);
  const model = recipe.buildModel({ ...settings, stepsPerEpoch: Math.ceil(fitting.length / settings.batchSize) });
  model.build(fitting.x.shape.slice(1));
  const device = getDevice();
  say(
    `${integer(fitting.length)} to train on, ${integer(validation.length)} to validate, ${integer(test.length)} to test`,
  );
  say(`${model.layers.length} layers, ${integer(model.countParameters())} parameters, seed ${seed}`);
  say(`${device.description}\n`);

  const course = await fitModel(model, recipe, parts, options, context);
  await model.save(out);
  say(`\n${course.ending}\nThe model of epoch ${course.bestEpoch} is saved in ${style.bold(out)}\n`);

  const evaluation = await evaluateModel(model, test);
  const report: TrainingReport = {
    dataset: recipe.name,
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    epochs: course.epochs,
    bestEpoch: course.bestEpoch,
    trainingSeconds: course.seconds,
    imagesPerSecond: course.imagesPerSecond,
    device: device.name,
    threads: device.threads,
    seed,
    parameters: model.countParameters(),
    settings,
    interrupted: course.interrupted,
    out,
  };
  await writeTrainingReport(out, { ...report, history: course.history.history, evaluation });
  await writeCurves(out, recipe.name, course.history);
  say(describeEvaluation(evaluation, style));
  return { report, exitCode: course.interrupted ? interruptedExitCode : 0 };
}

async function loadParts(recipe: Recipe, seed: number): Promise<TrainingParts> {
  const { train, test } = await recipe.load(seed);
  const held = train.split(recipe.validationFraction, { seed });
  return { fitting: held.train, validation: held.test, test };
}

/** What came of the training. */
interface Course {
  readonly epochs: number;
  /** Counted from 1. */
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  readonly history: callbacks.History;
  readonly interrupted: boolean;
  /** One sentence on how long it took and why it ended. */
  readonly ending: string;
}

async function fitModel(
  model: Sequential,
  { monitor }: Recipe,
  { fitting, validation }: TrainingParts,
  { settings, seed }: TrainOptions,
  context: CommandContext,
): Promise<Course> {
  const { epochs, batchSize, patience } = settings;
  const progress = new ProgressBar(context);
  const throughput = new Throughput();
  const earlyStopping = callbacks.earlyStopping({ monitor, patience, restoreBestWeights: true });
  let stopRequested = false;
  // `fit` clears the model's own flag when it begins, and Ctrl-C may have come before.
  const stopping = () => {
    if (stopRequested) model.stopTraining = true;
  };
  const begin = performance.now();
  try {
    const { result, interrupted } = await withInterrupt(
      () => {
        stopRequested = true;
        progress.print("Stopping after this batch. Ctrl-C again ends the program at once, without saving.");
      },
      () =>
        model.fit(fitting, {
          epochs,
          batchSize,
          seed,
          validationData: validation,
          callbacks: [progress, throughput, { onEpochBegin: stopping, onBatchEnd: stopping }, earlyStopping],
        }),
    );
    const seconds = (performance.now() - begin) / 1000;
    const trained = result.epoch.length;
    const reason = interrupted
      ? "interrupted"
      : earlyStopping.stoppedEpoch === undefined
        ? "all epochs done"
        : `no better ${monitor} for ${counted(patience, "epoch")}`;
    return {
      epochs: trained,
      bestEpoch: earlyStopping.bestEpoch + 1,
      seconds,
      imagesPerSecond: throughput.examplesPerSecond,
      history: result,
      interrupted,
      ending: `${counted(trained, "epoch")} in ${duration(seconds)}: ${reason}`,
    };
  } finally {
    progress.erase();
  }
}
