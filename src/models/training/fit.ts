/** fit: the training loop. TypeScript decides what comes next, about twenty times a second; the device takes the steps. */
import { philox4x32, randomBits } from "../../graph/primitives/source.ts";
import { defaultGenerator } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Callback, Logs, Resumption, TrainingParameters } from "../callbacks/callback.ts";
import { History } from "../callbacks/history.ts";
import type { LabelledExamples } from "../examples/arrays.ts";
import { type HostExamples, prepareExamples, sliceHostExamples } from "../examples/examples.ts";
import type { Batch } from "./batch.ts";
import { type BatchStream, isBatchStream } from "./batch-stream.ts";
import { EvaluationPass, type Pass, toDeviceIfItFits } from "./evaluation-pass.ts";
import { furtherParts } from "./fetch-further-parts.node.ts";
import { fetchOnDemand } from "./fetch-on-demand.node.ts";
import { type FitSettings, isValidated } from "./fit-options.ts";
import { logDirections, metricsOf, readLogs, validationName } from "./judge.ts";
import { checkLookups, explaining } from "./lookups.ts";
import { Pace } from "./pace.ts";
import { type ModelPrograms, type TrainingPrograms, trainedBy } from "./programs.ts";
import type { TrainableModel } from "./trainable.ts";
import { ResidentSource, type TrainingSource } from "./training-source.ts";
import { warnOfTraining } from "./warnings.node.ts";

/** Trains a compiled model; see `Model.fit`. */
export async function trainModel(
  model: TrainableModel,
  programs: ModelPrograms,
  data: LabelledExamples | BatchStream,
  given: FitSettings,
): Promise<History> {
  const resumption = await resume(model, given.callbacks);
  const settings = resumption ? { ...given, initialEpoch: resumption.epoch } : given;
  const seed = await chooseSeed(model, settings);
  settings.augmentation?.check(model);
  const { source, validation } = await openData(model, programs, data, settings, seed);
  if (settings.seed !== undefined && settings.initialEpoch === 0) reseed(model, settings.seed);
  const history = new History();
  const callbacks = [...settings.callbacks, history];
  const run = new TrainingRun(model, programs, { source, validation, seed }, callbacks, settings);
  try {
    await run.train(resumption);
  } finally {
    source.release();
    validation?.release();
  }
  return history;
}

/** Where batches come from, and what they are validated on. */
interface OpenedData {
  readonly source: TrainingSource;
  readonly validation: Pass | undefined;
}

/** One call of `fit`, once its data are in place. */
class TrainingRun {
  readonly #model: TrainableModel;
  readonly #programs: ModelPrograms;
  readonly #training: TrainingPrograms;
  readonly #seed: number;
  readonly #source: TrainingSource;
  readonly #validation: Pass | undefined;
  readonly #callbacks: readonly Callback[];
  readonly #settings: FitSettings;
  readonly #pace = new Pace();

  constructor(
    model: TrainableModel,
    programs: ModelPrograms,
    { source, validation, seed }: OpenedData & { readonly seed: number },
    callbacks: readonly Callback[],
    settings: FitSettings,
  ) {
    this.#model = model;
    this.#programs = programs;
    this.#training = source.programs;
    this.#seed = seed;
    this.#source = source;
    this.#validation = validation;
    this.#callbacks = callbacks;
    this.#settings = settings;
  }

  async train(resumption: Resumption | undefined): Promise<void> {
    const { epochs, initialEpoch } = this.#settings;
    const averaging = [...this.#model.optimizers.values()].filter(({ useEma }) => useEma);
    // Averages that are made before the first step begin at the weights, also of layers that learn from now on only.
    for (const optimizer of averaging) optimizer.build(trainedBy(this.#model, optimizer));
    this.#model.stopTraining = false;
    const parameters = this.#parameters(resumption !== undefined);
    for (const callback of this.#callbacks) {
      callback.setModel?.(this.#model);
      callback.setParameters?.(parameters);
    }
    await this.#tell((callback) => callback.onTrainBegin?.());
    if (resumption) await giveStates(this.#callbacks, resumption);
    let logs: Logs = resumption?.logs ?? {};
    if (resumption?.ended) this.#model.stopTraining = true;
    for (let epoch = initialEpoch; epoch < epochs && !this.#model.stopTraining; epoch++) {
      await this.#tell((callback) => callback.onEpochBegin?.(epoch));
      if (this.#model.stopTraining) break;
      const outcome = await this.#trainEpoch(epoch);
      if (outcome === "notFinite") break;
      this.#programs.applyAccumulated();
      logs = await this.#readLogs();
      if (isValidated(this.#settings.validationFreq, epoch)) Object.assign(logs, await this.#validate());
      await this.#tell((callback) => callback.onEpochEnd?.(epoch, logs));
      if (outcome === "whole") await this.#tell((callback) => callback.afterEpoch?.(epoch, logs));
    }
    for (const optimizer of averaging) optimizer.finalizeEma(trainedBy(this.#model, optimizer));
    await this.#tell((callback) => callback.onTrainEnd?.(logs));
  }

  /** @returns Whether all batches were taken, or only a part because a callback stopped the training, or the loss was not finite. */
  async #trainEpoch(epoch: number): Promise<"whole" | "partial" | "notFinite"> {
    const { steps } = this.#source;
    for (const metric of metricsOf(this.#model)) metric.reset();
    // Of each epoch by itself, so that a training which goes on later draws the same. The last counter word keeps these numbers
    // apart from all others that come of the seed.
    this.#settings.augmentation?.reseed(philox4x32([epoch, 0, 0, 3], [this.#seed | 0, 0])[0]);
    await this.#source.beginEpoch(epoch);
    const epochBegin = performance.now();
    let step = 0;
    while (!this.#model.stopTraining) {
      const begin = performance.now();
      const most = this.#pace.next(Number.POSITIVE_INFINITY);
      const taken = await explaining(this.#model, "fit", this.#source, () => this.#source.advance(most));
      if (taken === 0) return "whole";
      this.#pace.record(taken, performance.now() - begin);
      step += taken;
      const { nonFiniteAt, examples, means } = await this.#training.totals.read();
      if (nonFiniteAt !== undefined) {
        await this.#endNonFinite(epoch, nonFiniteAt);
        return "notFinite";
      }
      if (this.#callbacks.some(({ onBatchEnd }) => onBatchEnd)) {
        const seconds = (performance.now() - epochBegin) / 1000;
        const progress = {
          epoch,
          epochs: this.#settings.epochs,
          step,
          steps,
          examples,
          loss: means.get("loss") ?? [...means.values()][0] ?? Number.NaN,
          metrics: await this.#readLogs(),
          examplesPerSecond: examples / seconds,
          secondsLeft: steps === undefined ? undefined : (seconds / step) * (steps - step),
        };
        await this.#tell((callback) => callback.onBatchEnd?.(progress));
      }
      await this.#pace.pause();
    }
    return step === steps ? "whole" : "partial";
  }

  async #endNonFinite(epoch: number, position: number): Promise<void> {
    const { step, batch } = await this.#source.rewind(position);
    const seen = this.#settings.augmentation?.call(batch) ?? batch;
    const { explainNonFiniteLoss } = await fetchOnDemand();
    const error = await explainNonFiniteLoss(this.#model, seen, { epoch, step });
    if (!this.#callbacks.some(({ onNonFiniteLoss }) => onNonFiniteLoss)) throw error;
    this.#model.stopTraining = true;
    await this.#tell((callback) => callback.onNonFiniteLoss?.(error));
  }

  #readLogs(): Promise<Logs> {
    return readLogs(this.#training.totals, this.#model);
  }

  async #validate(): Promise<Logs> {
    const validation = this.#validation;
    if (!validation) return {};
    await this.#tell((callback) => callback.onValidationBegin?.());
    const logs = await this.#programs.exclusively(async () => {
      await explaining(this.#model, "fit: validation", validation, () => validation.run());
      return readLogs(this.#programs.test.totals, this.#model);
    });
    await this.#tell((callback) => callback.onValidationEnd?.());
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [validationName(name), value]));
  }

  #parameters(resumed: boolean): TrainingParameters {
    const { epochs, initialEpoch } = this.#settings;
    const { steps, examples, batchSize } = this.#source;
    const { train, test } = this.#training.reported;
    const logs = logDirections(this.#model, train, this.#validation && test);
    return { epochs, initialEpoch, steps, examples, batchSize, logs, callbacks: this.#callbacks, resumed };
  }

  async #tell(hook: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.#callbacks) await hook(callback);
  }
}

/** Lets a callback bring back a training that was stopped. */
async function resume(model: TrainableModel, callbacks: readonly Callback[]): Promise<Resumption | undefined> {
  for (const callback of callbacks) {
    const resumption = await callback.resume?.(model);
    if (resumption) return resumption;
  }
  return undefined;
}

/** Gives callbacks back what they remembered: the first of a class what the first of it had. */
async function giveStates(callbacks: readonly Callback[], { states }: Resumption): Promise<void> {
  const left = new Map([...states].map(([className, each]) => [className, [...each]]));
  for (const callback of callbacks) {
    const state = callback.className === undefined ? undefined : left.get(callback.className)?.shift();
    if (state) await callback.setState?.(state);
  }
}

/** Without a seed of the caller's, a training that goes on keeps its order of examples; a new one draws a seed. */
async function chooseSeed(model: TrainableModel, { seed, initialEpoch }: FitSettings): Promise<number> {
  model.shuffleSeed =
    seed ??
    (initialEpoch > 0 ? model.shuffleSeed : undefined) ??
    (await new Tensor(randomBits(defaultGenerator().next(), [], 0)).item());
  return model.shuffleSeed;
}

/** Every layer gets a seed of its own, or two layers of dropout would drop the same places; so do generators of the model's own. */
function reseed(model: TrainableModel, seed: number): void {
  // The last counter words keep these numbers apart from all others that come of the seed.
  for (const [index, layer] of model.layers.entries()) layer.reseed(philox4x32([index, 0, 0, 2], [seed | 0, 0])[0]);
  for (const [index, each] of model.ownGenerators.entries())
    each.reseed(philox4x32([index, 0, 1, 2], [seed | 0, 0])[0]);
}

async function openData(
  model: TrainableModel,
  programs: ModelPrograms,
  data: LabelledExamples | BatchStream,
  settings: FitSettings,
  seed: number,
): Promise<OpenedData> {
  const { validationData, validationSplit, validationBatchSize, validationSteps } = settings;
  const { classWeight, sampleWeight, stepsPerEpoch, initialEpoch } = settings;
  const validate = (examples: HostExamples) => {
    const limit = Math.min(examples.length, validationSteps ? validationSteps * validationBatchSize : examples.length);
    const judged = limit < examples.length ? sliceHostExamples(examples, 0, limit) : examples;
    return new EvaluationPass(model, programs.test, judged, validationBatchSize);
  };
  const openValidation = async () => {
    const owner = "fit: validationData";
    if (!isBatchStream(validationData)) {
      const examples = validationData && (await prepareExamples(model, validationData, owner));
      if (examples) await checkLookups(model, examples.x, owner);
      return examples && validate(examples);
    }
    const { BatchReader, StreamEvaluationPass } = await fetchOnDemand();
    const batches = new BatchReader(model, validationData, { owner });
    return new StreamEvaluationPass(model, programs.test, batches, { steps: validationSteps });
  };
  if (isBatchStream(data)) {
    const options = { steps: stepsPerEpoch, classWeight, initialEpoch };
    const { StreamSource } = await fetchOnDemand();
    const source = await StreamSource.open(
      model,
      (sample) => programs.forFit(sample, settings.augmentation),
      data,
      options,
    );
    return { source, validation: await openValidation() };
  }
  const all = await prepareExamples(model, { ...data, sampleWeight: data.sampleWeight ?? sampleWeight }, "fit");
  await checkLookups(model, all.x, "fit");
  // As in Keras: the last part, before any shuffling.
  const split = Math.floor(all.length * (1 - validationSplit));
  if (split === 0)
    throw new RangeError(
      `fit: validationSplit ${validationSplit} leaves none of the ${all.length} examples for training`,
    );
  const kept = split < all.length ? sliceHostExamples(all, 0, split) : all;
  const weighted = classWeight ? (await furtherParts()).withClassWeight(kept, classWeight, "fit") : kept;
  return {
    source: await openExamples(model, programs, weighted, settings, seed),
    validation: split < all.length ? validate(sliceHostExamples(all, split, all.length)) : await openValidation(),
  };
}

/** Puts examples on the device or, if they do not fit there, makes a stream of the same batches. */
async function openExamples(
  model: TrainableModel,
  programs: ModelPrograms,
  examples: HostExamples,
  { batchSize, shuffle, initialEpoch, augmentation, stepsPerEpoch }: FitSettings,
  seed: number,
): Promise<TrainingSource> {
  const training = (sample: Batch) => programs.forFit(sample, augmentation);
  const resident = stepsPerEpoch === undefined ? toDeviceIfItFits(examples) : undefined;
  const rest = examples.length % batchSize;
  await warnOfTraining(model, [
    Math.min(batchSize, examples.length),
    ...(rest > 0 && rest < examples.length ? [rest] : []),
  ]);
  if (resident) return new ResidentSource(model, training(resident), resident, { batchSize, shuffle, seed });
  const steps = stepsPerEpoch ?? Math.ceil(examples.length / batchSize);
  const length = stepsPerEpoch === undefined ? examples.length : undefined;
  const { hostBatches, StreamSource } = await fetchOnDemand();
  const stream = hostBatches(examples, { batchSize, shuffle, steps, seed });
  return StreamSource.open(model, training, stream, { steps, ...(length && { examples: length }), initialEpoch });
}
