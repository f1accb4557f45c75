/** Programs: what the device runs for a compiled model — a training step, a test step and a prediction, each traced once. */
import { confusionMatrix } from "../metrics/index.ts";
import type { Metric } from "../metrics/metric.ts";
import { add, cast } from "../ops/elementwise.ts";
import { gather } from "../ops/linear.ts";
import { mean } from "../ops/reduce.ts";
import { iota, zeros } from "../tensor/creation.ts";
import { type Jitted, jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Compilation } from "./compilation.ts";
import { StateCopy } from "./state-copy.ts";
import { Totals } from "./totals.ts";
import type { LayerObserver, TrainableModel } from "./trainable.ts";

/** A batch on the device. */
export type Batch = {
  /** `[batch, ...]` */
  readonly x: Tensor;
  /** `[batch, ...]` */
  readonly y: Tensor;
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
  readonly output: Tensor;
  readonly loss: Tensor;
  readonly dataLoss: Tensor;
}

/** Images may lie on the device as bytes; models compute in float32. */
export function modelInput(x: Tensor): Tensor {
  return x.dtype === "uint8" || x.dtype === "bool" ? cast(x, "float32") : x;
}

/** Runs the model on a batch and takes its loss: the data's, plus the penalties of weight and activity regularizers. */
export function batchLoss(
  model: TrainableModel,
  { x, y, sampleWeight }: Batch,
  training: boolean,
  observe?: LayerObserver,
): BatchLoss {
  const penalties: Tensor[] = [];
  const output = model.call(modelInput(x), { training, penalties }, observe);
  const losses = model.compilation.loss.call(y, output, sampleWeight);
  const dataLoss = losses.rank === 0 ? losses : mean(losses);
  for (const layer of model.layers) {
    const penalty = layer.regularizationLoss();
    if (penalty) penalties.push(penalty);
  }
  return { output, loss: penalties.reduce(add, dataLoss), dataLoss };
}

/** What a traced program depends on beside its arguments: frozen layers are traced anew. */
export function traitsOf(model: TrainableModel): string {
  return model.layers.map(({ trainable }) => (trainable ? "t" : "f")).join("");
}

/** The batch of a data set at a position. */
export function selectBatch(
  { x, y, sampleWeight, order }: ResidentExamples,
  position: Tensor,
  batchSize: number,
): Batch {
  const places = add(iota([batchSize]), position);
  const rows = order ? gather(order, places) : places;
  return { x: gather(x, rows), y: gather(y, rows), sampleWeight: sampleWeight && gather(sampleWeight, rows) };
}

/** The two programs that take one kind of step, and the sums they share. */
export interface StepPrograms {
  readonly totals: Totals;
  readonly onResident: ResidentStep;
  readonly onBatch: BatchStep;
}

/** @param take What a step does with its batch; it adds to the totals. */
function stepPrograms(take: (batch: Batch, totals: Totals) => void): StepPrograms {
  const totals = new Totals();
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
  // Only builds the expression: nothing is computed.
  model.call(zeros([1, ...(model.inputShape ?? [])]), { training: false, penalties });
  return penalties.length > 0 || model.layers.some((layer) => layer.regularizationLoss() !== undefined);
}

/** A training step: loss, gradients, the optimizer's update, sums and metrics. */
export function trainingPrograms(model: TrainableModel, compilation: Compilation): StepPrograms {
  return stepPrograms((batch, totals) => {
    const { output, loss, dataLoss } = batchLoss(model, batch, true);
    compilation.optimizer.minimize(loss, model.trainableVariables);
    updateMetrics(compilation, batch, output);
    totals.add(loss, dataLoss, batch.x.shape[0] as number);
  });
}

/** A test step: loss, sums and metrics, and further metrics for a report. */
export function testPrograms(
  model: TrainableModel,
  compilation: Compilation,
  further: readonly Metric[] = [],
): StepPrograms {
  return stepPrograms((batch, totals) => {
    const { output, loss, dataLoss } = batchLoss(model, batch, false);
    updateMetrics(compilation, batch, output);
    for (const metric of further) metric.update(batch.y, output);
    totals.add(loss, dataLoss, batch.x.shape[0] as number);
  });
}

function updateMetrics({ metrics, weightedMetrics }: Compilation, { y, sampleWeight }: Batch, output: Tensor): void {
  for (const metric of metrics) metric.update(y, output);
  for (const metric of weightedMetrics) metric.update(y, output, sampleWeight);
}

/** The programs of one compilation, traced when they are first needed. */
export class ModelPrograms {
  readonly #model: TrainableModel;
  readonly #compilation: Compilation;
  #training: StepPrograms | undefined;
  #test: StepPrograms | undefined;
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

  get test(): StepPrograms {
    this.#test ??= testPrograms(this.#model, this.#compilation);
    return this.#test;
  }

  /** A copy of all state that a training step changes, made once. */
  stateCopy(): StateCopy {
    const { optimizer } = this.#compilation;
    optimizer.build(this.#model.trainableVariables);
    const variables = [...this.#model.variables, ...optimizer.variables];
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
