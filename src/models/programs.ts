/** Programs: what the device runs for a compiled model — a training step, a test step and a prediction, each traced once. */
import type { Mask } from "../layers/mask.ts";
import { confusionMatrix } from "../metrics/index.ts";
import type { Metric } from "../metrics/metric.ts";
import { add, cast, multiply } from "../ops/elementwise.ts";
import { gather } from "../ops/linear.ts";
import { reshape } from "../ops/movement.ts";
import { mean } from "../ops/reduce.ts";
import { iota } from "../tensor/creation.ts";
import { type Jitted, jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import type { Augmentation } from "./augmentations/augmentation.ts";
import type { Compilation, OutputCompilation } from "./compilation.ts";
import { allLayers, tryOut } from "./network.ts";
import { StateCopy } from "./state-copy.ts";
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
  const penalties: Tensor[] = [];
  const { outputs, masks } = model.run(x.map(modelInput), { training, penalties });
  const judged = model.compilation.outputs;
  const outputLosses = judged.map(({ loss }, index) => {
    const losses = loss.call(y[index] as Tensor, outputs[index] as Tensor, sampleWeight, masks[index]);
    return losses.rank === 0 ? losses : mean(losses);
  });
  const dataLoss = outputLosses.map((loss, index) => weighted(loss, judged[index]?.lossWeight ?? 1)).reduce(add);
  for (const [variable, regularizer] of model.regularizers) penalties.push(regularizer.call(variable));
  return { outputs, masks, loss: penalties.reduce(add, dataLoss), dataLoss, outputLosses };
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

/** @param take What a step does with its batch; it adds to the totals. */
function stepPrograms({ outputs }: Compilation, take: (batch: Batch, totals: Totals) => void): StepPrograms {
  // The loss of a single output is the whole.
  const totals = new Totals(outputs.length === 1 ? [] : outputs.map(({ name }) => name));
  return {
    totals,
    onResident: jit(function step(examples: ResidentExamples, batchSize: number, _traits: string) {
      take(selectBatch(examples, totals.position, batchSize), totals);
    }),
    onBatch: jit(function step(batch: Batch, _traits: string) {
      take(batch, totals);
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

/** A training step: the batch augmented, loss, gradients, the optimizer's update, sums and metrics. */
export function trainingPrograms(
  model: TrainableModel,
  compilation: Compilation,
  augmentation?: Augmentation,
): StepPrograms {
  return stepPrograms(compilation, (given, totals) => {
    const batch = augmentation ? augmentation.call(given) : given;
    const result = batchLoss(model, batch, true);
    compilation.optimizer.minimize(result.loss, model.trainableVariables);
    updateMetrics(compilation, batch, result);
    totals.add(result, lengthOf(batch));
  });
}

/** A test step: loss, sums and metrics, and further metrics of the first output for a report. */
export function testPrograms(
  model: TrainableModel,
  compilation: Compilation,
  further: readonly Metric[] = [],
): StepPrograms {
  return stepPrograms(compilation, (batch, totals) => {
    const result = batchLoss(model, batch, false);
    updateMetrics(compilation, batch, result);
    const weights = stepWeights(result.masks[0]);
    for (const metric of further) metric.update(batch.y[0] as Tensor, result.outputs[0] as Tensor, weights);
    totals.add(result, lengthOf(batch));
  });
}

function updateMetrics(
  { outputs: judged }: Compilation,
  { y, sampleWeight }: Batch,
  { outputs, masks }: BatchLoss,
): void {
  for (const [index, output] of outputs.entries()) {
    const { metrics, weightedMetrics } = judged[index] as OutputCompilation;
    const targets = y[index] as Tensor;
    for (const metric of metrics) metric.update(targets, output, stepWeights(masks[index]));
    for (const metric of weightedMetrics) metric.update(targets, output, stepWeights(masks[index], sampleWeight));
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
    this.#training ??= trainingPrograms(this.#model, this.#compilation);
    return this.#training;
  }

  /** The steps of `fit`, of a built model. */
  forFit(augmentation: Augmentation | undefined): TrainingPrograms {
    return { ...this.#stepsWith(augmentation), before: this.#copyOfState(augmentation?.variables ?? []) };
  }

  #stepsWith(augmentation: Augmentation | undefined): StepPrograms {
    if (!augmentation) return this.training;
    if (this.#augmented?.augmentation !== augmentation)
      this.#augmented = {
        programs: trainingPrograms(this.#model, this.#compilation, augmentation),
        augmentation,
      };
    return this.#augmented.programs;
  }

  get test(): StepPrograms {
    this.#test ??= testPrograms(this.#model, this.#compilation);
    return this.#test;
  }

  /** The optimizer's update by the gradients of an incomplete group, at the end of an epoch. */
  applyAccumulated(): void {
    const { optimizer } = this.#compilation;
    if (optimizer.gradientAccumulationSteps === 1) return;
    const model = this.#model;
    this.#applyAccumulated ??= jit(function applyAccumulated(_traits: string) {
      optimizer.applyAccumulated(model.trainableVariables);
    });
    this.#applyAccumulated(traitsOf(model));
  }

  /** A copy of all state that a training step changes, made once. */
  #copyOfState(further: readonly Variable[]): StateCopy {
    const { optimizer } = this.#compilation;
    optimizer.build(this.#model.trainableVariables);
    const variables = [...this.#model.variables, ...optimizer.variables, ...further];
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
      this.#report = { metric, programs: testPrograms(this.#model, this.#compilation, [metric]) };
    }
    return this.#report;
  }
}
