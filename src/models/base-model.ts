/** BaseModel: layers that are trained, judged, used and kept together. */
import type { Layer } from "../layers/layer.ts";
import type { Results } from "../layers/mask.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Logs } from "./callbacks/callback.ts";
import type { History } from "./callbacks/history.ts";
import type { ArrayInputs, LabelledExamples } from "./examples/arrays.ts";
import { SavedNetwork } from "./networks/saved-network.ts";
import type { PlotNode } from "./summary/plot.ts";
import { type SummaryOptions, summarize } from "./summary/summary.ts";
import { modelInput, plainBatch } from "./training/batch.ts";
import { type BatchStream, isBatchStream } from "./training/batch-stream.ts";
import { type Compilation, type CompileOptions, inPrecisionOf, resolveCompilation } from "./training/compilation.ts";
import type { DataArguments } from "./training/data-arguments.ts";
import type { Evaluation } from "./training/evaluate.ts";
import type { EvaluateOptions } from "./training/evaluate-options.ts";
import { furtherParts } from "./training/fetch-further-parts.node.ts";
import { fetchNamed } from "./training/fetch-named.ts";
import { fetchOnDemand } from "./training/fetch-on-demand.node.ts";
import type { FitOptions } from "./training/fit-options.ts";
import type { OnBatchOptions } from "./training/on-batch.ts";
import { type PredictData, type PredictOptions, predict } from "./training/predict.ts";
import type { ModelPrograms } from "./training/programs.ts";
import type { StepBatch, StepLogs } from "./training/step-batch.ts";
import {
  type BatchLoss,
  batchLoss,
  optimizerOf,
  takeTestStep,
  takeTrainingStep,
  updateMetrics,
} from "./training/steps.ts";
import type { OwnSteps, TrainableModel } from "./training/trainable.ts";
import { type TrainingParts, trainingParts, withTrainingParts } from "./training/training-parts.node.ts";
import { traitsOf } from "./training/traits.ts";

/**
 * What all models have, however their layers are connected: compile, fit, evaluate, predict, summary. What a subclass keeps in public
 * fields belongs to it.
 */
export abstract class BaseModel extends SavedNetwork implements TrainableModel {
  stopTraining = false;
  shuffleSeed: number | undefined;
  #compilation: Compilation | undefined;
  #programs: ModelPrograms | undefined;
  /** While what `compile` was given by name is being fetched, as in pages. */
  #compiling: Promise<void> | undefined;
  #isTraining = false;
  readonly #prediction: (x: readonly Tensor[], traits: string) => readonly Tensor[] = jit(
    (x: readonly Tensor[], _traits: string) => this.predictStep(x.map(modelInput)),
  );

  /**
   * A table of the layers: output shapes, numbers of parameters and multiply-adds, what they are applied to; and sums, with
   * the memory that weights, training and one example's activations take. Multiply-adds are counted in the graph of a call:
   * those of matrix products and convolutions.
   *
   * @param options `print: true` writes it to the console, a function is given it; `expandNested` lists the layers of models inside;
   *   `lineLength` limits the width; `showTrainable` tells which layers are frozen.
   * @example
   * model.summary({ print: true });
   */
  summary(options: SummaryOptions = {}): string {
    return summarize(this, options);
  }

  /**
   * The model as a picture in SVG: a box for each application of a layer with its output shape, frozen ones dashed, and arrows
   * where the model's kind tells what goes where.
   *
   * @example
   * await writeFile("model.svg", await model.toSvg());
   */
  async toSvg(): Promise<string> {
    const { plotModel } = await fetchOnDemand();
    return plotModel(this, this.plotNodes());
  }

  /** The applications of the layers, each behind those whose results it takes; here they are not known. */
  protected plotNodes(): readonly PlotNode[] {
    return [...this.namedLayers].map(([name, layer]) => ({ name, layer, sources: [] }));
  }

  /** What a layer is applied to, where the model's kind tells it. */
  connectedTo(_layer: Layer): string | undefined {
    return undefined;
  }

  /**
   * Says by what the model is trained and judged. Each may be an object, the name of one, or one written down as data.
   *
   * With several outputs, losses, their weights and metrics are objects by the outputs' names; one loss stands for all.
   *
   * Warns where the last layer's activation does not fit the loss.
   *
   * In pages, what trains is fetched now, and so are optimizers, losses and metrics given by name. `fit` and all else that returns a
   * promise waits for them and throws there what is wrong; to ask for `optimizer` before, await `whenCompiled`.
   *
   * @throws TypeError If an option or a name is unknown; the message suggests the nearest known one.
   * @example
   * model.compile({
   *   optimizer: optimizers.adam({ learningRate: 1e-3 }),
   *   loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
   *   metrics: ["accuracy"],
   * });
   */
  compile(options: Partial<CompileOptions>): void {
    this.setPaths();
    const fetched = fetchNamed(options);
    this.#compiling = fetched?.then(() => this.#compile(options));
    if (fetched) this.#compilation = undefined;
    else this.#compile(options);
    // Whoever waits for it is told what went wrong.
    this.#compiling?.catch(() => {});
  }

  #compile(options: Partial<CompileOptions>): void {
    const compilation = resolveCompilation(this, options);
    this.#compilation = compilation;
    this.#programs = undefined;
    withTrainingParts(({ warnOfMismatch }) => {
      // In pages it may have been compiled anew meanwhile.
      if (this.#compilation === compilation) warnOfMismatch(this, `${this.name}.compile`);
    });
  }

  /**
   * Resolves when what `compile` was given by name has been fetched, which takes time in pages alone.
   *
   * @throws What was wrong with it.
   * @example
   * model.compile({ optimizer: "adam", loss: "meanSquaredError" });
   * await model.whenCompiled();
   * model.setLearningRate(0.01);
   */
  async whenCompiled(): Promise<void> {
    await this.#compiling;
  }

  /** Whether `compile` was called. */
  get compiled(): boolean {
    return this.#compilation !== undefined || this.#compiling !== undefined;
  }

  /** What `compile` was given. @throws Before that. */
  get compilation(): Compilation {
    if (this.#compilation) return this.#compilation;
    if (this.#compiling)
      throw new Error(
        `${this.name}: what compile was given by name is still being fetched; await whenCompiled() before, ` +
          "or give objects, such as optimizers.adam()",
      );
    throw new Error(
      `${this.name}: is not compiled; call compile({ optimizer: "adam", loss: "meanSquaredError" }) or the like before`,
    );
  }

  /** What trains the model. @throws Before `compile`, or if that was given no optimizer. */
  get optimizer(): Optimizer {
    return optimizerOf(this);
  }

  /** All that train the model: `optimizer`, and those in the model's fields by the fields' names. */
  get optimizers(): ReadonlyMap<string, Optimizer> {
    const optimizer = this.#compilation?.optimizer;
    return new Map([...(optimizer ? [["optimizer", optimizer] as const] : []), ...this.ownOptimizers]);
  }

  /**
   * What training makes of a batch; a class of one's own may say it otherwise. It is traced once and runs as one program: losses,
   * their gradients, updates by one optimizer or several, metrics.
   *
   * @returns The scalars that logs and history show, averaged over the epoch. Where there is none called `loss`, all are watched for NaN.
   * @example
   * override trainStep(batch: StepBatch) {
   *   const result = this.computeLoss(batch, { training: true });
   *   const found = gradients(result.loss, this.trainableVariables);
   *   this.optimizer.apply(found, this.trainableVariables);
   *   this.updateMetrics(batch, result);
   *   return result.logs;
   * }
   */
  trainStep(batch: StepBatch): StepLogs {
    return takeTrainingStep(this, plainBatch(batch), false);
  }

  /** What `evaluate` and the validation of `fit` make of a batch, as `trainStep`. */
  testStep(batch: StepBatch): StepLogs {
    return takeTestStep(this, plainBatch(batch), [], false);
  }

  /** What `predict` makes of a batch, `[batch, ...]` for each input: a tensor for each output. */
  predictStep(inputs: readonly Tensor[]): readonly Tensor[] {
    return this.callAll(inputs, { training: false });
  }

  /** The compiled loss of a batch, for steps of one's own: with penalties, without, and what the model made of it. */
  computeLoss(batch: StepBatch, { training }: { readonly training: boolean }): BatchLoss {
    return batchLoss(this, plainBatch(batch), training);
  }

  /** Gives the compiled metrics a batch, for steps of one's own. @param result Outputs, with their masks where there are some. */
  updateMetrics(batch: StepBatch, result: Partial<Results> & Pick<Results, "outputs">): void {
    updateMetrics(this.compilation, plainBatch(batch), result);
  }

  get ownSteps(): OwnSteps {
    return {
      ...(this.trainStep !== BaseModel.prototype.trainStep && { train: (batch: StepBatch) => this.trainStep(batch) }),
      ...(this.testStep !== BaseModel.prototype.testStep && { test: (batch: StepBatch) => this.testStep(batch) }),
    };
  }

  #predictBatch(batch: readonly Tensor[]): readonly Tensor[] {
    return inPrecisionOf(this.#compilation, () => this.#prediction(batch, traitsOf(this)));
  }

  /** The programs of what the model is compiled for, once that is here. */
  async #compiledPrograms({ ModelPrograms }: TrainingParts): Promise<ModelPrograms> {
    if (this.#compiling) await this.#compiling;
    this.#programs ??= new ModelPrograms(this, this.compilation);
    return this.#programs;
  }

  /**
   * Trains the model, epoch after epoch over all examples, and resolves to the course it took.
   *
   * The data lie on the device as a whole and one submission takes many steps, so that the event loop stays free. They are
   * checked before: lengths, shapes, missing values, labels.
   *
   * @param data `{ x, y }`, such as a Dataset, with x `[examples, ...]`; or x and y one after the other; or a stream of batches.
   * @throws If the data do not fit the model and its loss, or a loss is NaN or infinite: the message names the place and the mend.
   * @example
   * const { history } = await model.fit(train, { epochs: 5, batchSize: 128, validationSplit: 0.1, seed: 1 });
   * console.log(history.valAccuracy);
   */
  fit(data: LabelledExamples | BatchStream, options?: FitOptions): Promise<History>;
  fit(x: ArrayInputs, y: ArrayInputs, options?: FitOptions): Promise<History>;
  async fit(...args: DataArguments<LabelledExamples | BatchStream, FitOptions>): Promise<History> {
    const parts = await trainingParts();
    const [data, options = {}] = parts.dataAndOptions("fit", args);
    const settings = parts.resolveFitOptions(options, isBatchStream(data));
    const programs = await this.#compiledPrograms(parts);
    if (this.#isTraining)
      throw new Error(`${this.name}.fit: the model is training already; await the first fit before the next`);
    this.#isTraining = true;
    this.setPaths();
    try {
      if (!isBatchStream(data) && data.classNames) this.classNames = data.classNames;
      return await parts.trainModel(this, programs, data, settings);
    } finally {
      this.#isTraining = false;
    }
  }

  /**
   * Judges the model: the loss and the metrics over all examples, exactly; with `report` every class's scores as well.
   *
   * @param data `{ x, y }`, such as a Dataset; or x and y one after the other; or a stream of batches.
   * @returns `{ loss, accuracy, … }` by the metrics' names; with several outputs `{ loss, ageLoss, ageAccuracy, … }`.
   * @throws If the data do not fit the model and its loss.
   * @example
   * const { loss, accuracy, perClass } = await model.evaluate(test, { report: true });
   */
  evaluate(data: LabelledExamples | BatchStream, options?: EvaluateOptions): Promise<Evaluation>;
  evaluate(x: ArrayInputs, y: ArrayInputs, options?: EvaluateOptions): Promise<Evaluation>;
  async evaluate(...args: DataArguments<LabelledExamples | BatchStream, EvaluateOptions>): Promise<Evaluation> {
    const parts = await trainingParts();
    const [data, options = {}] = parts.dataAndOptions("evaluate", args);
    this.setPaths();
    return (await furtherParts()).evaluate(this, await this.#compiledPrograms(parts), data, options);
  }

  /**
   * What a model of one output makes of examples, `[examples, ...outputShape]`. Works without `compile`.
   *
   * @param data x `[examples, ...]`, for each of the model's inputs; or `{ x }`, such as a Dataset, whose targets are not looked at; or a
   *   stream of batches of either, of which one at a time is in memory.
   * @param options `batchSize`: examples computed at once, default 32; `steps`: how many batches, default all.
   * @throws If the shape does not fit the model, a value is NaN or infinite, a stream is empty, ends before `steps` or changes its
   *   shape, or the model has several outputs.
   * @example
   * const probabilities = await (await model.predict(images)).array();
   * const ofStream = await model.predict(async function* () {
   *   for (const file of files) yield await readImages(file);
   * });
   */
  async predict(data: PredictData, options: PredictOptions = {}): Promise<Tensor> {
    const names = this.outputSpecs.map(({ name }) => name);
    if (names.length > 1)
      throw new Error(
        `${this.name}.predict: the model has ${names.length} outputs, ${names.join(", ")}; predictAll gives them all by name`,
      );
    const [output] = await this.#predict("predict", data, options);
    return output as Tensor;
  }

  /**
   * As `predict`, for a model of any number of outputs.
   *
   * @returns A tensor `[examples, ...]` for each output's name.
   * @example
   * const { age, income } = await model.predictAll({ image, region });
   */
  async predictAll(data: PredictData, options: PredictOptions = {}): Promise<Readonly<Record<string, Tensor>>> {
    const outputs = await this.#predict("predictAll", data, options);
    return Object.fromEntries(outputs.map((output, index) => [this.outputSpecs[index]?.name ?? "", output]));
  }

  #predict(owner: string, data: PredictData, options: PredictOptions): Promise<readonly Tensor[]> {
    return predict(this, (batch) => this.#predictBatch(batch), owner, data, options);
  }

  /**
   * One training step on one batch.
   *
   * @returns The batch's loss and metrics, before the update.
   */
  async trainOnBatch(x: ArrayInputs, y?: ArrayInputs, options: OnBatchOptions = {}): Promise<Logs> {
    const parts = await trainingParts();
    return (await furtherParts()).runOnBatch(this, await this.#compiledPrograms(parts), "training", { x, y }, options);
  }

  /** What a model of one output makes of one batch, all of it at once, whatever its size. @throws As `predict`. */
  async predictOnBatch(x: ArrayInputs): Promise<Tensor> {
    return this.predict(x, { batchSize: Number.MAX_SAFE_INTEGER });
  }

  /** The loss and metrics of one batch, without training. */
  async testOnBatch(x: ArrayInputs, y?: ArrayInputs, options: OnBatchOptions = {}): Promise<Logs> {
    const parts = await trainingParts();
    return (await furtherParts()).runOnBatch(this, await this.#compiledPrograms(parts), "test", { x, y }, options);
  }

  /** The optimizer's learning rate at this moment. */
  async getLearningRate(): Promise<number> {
    if (this.#compiling) await this.#compiling;
    return this.optimizer.currentLearningRate().item();
  }

  /** Changes the optimizer's learning rate. @throws If it follows a schedule. */
  setLearningRate(rate: number): void {
    this.optimizer.setLearningRate(rate);
  }

  /**
   * Puts the moving averages that the optimizer keeps in the place of the weights, or the weights back in theirs.
   *
   * @throws If there are none: the optimizer's option `useEma` asks for them.
   */
  swapEmaWeights(averaged: boolean): void {
    if (this.optimizer.emaSwapped !== averaged) this.optimizer.swapEma(this.trainableVariables);
  }

  /** Whether the moving averages are in the place of the weights. */
  get emaSwapped(): boolean {
    return this.#compilation?.optimizer?.emaSwapped ?? false;
  }
}
