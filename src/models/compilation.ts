/** Compilation: what `compile` makes of its options — an optimizer, a loss and metrics, checked against the model's last layer. */
import { checkOptions, describe } from "../graph/options.ts";
import type { Layer } from "../layers/layer.ts";
import { type LossLike, resolveLoss } from "../losses/index.ts";
import type { Loss } from "../losses/loss.ts";
import { type MetricLike, resolveMetric } from "../metrics/index.ts";
import type { Metric } from "../metrics/metric.ts";
import { type OptimizerLike, resolveOptimizer } from "../optimizers/index.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { warn } from "./print.ts";
import type { TrainableModel } from "./trainable.ts";

/** Each may be an object, the name of one with its defaults, or one written down as data. */
export interface CompileOptions {
  readonly optimizer: OptimizerLike;
  readonly loss: LossLike;
  /** Judge the predictions, every example counting once. Default none. */
  readonly metrics?: readonly MetricLike[];
  /** Judge the predictions, each example counting by its sample and class weight. Default none. */
  readonly weightedMetrics?: readonly MetricLike[];
}

/** What a model is trained and judged by. */
export interface Compilation {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  readonly weightedMetrics: readonly Metric[];
}

/** Names that logs and reports use for other things. */
const reservedNames = ["loss", "dataLoss", "learningRate", "epoch", "confusionMatrix", "perClass"];

/**
 * Checks the options and finds what names stand for.
 *
 * @throws TypeError If an option or a name is unknown (the nearest known one is suggested), or two metrics have one name.
 */
export function resolveCompilation(model: TrainableModel, options: CompileOptions): Compilation {
  const owner = `${model.name}.compile`;
  checkOptions(owner, options, { optimizer: true, loss: true, metrics: true, weightedMetrics: true });
  const list = (name: "metrics" | "weightedMetrics") => {
    const given = options[name] ?? [];
    if (!Array.isArray(given))
      throw new TypeError(`${owner}: ${name} is ${describe(given)}, expected an array of metrics`);
    return given.map((metric, index) => resolveMetric(`${owner}: ${name}[${index}]`, metric));
  };
  const compilation: Compilation = {
    optimizer: resolveOptimizer(`${owner}: optimizer`, options.optimizer),
    loss: resolveLoss(`${owner}: loss`, options.loss),
    metrics: list("metrics"),
    weightedMetrics: list("weightedMetrics"),
  };
  checkMetricNames(owner, [...compilation.metrics, ...compilation.weightedMetrics]);
  const last = model.layers.at(-1);
  if (last) warnOfMismatch(owner, compilation.loss, last);
  return compilation;
}

function checkMetricNames(owner: string, metrics: readonly Metric[]): void {
  const seen = new Set<string>();
  for (const { name, className } of metrics) {
    if (seen.has(name))
      throw new TypeError(`${owner}: two metrics are called "${name}"; give one of them another with the option name`);
    if (reservedNames.includes(name) && name !== className)
      throw new TypeError(
        `${owner}: a metric cannot be called "${name}", which reports use otherwise; give it another name`,
      );
    seen.add(name);
  }
}

/** A loss that takes logits behind a softmax, or probabilities behind no activation, trains badly without any error. */
function warnOfMismatch(owner: string, loss: Loss, last: Layer): void {
  const activation = finalActivation(last);
  if (loss.predictions === "logits" && (activation === "softmax" || activation === "sigmoid"))
    warn(
      `${owner}: the loss ${loss.name} has fromLogits: true, but the last layer ${last.path} ends in ${activation}, ` +
        `so that ${activation} is applied twice; probably fromLogits: false is meant, or better: no activation in ${last.name}`,
    );
  if (loss.predictions === "probabilities" && activation === "linear")
    warn(
      `${owner}: the loss ${loss.name} takes probabilities, but the last layer ${last.path} has no activation and gives logits; ` +
        `probably fromLogits: true is meant`,
    );
}

/** The activation a layer ends in, where its configuration says so. */
function finalActivation(layer: Layer): unknown {
  if (layer.className === "softmax") return "softmax";
  return layer.config().activation;
}
