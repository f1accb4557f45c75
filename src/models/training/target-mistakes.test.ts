/** Targets that a loss cannot take, and losses and metrics that do not fit the last layer, are told with their mend. */
import { afterEach, describe, expect, test, vi } from "vitest";
import * as layers from "../../layers/index.ts";
import type { CallContext } from "../../layers/layer.ts";
import * as losses from "../../losses/index.ts";
import * as metrics from "../../metrics/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Model } from "../model.ts";
import { sequential } from "../networks/sequential.ts";
import type { CompileOptions } from "./compilation.ts";

setDevice("reference");
const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterEach(() => warnings.mockClear());
const warned = () => warnings.mock.calls.map(([message]) => String(message));

const x = [[1, 2], [3, 4], [5, 7]]; // biome-ignore format: rows

const fitted = async (y: number[] | number[][], loss: losses.LossLike, activation?: layers.ActivationName) => {
  const units = Array.isArray(y[0]) ? y[0].length : 1;
  const net = sequential([layers.dense({ units, inputShape: [2], name: "last", ...(activation && { activation }) })], {
    name: "net",
  });
  net.compile({ optimizer: "sgd", loss });
  warnings.mockClear();
  await net.fit(x, y);
};

describe("targets", () => {
  const one = [1, 0, 0];
  test.each<[what: string, y: number[] | number[][], loss: losses.LossLike, message: string]>([
    [
      "negative counts",
      [0, 3, -2],
      "poisson",
      "fit: y holds -2 in example 2 (counted from 0), but the loss poisson takes counts, which are not negative",
    ],
    [
      "sides other than two",
      [1, -1, 2],
      "hinge",
      "fit: y holds 2 in example 2 (counted from 0), but the loss hinge takes -1 and 1, or 0 and 1",
    ],
    [
      "sides of both kinds",
      [1, -1, 0],
      "squaredHinge",
      "fit: y holds -1 in example 1 (counted from 0) and 0 in example 2 (counted from 0), which the loss squaredHinge takes both",
    ],
    [
      "no distributions",
      [one, [0.5, 0.2, 0.1], one],
      "klDivergence",
      "fit: y has a row that sums to 0.8 in example 1 (counted from 0), but the loss klDivergence takes probabilities of all classes",
    ],
    [
      "no probabilities",
      [0, 0.5, 1.5],
      "binaryCrossentropy",
      "fit: y holds 1.5 at index 2, but the loss binaryCrossentropy takes probabilities in [0, 1]",
    ],
    [
      "no probabilities, negative",
      [0, 1, -1],
      "binaryCrossentropy",
      "fit: y holds -1 at index 2, but the loss binaryCrossentropy takes probabilities in [0, 1]",
    ],
    [
      "no probabilities of rows",
      [one, [-1, 1, 1], one],
      "categoricalCrossentropy",
      "fit: y holds -1 at index 3, but the loss categoricalCrossentropy",
    ],
  ])("that are %s are an error", async (_, y, loss, message) => {
    await expect(fitted(y, loss, "softmax")).rejects.toThrow(message);
  });

  test("that fit are none", async () => {
    for (const y of [[1, -1, 1], [0, 1, 1], [1, 1, 1]]) await fitted(y, "hinge"); // biome-ignore format: rows
    await fitted([0, 2, 5], "poisson", "exponential");
    // Rows of zeros are steps that are masked.
    await fitted([one, [0, 0, 0], [0.333, 0.333, 0.333]], "klDivergence", "softmax");
    await fitted([one, [0.2, 0.3, 0.5], [0, 0, 0]], "categoricalCrossentropy", "softmax");
    expect(warned()).toEqual([]);
  });

  test.each(["categoricalCrossentropy", "categoricalFocalCrossentropy", "categoricalHinge"] as const)(
    "with several labels an example, for %s, are warned of once",
    async (name) => {
      const net = sequential([layers.dense({ units: 3, inputShape: [2] })], { name: "net" });
      const options = { className: name, config: name === "categoricalHinge" ? {} : { fromLogits: true } };
      net.compile({ optimizer: "sgd", loss: options });
      await net.fit(x, [one, [0, 1, 1], one]);
      await net.fit(x, [one, [0, 1, 1], one]);
      expect(warned()).toEqual([
        `fit: y has a row that sums to 2 in example 1 (counted from 0), but the loss ${name} takes classes that exclude each other; ` +
          'probably the loss binaryCrossentropy is meant, with activation: "sigmoid", for several labels an example',
      ]);
    },
  );
});

describe("compile warns of", () => {
  const bce = losses.binaryCrossentropy({ fromLogits: true });
  const sparse = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  test.each<
    [what: string, last: object, options: Pick<CompileOptions, "loss" | "metrics">, message: RegExp | undefined]
  >([
    [
      "counts without activation",
      { units: 1 },
      { loss: "poisson" },
      /poisson takes counts to expect, which are positive, but the last layer net\/last has no activation .* probably activation: "exponential" is meant, or "softplus"/,
    ],
    [
      "logits for a divergence",
      { units: 3 },
      { loss: "klDivergence" },
      /klDivergence takes probabilities, .* gives logits; probably activation: "softmax" is meant/,
    ],
    [
      "a softmax for CTC",
      { units: 3, activation: "softmax" },
      { loss: "ctc" },
      /ctc takes logits, but the last layer net\/last ends in softmax, so that softmax is applied twice; probably no activation in last is meant/,
    ],
    [
      "leakyRelu before logits",
      { units: 3, activation: "leakyRelu" },
      { loss: sparse },
      /ends in leakyRelu, which cuts them off; probably no activation in last and fromLogits: true is meant/,
    ],
    [
      "relu before a divergence",
      { units: 3, activation: "relu" },
      { loss: "klDivergence" },
      /which cuts them off; probably activation: "softmax" is meant/,
    ],
    ["nothing: Dice of classes", { units: 3, activation: "softmax" }, { loss: "dice" }, undefined],
    [
      "margins of a sigmoid",
      { units: 1, activation: "sigmoid" },
      { loss: "hinge" },
      /hinge takes scores of either sign, but the last layer net\/last ends in sigmoid, .* or the loss binaryCrossentropy/,
    ],
    [
      "margins of a softmax",
      { units: 3, activation: "softmax" },
      { loss: "categoricalHinge" },
      /or the loss categoricalCrossentropy/,
    ],
    [
      "a threshold of probabilities for logits",
      { units: 1 },
      { loss: bce, metrics: ["accuracy"] },
      /the metric accuracy compares with the threshold 0.5, which is for probabilities; probably threshold: 0 is meant/,
    ],
    [
      "a metric of probabilities for logits",
      { units: 3 },
      { loss: sparse, metrics: ["perplexity"] },
      /the metric perplexity takes probabilities; probably fromLogits: true is meant for both/,
    ],
    [
      "a metric of classes for labels",
      { units: 3, activation: "sigmoid" },
      { loss: "binaryCrossentropy", metrics: ["f1Score"] },
      /takes each of 3 units for a question of its own, but the metric f1Score takes the class of the largest; probably multiLabel: true/,
    ],
    [
      "accuracy for labels",
      { units: 3, activation: "sigmoid" },
      { loss: "binaryCrossentropy", metrics: ["accuracy"] },
      /probably binaryAccuracy, or multiLabel: true, is meant/,
    ],
    [
      "nothing: thresholds of logits",
      { units: 1 },
      { loss: bce, metrics: [metrics.accuracy({ threshold: 0 }), metrics.auc({ fromLogits: true })] },
      undefined,
    ],
    [
      "nothing: the largest logit",
      { units: 3 },
      { loss: sparse, metrics: ["accuracy", metrics.f1Score({ average: "macro" })] },
      undefined,
    ],
    [
      "nothing: several labels",
      { units: 3, activation: "sigmoid" },
      { loss: "binaryCrossentropy", metrics: ["binaryAccuracy", metrics.f1Score({ average: "samples" })] },
      undefined,
    ],
    ["nothing: counts", { units: 1, activation: "softplus" }, { loss: "poisson" }, undefined],
    ["nothing: margins", { units: 1, activation: "tanh" }, { loss: "hinge" }, undefined],
  ])("%s", (_, last, options, message) => {
    const config = { ...last, name: "last", inputShape: [2] };
    const net = sequential([layers.layerFromConfig({ className: "dense", config })], { name: "net" });
    net.compile({ optimizer: "sgd", ...options });
    expect(warned()).toHaveLength(message ? 1 : 0);
    if (message) expect(warned()[0]).toMatch(message);
  });

  test("an activation as a layer", () => {
    const net = sequential([layers.dense({ units: 3, inputShape: [2] }), layers.leakyReLU({ name: "leaky" })], {
      name: "net",
    });
    net.compile({ optimizer: "sgd", loss: sparse });
    expect(warned()[0]).toMatch(/the last layer net\/leaky ends in leakyRelu, which cuts them off/);
  });

  test("logits in each step of a sequence", () => {
    const each = layers.timeDistributed({
      layer: layers.dense({ units: 3, activation: "softmax", name: "last" }),
      inputShape: [4, 2],
    });
    sequential([each], { name: "net" }).compile({ optimizer: "sgd", loss: sparse });
    expect(warned()[0]).toMatch(/ends in softmax, so that softmax is applied twice/);
  });
});

test("fit warns of the last layer of a class, which is known once it is built", async () => {
  class Own extends Model {
    readonly body = layers.dense({ units: 4, activation: "relu" });
    readonly last = layers.dense({ units: 1, activation: "sigmoid" });
    override call(x: Tensor, context: CallContext) {
      return this.last.call(this.body.call(x, context), context);
    }
  }
  const net = new Own("own");
  net.compile({ optimizer: "sgd", loss: losses.binaryCrossentropy({ fromLogits: true }) });
  expect(warned()).toEqual([]);
  await net.fit(x, [0, 1, 1]);
  await net.fit(x, [0, 1, 1]);
  expect(warned()).toHaveLength(1);
  expect(warned()[0]).toMatch(
    /^fit: the loss binaryCrossentropy has fromLogits: true, but the last layer own\/last ends in sigmoid/,
  );
});
