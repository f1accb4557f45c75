/** Programs: what the device runs for a compiled model — a training step, a test step and a prediction, each traced once. */
import { formatSignature } from "../../graph/node.ts";
import { describe } from "../../graph/options.ts";
import { formatShape } from "../../graph/shape.ts";
import type { Mask } from "../../layers/mask.ts";
import { confusionMatrix } from "../../metrics/index.ts";
import type { Metric } from "../../metrics/metric.ts";
import { add, cast, multiply } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { reshape } from "../../ops/movement.ts";
import { mean } from "../../ops/reduce.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { iota } from "../../tensor/creation.ts";
import { type Jitted, jit } from "../../tensor/jit.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { Trace, withTrace } from "../../tensor/trace.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { Augmentation } from "../augmentations/augmentation.ts";
import { allLayers, tryOut } from "../networks/network.ts";
import { type Compilation, inPrecisionOf, type OutputCompilation } from "./compilation.ts";
import { lossNames } from "./judge.ts";
import { StateCopy } from "./state-copy.ts";
import { StepBatch, type StepLogs } from "./step-batch.ts";
import { Totals } from "./totals.ts";
import type { TrainableModel } from "./trainable.ts";

/** A batch on the device. */
export type Batch = {
  /** One for each input of the model, `[batch, ...]`. */
  readonly x: readonly Tensor[];
  /** One for each output of the model, `[batch, ...]`. */
  readonly y: readonly Tensor[];
  /** float32 `[batch]` */
  readonly sampleWeight: Tensor | undefined;
};

/** A whole data set on the device. */
export type ResidentExamples = Batch & {
  /** int32 `[examples]`: the order in which the examples come; without it as they lie. */
  readonly order: Tensor | undefined;
};

/** A step that reads its batch from examples on the device, at the position where the totals stand, and moves on. */
export type ResidentStep = Jitted<[examples: ResidentExamples, batchSize: number, traits: string], void>;
/** A step on a batch of its own. */
export type BatchStep = Jitted<[batch: Batch, traits: string], void>;

/** The loss of a batch, with and without penalties, and what the model made of it. */
export interface BatchLoss {
  readonly outputs: readonly Tensor[];
  /** Which steps of each output count. */
  readonly masks: readonly Mask[];
  readonly loss: Tensor;
  /** The sum of the outputs' losses, each times its weight. */
  readonly dataLoss: Tensor;
  /** Each output's own, not yet weighted. */
  readonly outputLosses: readonly Tensor[];
  /** What a step reports of them: `loss`, `dataLoss` where there are penalties, and each output's where there are several. */
  readonly logs: StepLogs;
}

/** How many examples a batch has. */
export function lengthOf({ x }: Batch): number {
  return x[0]?.shape[0] as number;
}

/** Images may lie on the device as bytes; models compute in float32. */
export function modelInput(x: Tensor): Tensor {
  return x.dtype === "uint8" || x.dtype === "bool" ? cast(x, "float32") : x;
}

/** Runs the model on a batch and takes its loss: the data's, plus the penalties of weight and activity regularizers. */
export function batchLoss(model: TrainableModel, { x, y, sampleWeight }: Batch, training: boolean): BatchLoss {
  const judged = model.compilation.outputs;
  if (judged.length === 0)
    throw new Error(
      `${model.name}: was compiled without a loss; give compile one, or define ${training ? "trainStep" : "testStep"} to do without`,
    );
  const penalties: Tensor[] = [];
  const { outputs, masks } = inPrecisionOf(model.compilation, () =>
    model.run(x.map(modelInput), { training, penalties }),
  );
  const outputLosses = judged.map(({ loss }, index) => {
    const losses = loss.call(y[index] as Tensor, outputs[index] as Tensor, sampleWeight, masks[index]);
    return losses.rank === 0 ? losses : mean(losses);
  });
  const dataLoss = outputLosses.map((loss, index) => weighted(loss, judged[index]?.lossWeight ?? 1)).reduce(add);
  for (const [variable, regularizer] of model.regularizers) penalties.push(regularizer.call(variable));
  const loss = penalties.reduce(add, dataLoss);
  const reported = [loss, ...(penalties.length > 0 ? [dataLoss] : []), ...(judged.length > 1 ? outputLosses : [])];
  const names = lossNames(model.compilation, penalties.length > 0);
  const logs = Object.fromEntries(names.map((name, index) => [name, reported[index] as Tensor]));
  return { outputs, masks, loss, dataLoss, outputLosses, logs };
}

function weighted(loss: Tensor, weight: number): Tensor {
  return weight === 1 ? loss : multiply(loss, weight);
}

/** What a traced program depends on beside its arguments: frozen layers are traced anew. */
export function traitsOf(model: TrainableModel): string {
  const flags = [model, ...allLayers(model.layers)].map(({ trainable }) => (trainable ? "t" : "f"));
  return flags.join("");
}

/** The batch of a data set at a position. */
export function selectBatch(
  { x, y, sampleWeight, order }: ResidentExamples,
  position: Tensor,
  batchSize: number,
): Batch {
  const places = add(iota([batchSize]), position);
  const rows = order ? gather(order, places) : places;
  const rowsOf = (each: Tensor) => gather(each, rows);
  return { x: x.map(rowsOf), y: y.map(rowsOf), sampleWeight: sampleWeight && rowsOf(sampleWeight) };
}

/** The two programs that take one kind of step, and the sums they share. */
export interface StepPrograms {
  readonly totals: Totals;
  readonly onResident: ResidentStep;
  readonly onBatch: BatchStep;
}

/** @param take What a step does with its batch; what it reports is added to the totals. */
function stepPrograms(take: (batch: Batch) => StepLogs): StepPrograms {
  const totals = new Totals();
  return {
    totals,
    onResident: jit(function step(examples: ResidentExamples, batchSize: number, _traits: string) {
      totals.add(take(selectBatch(examples, totals.position, batchSize)), batchSize);
    }),
    onBatch: jit(function step(batch: Batch, _traits: string) {
      totals.add(take(batch), lengthOf(batch));
    }),
  };
}

/** Whether the loss holds penalties beside the data's loss. */
export function isRegularized(model: TrainableModel): boolean {
  const penalties: Tensor[] = [];
  const shapes = model.inputSpecs.map(({ shape = [] }) => shape);
  tryOut(model, shapes, { training: false, penalties });
  return penalties.length > 0 || model.regularizers.size > 0;
}

/** What a step of the model's own makes of a batch. */
function takeOwn(model: TrainableModel, name: string, step: (batch: StepBatch) => StepLogs, batch: Batch): StepLogs {
  const logs = inPrecisionOf(model.compilation, () => step(stepBatch(batch)));
  for (const [key, value] of Object.entries(checkedLogs(`${model.name}.${name}`, logs)))
    if (!(value instanceof Tensor) || value.size !== 1)
      throw new TypeError(
        `${model.name}.${name}: gives ${value instanceof Tensor ? formatSignature(value) : describe(value)} as "${key}", expected a scalar tensor; ` +
          "take its mean, or leave it out",
      );
  return Object.fromEntries(Object.entries(logs).map(([key, value]) => [key, reshape(cast(value, "float32"), [])]));
}

function checkedLogs(owner: string, logs: StepLogs): StepLogs {
  if (typeof logs === "object" && logs !== null && Object.keys(logs).length > 0) return logs;
  throw new TypeError(`${owner}: gives ${describe(logs)}, expected the values to report, such as { loss }`);
}

/** The batch of a step of the model's own, as every model's steps see it. */
export function plainBatch({ inputs, targets, sampleWeight }: StepBatch): Batch {
  return { x: inputs, y: targets, sampleWeight };
}

/** A batch as a step of the model's own sees it. */
export function stepBatch({ x, y, sampleWeight }: Batch): StepBatch {
  return new StepBatch(x.map(modelInput), y, sampleWeight);
}

/**
 * A training step: loss, gradients, the optimizer's update, sums and metrics; or what the model says.
 *
 * @param byModel Whether to ask the model; false gives the step that every model has.
 */
export function takeTrainingStep(model: TrainableModel, batch: Batch, byModel = true): StepLogs {
  const train = byModel ? model.ownSteps.train : undefined;
  if (train) return takeOwn(model, "trainStep", train, batch);
  const { compilation } = model;
  const result = batchLoss(model, batch, true);
  optimizerOf(model).minimize(result.loss, model.trainableVariables);
  updateMetrics(compilation, batch, result);
  return result.logs;
}

/** A test step: loss, sums and metrics, and further metrics of the first output for a report; or what the model says. */
export function takeTestStep(
  model: TrainableModel,
  batch: Batch,
  further: readonly Metric[],
  byModel = true,
): StepLogs {
  const test = byModel ? model.ownSteps.test : undefined;
  if (test) return takeOwn(model, "testStep", test, batch);
  const result = batchLoss(model, batch, false);
  updateMetrics(model.compilation, batch, result);
  const weights = stepWeights(result.masks[0]);
  for (const metric of further) metric.update(batch.y[0] as Tensor, result.outputs[0] as Tensor, weights);
  return result.logs;
}

/** What `compile` was given to train by. @throws If it was given none. */
export function optimizerOf({ name, compilation }: Pick<TrainableModel, "name" | "compilation">): Optimizer {
  if (compilation.optimizer) return compilation.optimizer;
  throw new Error(`${name}: was compiled without an optimizer; give compile one, such as optimizer: "adam"`);
}

/** The variables that one of a model's optimizers trains; those of a step of the model's own are known once it was traced. */
export function trainedBy(model: TrainableModel, optimizer: Optimizer): readonly Variable[] {
  return optimizer === model.compilation.optimizer && !model.ownSteps.train
    ? model.trainableVariables
    : optimizer.trainedVariables;
}

/** Gives metrics a batch. */
export function updateMetrics(
  { outputs: judged }: Compilation,
  { y, sampleWeight }: Batch,
  { outputs, masks = [] }: { readonly outputs: readonly Tensor[]; readonly masks?: readonly Mask[] },
): void {
  for (const [index, output] of outputs.entries()) {
    const { name, metrics, weightedMetrics } = judged[index] as OutputCompilation;
    const targets = y[index] as Tensor;
    const update = (metric: Metric, weights: Tensor | undefined) => {
      try {
        metric.update(targets, output, weights);
      } catch (error) {
        if (error instanceof Error)
          error.message =
            `the metric ${metric.name}${judged.length > 1 ? ` of the output ${name}` : ""} does not fit predictions ${formatShape(output.shape)} ` +
            `and targets ${formatShape(targets.shape)}; take another one: ${error.message}`;
        throw error;
      }
    };
    for (const metric of metrics) update(metric, stepWeights(masks[index]));
    for (const metric of weightedMetrics) update(metric, stepWeights(masks[index], sampleWeight));
  }
}

/** How much each step counts, `[batch, time]`, or each example where there is no mask; undefined where all count alike. */
function stepWeights(mask: Mask, sampleWeight?: Tensor): Tensor | undefined {
  if (!mask) return sampleWeight;
  const kept = cast(mask, "float32");
  if (!sampleWeight) return kept;
  const examples = mask.shape.map((size, axis) => (axis === 0 ? size : 1));
  const fitting = sampleWeight.size === mask.shape[0] ? reshape(sampleWeight, examples) : sampleWeight;
  return multiply(kept, cast(fitting, "float32"));
}

/** Training steps, and a copy of the state that they change, to go back to. */
export interface TrainingPrograms extends StepPrograms {
  readonly before: StateCopy;
  /** The names of what training and test steps report. */
  readonly reported: { readonly train: readonly string[]; readonly test: readonly string[] };
}

/** The programs of one compilation, traced when they are first needed. */
export class ModelPrograms {
  readonly #model: TrainableModel;
  readonly #compilation: Compilation;
  #training: StepPrograms | undefined;
  #augmented: { readonly programs: StepPrograms; readonly augmentation: Augmentation } | undefined;
  #test: StepPrograms | undefined;
  #applyAccumulated: Jitted<[traits: string], void> | undefined;
  #stateCopy: StateCopy | undefined;
  #lastTask: Promise<unknown> = Promise.resolve();
  #report: { readonly programs: StepPrograms; readonly metric: Metric } | undefined;

  constructor(model: TrainableModel, compilation: Compilation) {
    this.#model = model;
    this.#compilation = compilation;
  }

  get training(): StepPrograms {
    this.#training ??= stepPrograms((batch) => takeTrainingStep(this.#model, batch));
    return this.#training;
  }

  /**
   * The steps of `fit`, of a built model.
   *
   * @param sample Examples in the shape of those to come.
   */
  forFit(sample: Batch, augmentation: Augmentation | undefined): TrainingPrograms {
    const reported = this.#reportedNames(sample);
    return { ...this.#stepsWith(augmentation), reported, before: this.#copyOfState(augmentation?.variables ?? []) };
  }

  #stepsWith(augmentation: Augmentation | undefined): StepPrograms {
    if (!augmentation) return this.training;
    if (this.#augmented?.augmentation !== augmentation)
      this.#augmented = {
        programs: stepPrograms((batch) => takeTrainingStep(this.#model, augmentation.call(batch))),
        augmentation,
      };
    return this.#augmented.programs;
  }

  get test(): StepPrograms {
    this.#test ??= stepPrograms((batch) => takeTestStep(this.#model, batch, []));
    return this.#test;
  }

  /**
   * The names of what steps report. A step of the model's own is traced for it, without effect but that its optimizers make
   * their state.
   *
   * @param batch Like those to come.
   */
  #reportedNames(batch: Batch): TrainingPrograms["reported"] {
    const model = this.#model;
    const { train, test } = model.ownSteps;
    const namesOf = (take: () => StepLogs) => Object.keys(withTrace(new Trace(), take));
    const usual = () => lossNames(this.#compilation, isRegularized(model));
    const canTest = test !== undefined || this.#compilation.outputs.length > 0;
    return {
      train: train ? namesOf(() => takeTrainingStep(model, batch)) : usual(),
      test: test ? namesOf(() => takeTestStep(model, batch, [])) : canTest ? usual() : [],
    };
  }

  /** The optimizers' updates by the gradients of an incomplete group, at the end of an epoch. */
  applyAccumulated(): void {
    const model = this.#model;
    const accumulating = [...model.optimizers.values()].filter((each) => each.gradientAccumulationSteps > 1);
    if (accumulating.length === 0) return;
    this.#applyAccumulated ??= jit(function applyAccumulated(_traits: string) {
      for (const optimizer of accumulating) optimizer.applyAccumulated(trainedBy(model, optimizer));
    });
    this.#applyAccumulated(traitsOf(model));
  }

  /** A copy of all state that a training step changes, made once. */
  #copyOfState(further: readonly Variable[]): StateCopy {
    const optimizers = [...this.#model.optimizers.values()];
    for (const optimizer of optimizers) optimizer.build(trainedBy(this.#model, optimizer));
    const ofOptimizers = optimizers.flatMap((optimizer) => optimizer.variables);
    const variables = [...this.#model.variables, ...ofOptimizers, ...further];
    if (!this.#stateCopy?.isOf(variables)) this.#stateCopy = new StateCopy(variables);
    return this.#stateCopy;
  }

  /** Waits for other tasks that use the sums and metrics of test steps, and keeps them away while `task` runs. */
  async exclusively<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#lastTask.then(task);
    this.#lastTask = run.catch(() => {});
    return run;
  }

  /** Test steps that count a confusion matrix as well. */
  confusionMatrix(classes: number): { readonly programs: StepPrograms; readonly metric: Metric } {
    if (!this.#report) {
      const metric = confusionMatrix({ classes });
      this.#report = { metric, programs: stepPrograms((batch) => takeTestStep(this.#model, batch, [metric])) };
    }
    return this.#report;
  }
}
