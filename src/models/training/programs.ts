/** Programs: what the device runs for a compiled model — training steps and test steps, each traced once. */
import type { Metric } from "../../metrics/metric.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { type Jitted, jit } from "../../tensor/jit.ts";
import { Trace, withTrace } from "../../tensor/trace.ts";
import type { Variable } from "../../tensor/variable.ts";
import type { Augmentation } from "../augmentations/augmentation.ts";
import { type Batch, lengthOf, type ResidentExamples, selectBatch } from "./batch.ts";
import type { Compilation } from "./compilation.ts";
import { lossNames } from "./log-names.ts";
import { StateCopy } from "./state-copy.ts";
import type { StepLogs } from "./step-batch.ts";
import { isRegularized, takeTestStep, takeTrainingStep } from "./steps.ts";
import { Totals } from "./totals.ts";
import type { TrainableModel } from "./trainable.ts";
import { traitsOf } from "./traits.ts";

/** A step that reads its batch from examples on the device, at the position where the totals stand, and moves on. */
export type ResidentStep = Jitted<[examples: ResidentExamples, batchSize: number, traits: string], void>;

/** A step on a batch of its own. */
export type BatchStep = Jitted<[batch: Batch, traits: string], void>;

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

/** The variables that one of a model's optimizers trains; those of a step of the model's own are known once it was traced. */
export function trainedBy(model: TrainableModel, optimizer: Optimizer): readonly Variable[] {
  return optimizer === model.compilation.optimizer && !model.ownSteps.train
    ? model.trainableVariables
    : optimizer.trainedVariables;
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

  /** Test steps that feed a metric for the report as well, a confusion matrix. */
  withReport(makeMetric: () => Metric): { readonly programs: StepPrograms; readonly metric: Metric } {
    if (!this.#report) {
      const metric = makeMetric();
      this.#report = { metric, programs: stepPrograms((batch) => takeTestStep(this.#model, batch, [metric])) };
    }
    return this.#report;
  }
}
