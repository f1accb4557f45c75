/** Compilation: what `compile` makes of its options — an optimizer and, for each output, a loss and metrics that fit it. */
import { checkNumber, checkOptions, describe, suggestion } from "../../graph/options.ts";
import type { Precision } from "../../graph/precision.ts";
import type { Loss } from "../../losses/loss.ts";
import { type LossLike, lossRegistry } from "../../losses/loss-registry.ts";
import type { Metric } from "../../metrics/metric.ts";
import { type MetricLike, resolveKnownMetric } from "../../metrics/metric-registry.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { type OptimizerLike, optimizerRegistry } from "../../optimizers/optimizer-registry.ts";
import { checkPrecision, withPrecision } from "../../tensor/precision.ts";
import { namedMetrics } from "./log-names.ts";
import type { TensorSpec, TrainableModel } from "./trainable.ts";

/** Something for each output of a model, by the outputs' names. */
export type ByOutput<T> = { readonly [output: string]: T };

/** Each may be an object, the name of one with its defaults, or one written down as data. */
export interface CompileOptions {
  readonly optimizer: OptimizerLike;
  /** One for each output by name, or one for all. */
  readonly loss: LossLike | ByOutput<LossLike>;
  /**
   * `"bfloat16"`: the model's matrix products, forwards and in gradients, round their operands to bfloat16 and sum in float32, in training,
   * evaluation and prediction; weights and all else stay float32. See `ops.withPrecision`. Default: what surrounds it, mostly float32.
   */
  readonly mixedPrecision?: Precision;
  /** How much each output's loss counts in their sum. Default 1. */
  readonly lossWeights?: ByOutput<number>;
  /** Judge the predictions, every example counting once; of several outputs by name. Default none. */
  readonly metrics?: readonly MetricLike[] | ByOutput<readonly MetricLike[]>;
  /** Judge the predictions, each example counting by its sample and class weight. Default none. */
  readonly weightedMetrics?: readonly MetricLike[] | ByOutput<readonly MetricLike[]>;
}

/** What one output is trained and judged by. */
export interface OutputCompilation {
  readonly name: string;
  readonly loss: Loss;
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  readonly weightedMetrics: readonly Metric[];
}

/** What a model is trained and judged by. */
export interface Compilation {
  /** None where a model with steps of its own brings its optimizers itself. */
  readonly optimizer: Optimizer | undefined;
  /** In the order of the model's outputs; empty where a model with steps of its own does without a loss. */
  readonly outputs: readonly OutputCompilation[];
  /** In what precision the model computes its products, where compile was told. */
  readonly mixedPrecision: Precision | undefined;
}

/** Runs `body` in the precision that a model is compiled for, if it is. */
export function inPrecisionOf<T>(compilation: Compilation | undefined, body: () => T): T {
  return compilation?.mixedPrecision ? withPrecision(compilation.mixedPrecision, body) : body();
}

/** Names that logs and reports use for other things. */
const reservedNames = ["loss", "dataLoss", "learningRate", "epoch", "confusionMatrix", "perClass"];

/**
 * Checks the options and finds what names stand for.
 *
 * @throws TypeError If an option or a name is unknown (the nearest known one is suggested), or two metrics have one name.
 */
export function resolveCompilation(model: TrainableModel, options: Partial<CompileOptions>): Compilation {
  const owner = `${model.name}.compile`;
  checkOptions(owner, options, {
    optimizer: true,
    loss: true,
    mixedPrecision: true,
    lossWeights: true,
    metrics: true,
    weightedMetrics: true,
  });
  const { outputSpecs } = model;
  const { loss, optimizer, mixedPrecision } = options;
  if (mixedPrecision !== undefined) checkPrecision(owner, "mixedPrecision", mixedPrecision);
  const isOwn = model.ownSteps.train !== undefined;
  if (optimizer === undefined && !isOwn)
    throw new TypeError(`${owner}: optimizer is missing; give one, such as optimizer: "adam"`);
  if (loss === undefined) {
    if (!isOwn)
      throw new TypeError(
        `${owner}: loss is missing; give one, such as "meanSquaredError" for numbers or "sparseCategoricalCrossentropy" for labels`,
      );
    const given = (["lossWeights", "metrics", "weightedMetrics"] as const).find((name) => options[name] !== undefined);
    if (given !== undefined)
      throw new TypeError(
        `${owner}: ${given} has no effect without a loss; give one, or keep metrics in fields of the model and update them in its steps`,
      );
  }
  checkOutputNames(owner, "lossWeights", options.lossWeights, outputSpecs);
  const lossOf = loss === undefined ? undefined : lossesOf(owner, loss, outputSpecs);
  const metricsOf = metricsByOutput(owner, "metrics", options.metrics, outputSpecs);
  const weightedMetricsOf = metricsByOutput(owner, "weightedMetrics", options.weightedMetrics, outputSpecs);
  const compilation: Compilation = {
    mixedPrecision,
    optimizer: optimizer === undefined ? undefined : optimizerRegistry.resolve(`${owner}: optimizer`, optimizer),
    outputs: (lossOf ? outputSpecs : []).map(({ name }) => {
      const lossWeight = options.lossWeights?.[name] ?? 1;
      checkNumber(owner, `lossWeights.${name}`, lossWeight);
      return {
        name,
        loss: (lossOf as (output: string) => Loss)(name),
        lossWeight,
        metrics: metricsOf(name),
        weightedMetrics: weightedMetricsOf(name),
      };
    }),
  };
  checkMetricNames(owner, compilation, model.ownMetrics);
  return compilation;
}

/** Finds each output's loss among the options. */
function lossesOf(
  owner: string,
  given: CompileOptions["loss"],
  outputs: readonly TensorSpec[],
): (output: string) => Loss {
  if (!isByOutput(given)) {
    const loss = lossRegistry.resolve(`${owner}: loss`, given);
    return () => loss;
  }
  checkOutputNames(owner, "loss", given, outputs);
  return (output) => {
    const loss = given[output];
    if (loss === undefined)
      throw new TypeError(`${owner}: loss lacks the output "${output}"; give one for each of ${namesOf(outputs)}`);
    return lossRegistry.resolve(`${owner}: loss.${output}`, loss);
  };
}

/** Finds each output's metrics among the options. */
function metricsByOutput(
  owner: string,
  option: "metrics" | "weightedMetrics",
  given: CompileOptions["metrics"],
  outputs: readonly TensorSpec[],
): (output: string) => readonly Metric[] {
  if (isMetricsByOutput(given)) checkOutputNames(owner, option, given, outputs);
  else if (given !== undefined && !Array.isArray(given))
    throw new TypeError(`${owner}: ${option} is ${describe(given)}, expected an array of metrics`);
  else if (given && given.length > 0 && outputs.length > 1)
    throw new TypeError(
      `${owner}: ${option} is an array, but the model has ${outputs.length} outputs; give an object with an array for each name: ` +
        namesOf(outputs),
    );
  return (output) => {
    const [list, label] = isMetricsByOutput(given)
      ? [given[output] ?? [], `${option}.${output}`]
      : [given ?? [], option];
    if (!Array.isArray(list))
      throw new TypeError(`${owner}: ${label} is ${describe(list)}, expected an array of metrics`);
    return list.map((metric, index) => resolveKnownMetric(`${owner}: ${label}[${index}]`, metric));
  };
}

function isByOutput(given: CompileOptions["loss"]): given is ByOutput<LossLike> {
  return typeof given === "object" && given !== null && !("className" in given);
}

function isMetricsByOutput(given: CompileOptions["metrics"]): given is ByOutput<readonly MetricLike[]> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function checkOutputNames(
  owner: string,
  option: string,
  given: ByOutput<unknown> | undefined,
  outputs: readonly TensorSpec[],
): void {
  if (given === undefined) return;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError(`${owner}: ${option} is ${describe(given)}, expected an object by output: ${namesOf(outputs)}`);
  const names = outputs.map(({ name }) => name);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new TypeError(`${owner}: ${option} names an unknown output "${name}"${suggestion(name, names)}`);
}

function namesOf(outputs: readonly TensorSpec[]): string {
  return outputs.map(({ name }) => name).join(", ");
}

function checkMetricNames(owner: string, compilation: Compilation, own: readonly Metric[]): void {
  const seen = new Set<string>();
  for (const [name, { className }] of namedMetrics(compilation, own)) {
    if (seen.has(name))
      throw new TypeError(`${owner}: two metrics are called "${name}"; give one of them another with the option name`);
    if (reservedNames.includes(name) && name !== className)
      throw new TypeError(
        `${owner}: a metric cannot be called "${name}", which reports use otherwise; give it another name`,
      );
    seen.add(name);
  }
}
