/** Warnings of losses and metrics that compute and train, but hardly what is meant. Pages fetch it where it may have something to say. */
import { warn } from "../../devices/host.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Loss } from "../../losses/loss.ts";
import type { Metric } from "../../metrics/metric.ts";
import { ModelLayer } from "../networks/model-layer.ts";
import type { OutputCompilation } from "./compilation.ts";
import type { TrainableModel } from "./trainable.ts";

/** Activations whose results are neither logits nor probabilities, as options name them. */
const clipping = new Set([
  ...[
    "relu",
    "relu6",
    "leakyRelu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "geluTanh",
    "silu",
    "swish",
    "hardSilu",
    "hardSwish",
    "mish",
  ],
  ...["tanh", "hardTanh", "softplus", "softsign", "squareplus", "exponential"],
]);
/** Layers that are such an activation, or softmax. */
const activationLayers: ReadonlyMap<string, string> = new Map([
  ["softmax", "softmax"],
  ["reLU", "relu"],
  ["leakyReLU", "leakyRelu"],
  ["pReLU", "leakyRelu"],
  ["rReLU", "leakyRelu"],
  ["elu", "elu"],
  ["celu", "celu"],
  ["hardTanh", "hardTanh"],
  ["softplus", "softplus"],
]);

/** Outputs that were looked at: of a model whose class says how it computes, the last layer is known once it is built. */
const looked = new WeakSet<OutputCompilation>();

/** Warns of losses and metrics that do not fit what the last layers give: it trains badly without any error. */
export function warnOfMismatch({ outputSpecs, compilation }: TrainableModel, owner: string): void {
  for (const [index, output] of compilation.outputs.entries()) {
    const { layer: last, shape } = outputSpecs[index] ?? {};
    if (!last || looked.has(output)) continue;
    looked.add(output);
    const mismatch = mismatchOf(output.loss, last, shape);
    if (mismatch !== undefined) warn(`${owner}: ${mismatch}`);
    else
      for (const metric of [...output.metrics, ...output.weightedMetrics]) {
        const wrong = metricMismatchOf(metric, output.loss, shape);
        if (wrong !== undefined) warn(`${owner}: ${wrong}`);
      }
  }
}

function mismatchOf(loss: Loss, last: Layer, shape: Shape | undefined): string | undefined {
  const { path, name, activation } = ending(last);
  const { predictions, targets } = loss;
  const hasChoice = "fromLogits" in loss;
  const isOneOfMany = targets === "classIndices" || targets === "oneHot";
  const units = shape?.at(-1);
  if (activation === "softmax" && units === 1)
    return (
      `the last layer ${path} applies softmax to a single unit, which is always 1; ` +
      'probably activation: "sigmoid" with the loss binaryCrossentropy is meant, or a unit for each class'
    );
  if (isOneOfMany && predictions !== "values" && units === 1)
    return (
      `the loss ${loss.name} compares classes, but the last layer ${path} has a single unit; ` +
      "probably the loss binaryCrossentropy is meant, or a unit for each class"
    );
  if (predictions === "logits" && (activation === "softmax" || activation === "sigmoid"))
    return (
      `the loss ${loss.name} ${hasChoice ? "has fromLogits: true" : "takes logits"}, but the last layer ${path} ends in ${activation}, ` +
      `so that ${activation} is applied twice; probably ${hasChoice ? "fromLogits: false is meant, or better: " : ""}${activationLayers.has(last.className) ? `the model without ${name}` : `no activation in ${name}`}${hasChoice ? "" : " is meant"}`
    );
  if (predictions === "probabilities" && activation === "linear")
    return (
      `the loss ${loss.name} takes probabilities, but the last layer ${path} has no activation and gives logits; ` +
      `probably ${hasChoice ? "fromLogits: true" : `activation: "${isOneOfMany ? "softmax" : "sigmoid"}"`} is meant`
    );
  if (predictions === "probabilities" && isOneOfMany && activation === "sigmoid")
    return (
      `the loss ${loss.name} takes probabilities of classes that exclude each other, but the last layer ${path} ends in sigmoid, ` +
      'whose results do not add up to 1; probably activation: "softmax" is meant, or the loss binaryCrossentropy for several labels an example'
    );
  if (predictions === "probabilities" && ofSeveralLabels.has(loss.className) && activation === "softmax")
    return (
      `the loss ${loss.name} takes each unit for a question of its own, but the last layer ${path} ends in softmax, whose results add up to 1; ` +
      "probably the loss categoricalCrossentropy is meant, or sparseCategoricalCrossentropy for integer labels"
    );
  if (loss.className === "poisson" && (activation === "linear" || activation === "tanh"))
    return (
      `the loss ${loss.name} takes counts to expect, which are positive, but the last layer ${path} ` +
      `${activation === "linear" ? "has no activation" : "ends in tanh"} and may give negative ones; ` +
      'probably activation: "exponential" is meant, or "softplus"'
    );
  if (/hinge$/i.test(loss.className) && (activation === "softmax" || activation === "sigmoid"))
    return (
      `the loss ${loss.name} takes scores of either sign, but the last layer ${path} ends in ${activation}, whose results are never negative; ` +
      `probably no activation in ${name} is meant, or the loss ${activation === "softmax" ? "categoricalCrossentropy" : "binaryCrossentropy"}`
    );
  if (predictions !== "values" && typeof activation === "string" && clipping.has(activation))
    return (
      `the loss ${loss.name} takes ${predictions}, but the last layer ${path} ends in ${activation}, which cuts them off; ` +
      `probably ${hasChoice || predictions === "logits" ? `no activation in ${name}${hasChoice ? " and fromLogits: true" : ""}` : `activation: "${isOneOfMany ? "softmax" : "sigmoid"}"`} is meant`
    );
  return undefined;
}

/** Losses for which each output is a question of its own. */
const ofSeveralLabels = new Set(["binaryCrossentropy", "binaryFocalCrossentropy"]);
/** Metrics that take the class of the largest output, or the output of one question. */
const ofClasses = new Set(["accuracy", "precision", "recall", "specificity", "f1Score", "fbetaScore", "jaccardScore"]);

function metricMismatchOf(metric: Metric, loss: Loss, shape: Shape | undefined): string | undefined {
  const { name, className } = metric;
  const units = shape?.at(-1) ?? 1;
  const isLogits = loss.predictions === "logits";
  if (isLogits && "fromLogits" in metric && metric.fromLogits === false)
    return (
      `the loss ${loss.name} has fromLogits: true, but the metric ${name} takes probabilities; ` +
      "probably fromLogits: true is meant for both"
    );
  if (
    units > 1 &&
    ofSeveralLabels.has(loss.className) &&
    ofClasses.has(className) &&
    !("multiLabel" in metric && metric.multiLabel)
  )
    return (
      `the loss ${loss.name} takes each of ${units} units for a question of its own, but the metric ${name} takes the class of the largest; ` +
      `probably ${className === "accuracy" ? "binaryAccuracy, or multiLabel: true," : "multiLabel: true"} is meant`
    );
  const judgesEach =
    units === 1 || className === "binaryAccuracy" || ("multiLabel" in metric && metric.multiLabel === true);
  if (isLogits && loss.targets === "binary" && judgesEach && "threshold" in metric && metric.threshold === 0.5)
    return (
      `the loss ${loss.name} has fromLogits: true, but the metric ${name} compares with the threshold 0.5, which is for probabilities; ` +
      "probably threshold: 0 is meant"
    );
  return undefined;
}

/** The layer that gives the result, inside of models too, and the activation it ends in where that is known. */
function ending(layer: Layer): { readonly path: string; readonly name: string; readonly activation: unknown } {
  if (layer instanceof ModelLayer) {
    const [output] = layer.model.outputSpecs;
    if (output?.layer) return ending(output.layer);
  }
  const each = layer.className === "timeDistributed" ? layer.sublayers.get("layer") : undefined;
  if (each) return ending(each);
  const { path, name, className } = layer;
  const own = "activation" in layer ? layer.activation : undefined;
  const activation = activationLayers.get(className) ?? own;
  return { path, name, activation };
}
