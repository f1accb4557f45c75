/** Batches that come one by one where a model is judged: in `evaluate`, and in the validation of `fit`. */
import { beforeEach, describe, expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import type { LabelledExamples } from "../examples/arrays.ts";
import { sequential } from "../networks/sequential.ts";
import type { BatchStream } from "./batch-stream.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";
import type { FitOptions } from "./fit-options.ts";

setDevice("reference");
beforeEach(() => setSeed(1));

const x = Array.from({ length: 10 }, (_, index) => [Math.sin(index), Math.cos(3 * index)]);
const y = x.map((_, index) => index % 3);

/** The ten examples in batches of four, the last one smaller. */
function* batches() {
  for (let at = 0; at < 10; at += 4) yield { x: x.slice(at, at + 4), y: y.slice(at, at + 4) };
}

function classifier({ built = true } = {}) {
  const model = sequential([layers.dense({ units: 3, ...(built && { inputShape: [2] }) })]);
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: "sgd", loss, metrics: ["accuracy"] });
  return model;
}

describe("evaluate", () => {
  test("gives for a stream what it gives for the examples together, with the report", async () => {
    const model = classifier();
    const whole = await model.evaluate(x, y);
    const { loss, ...others } = await model.evaluate(batches);
    expect(loss).toBeCloseTo(whole.loss, 6);
    const { loss: _, ...expected } = whole;
    expect(others).toEqual(expected);
    async function* later() {
      yield* batches();
    }
    expect((await model.evaluate(later())).confusionMatrix).toEqual(whole.confusionMatrix);
  });

  test("builds a model for the first batch", async () => {
    const model = classifier({ built: false });
    expect((await model.evaluate(batches)).confusionMatrix?.flat().reduce((a, b) => a + b)).toBe(10);
  });

  test("takes so many batches of a stream, or of examples", async () => {
    const model = classifier();
    const count = async (data: LabelledExamples | BatchStream, options: EvaluateOptions) =>
      (await model.evaluate(data, options)).confusionMatrix?.flat().reduce((a, b) => a + b);
    expect(await count(batches, { steps: 2 })).toBe(8);
    expect(await count({ x, y }, { batchSize: 3, steps: 2 })).toBe(6);
    expect(await count({ x, y }, { batchSize: 3, steps: 9 })).toBe(10);
  });

  test("says what is wrong with a stream", async () => {
    const model = classifier();
    await expect(model.evaluate(batches, { batchSize: 4 })).rejects.toThrow(
      "evaluate: batchSize is for arrays; a stream of batches decides that itself",
    );
    await expect(model.evaluate(batches, { steps: 5 })).rejects.toThrow(
      "evaluate: the stream of batches ended after 3 of 5 steps; give a stream with more batches, or fewer steps",
    );
    await expect(model.evaluate(() => [])).rejects.toThrow("evaluate: the stream of batches is empty");
    await expect(model.evaluate(() => [{ x, y: [...y.slice(1), 3] }])).rejects.toThrow(
      "evaluate: batch 0 of the stream: y holds the label 3 at index 9",
    );
  });
});

describe("the validation of fit", () => {
  const validated = async (options: FitOptions) => {
    setSeed(1);
    return (await classifier().fit(x, y, { epochs: 2, seed: 1, ...options })).history;
  };

  test("by a function of batches gives what the examples together give", async () => {
    const [streamed, whole] = [
      await validated({ validationData: batches }),
      await validated({ validationData: { x, y } }),
    ];
    expect(streamed.valAccuracy).toEqual(whole.valAccuracy);
    for (const [epoch, loss] of (whole.valLoss ?? []).entries()) expect(streamed.valLoss?.[epoch]).toBeCloseTo(loss, 6);
  });

  test("asks the function for each validation, and takes the first validationSteps batches", async () => {
    const asked: number[] = [];
    const stream = (pass: number) => {
      asked.push(pass);
      return batches();
    };
    const history = await validated({ validationData: stream, validationSteps: 1, epochs: 4, validationFreq: 2 });
    expect(asked).toEqual([0, 1]);
    expect(history.valLoss).toHaveLength(2);
  });

  test("of data that stream while training streams too", async () => {
    const { history } = await classifier({ built: false }).fit(batches, { epochs: 2, validationData: batches });
    expect(history.valAccuracy).toHaveLength(2);
  });

  test("says what is wrong with a stream", async () => {
    await expect(validated({ validationData: batches() })).rejects.toThrow(
      "fit: validationData: the stream of batches is empty in epoch 2: an iterator can be read only once; " +
        "give a function that makes a new one for each epoch",
    );
    await expect(validated({ validationData: batches, validationBatchSize: 2 })).rejects.toThrow(
      "fit: validationBatchSize is for arrays",
    );
    await expect(validated({ validationData: batches, validationSplit: 0.5 })).rejects.toThrow("exclude each other");
  });
});
