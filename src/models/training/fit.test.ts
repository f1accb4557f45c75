import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectGarbage } from "../../../test/support/collect.ts";
import type { DeviceBuffer } from "../../devices/device.ts";
import { ReferenceDevice } from "../../devices/reference/reference.ts";
import type { DType } from "../../graph/dtype.ts";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import * as metrics from "../../metrics/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { l2 } from "../../regularizers/index.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import type { BatchProgress, Logs } from "../callbacks/callback.ts";
import type { LabelledExamples } from "../examples/arrays.ts";
import { type Sequential, sequential } from "../networks/sequential.ts";

setDevice("reference");
beforeEach(() => setSeed(1));

/** Points in the plane, of class 1 where both coordinates have one sign. */
function points(length: number): {
  x: { data: Float32Array; shape: number[] };
  y: { data: Int32Array; shape: number[] };
} {
  const data = Float32Array.from({ length: length * 2 }, (_, index) => Math.sin(index * 7.3) * 2);
  const labels = Int32Array.from({ length }, (_, row) => Number((data[2 * row] ?? 0) * (data[2 * row + 1] ?? 0) > 0));
  return { x: { data, shape: [length, 2] }, y: { data: labels, shape: [length] } };
}

const crossentropy = () => losses.sparseCategoricalCrossentropy({ fromLogits: true });

function classifier(extra: layers.Layer[] = []): Sequential {
  const model = sequential([layers.dense({ units: 16, activation: "tanh" }), ...extra, layers.dense({ units: 2 })]);
  model.compile({ optimizer: optimizers.adam({ learningRate: 0.05 }), loss: crossentropy(), metrics: ["accuracy"] });
  return model;
}

/** A model of one weight, y = w x, that starts at `start`. */
function line(start: number, learningRate = 0.1): Sequential {
  const model = sequential([layers.dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([tensor([[start]])]);
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: "meanSquaredError" });
  return model;
}

async function weightsOf(model: Sequential): Promise<number[][]> {
  return Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));
}

describe("fit", () => {
  test("learns", async () => {
    const model = classifier();
    const { history } = await model.fit(points(64), { epochs: 40, batchSize: 16, seed: 1 });
    expect(history.loss?.at(-1)).toBeLessThan(0.2);
    expect(history.accuracy?.at(-1)).toBeGreaterThan(0.93);
    expect((await model.evaluate(points(64))).accuracy).toBeGreaterThan(0.93);
  });

  test("the history has a number an epoch for each name", async () => {
    const history = await classifier().fit(points(20), { epochs: 3, validationSplit: 0.2 });
    expect(Object.keys(history.history)).toEqual(["loss", "accuracy", "valLoss", "valAccuracy"]);
    expect(Object.values(history.history).map((values) => values.length)).toEqual([3, 3, 3, 3]);
    expect(history.epoch).toEqual([0, 1, 2]);
    expect(history.params).toMatchObject({ epochs: 3, steps: 1, examples: 16, batchSize: 16 });
  });

  test("the same seed gives the same bits, and another seed others", async () => {
    const train = async (seed: number) => {
      setSeed(7);
      const model = classifier([layers.dropout({ rate: 0.3 })]);
      const { history } = await model.fit(points(30), { epochs: 3, batchSize: 8, seed });
      return { history, weights: await weightsOf(model) };
    };
    const first = await train(5);
    expect(await train(5)).toEqual(first);
    expect(await train(6)).not.toEqual(first);
  });

  test("without a seed, setSeed decides", async () => {
    const train = async () => {
      setSeed(7);
      const model = classifier([layers.dropout({ rate: 0.3 })]);
      await model.fit(points(30), { epochs: 2, batchSize: 8 });
      return weightsOf(model);
    };
    expect(await train()).toEqual(await train());
  });

  test("two layers of dropout get different seeds", async () => {
    const dropouts = [layers.dropout({ rate: 0.3 }), layers.dropout({ rate: 0.3 })];
    await classifier(dropouts).fit(points(8), { seed: 1 });
    const [first, second] = await Promise.all(dropouts.map((layer) => layer.weight("generator").array()));
    expect(first).not.toEqual(second);
  });

  test("a step on a smaller last batch, and the loss weighted by numbers of examples, agree with a calculation by hand", async () => {
    // y = 0, x = 1, 2, 3: a step takes w -= 0.1 · mean(2 w x²).
    const model = line(1);
    const data = { x: [[1], [2], [3]], y: [[0], [0], [0]] };
    const { history } = await model.fit(data, { batchSize: 2, shuffle: false });
    const afterFirst = 1 - 0.1 * (1 + 4);
    const losses = [(1 + 4) / 2, (afterFirst * 3) ** 2];
    expect(history.loss?.[0]).toBeCloseTo(((losses[0] as number) * 2 + (losses[1] as number)) / 3, 5);
    expect(await weightsOf(model)).toEqual([[expect.closeTo(afterFirst - 0.1 * 2 * afterFirst * 9, 5)]]);
  });

  test("batches larger than the data take them all", async () => {
    const history = await line(1).fit({ x: [[1], [2]], y: [0, 0] }, { batchSize: 100 });
    expect(history.history.loss).toEqual([2.5]);
    expect(history.params.steps).toBe(1);
  });

  test("the validation takes the last part, before any shuffling", async () => {
    const model = line(1, 0);
    const data = { x: [[1], [1], [1], [5]], y: [0, 0, 0, 0] };
    const { history } = await model.fit(data, { epochs: 2, validationSplit: 0.25, seed: 3 });
    expect(history.loss).toEqual([1, 1]);
    expect(history.valLoss).toEqual([25, 25]);
  });

  test("validationData are judged as evaluate judges them", async () => {
    const model = classifier();
    const { history } = await model.fit(points(20), { validationData: points(13), batchSize: 5 });
    const { loss, accuracy } = await model.evaluate(points(13), { batchSize: 13 });
    expect(history.valLoss?.[0]).toBeCloseTo(loss, 5);
    expect(history.valAccuracy?.[0]).toBeCloseTo(accuracy ?? Number.NaN, 12);
  });

  test("regularization is part of the loss, of training and validation alike, and dataLoss is without it", async () => {
    const model = sequential([
      layers.dense({ units: 1, useBias: false, inputShape: [1], kernelRegularizer: l2({ l2: 0.5 }) }),
    ]);
    model.setWeights([tensor([[2]])]);
    model.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: "meanSquaredError" });
    const data = { x: [[1], [1]], y: [0, 0] };
    const { history } = await model.fit(data, { validationData: data });
    expect(history).toEqual({ loss: [6], dataLoss: [4], valLoss: [6], valDataLoss: [4] });
    expect(await model.evaluate(data)).toEqual({ loss: 6, dataLoss: 4 });
  });

  test("sample and class weights multiply the losses", async () => {
    const data = { x: [[1], [2]], y: [0, 0] };
    const run = async (options: object) => (await line(1, 0).fit(data, options)).history.loss;
    expect(await run({ sampleWeight: [1, 3] })).toEqual([(1 + 3 * 4) / 2]);
    const model = classifier();
    model.setLearningRate(0);
    const labelled = points(6);
    const losses = await Promise.all(
      [0, 1].map((label) =>
        model
          .evaluate({
            ...labelled,
            sampleWeight: Float32Array.from(labelled.y.data, (other) => Number(other === label)),
          })
          .then(({ loss }) => loss),
      ),
    );
    const { history } = await model.fit(labelled, { classWeight: { 0: 2, 1: 5 } });
    expect(history.loss?.[0]).toBeCloseTo(2 * (losses[0] as number) + 5 * (losses[1] as number), 5);
  });

  test("every epoch takes each example once, in another order than the one before", async () => {
    const x = [[1], [2], [4], [8]];
    const y = [0, 0, 0, 0];
    const epoch = async (rate: number, initialEpoch: number) => {
      const model = line(1, rate);
      const { history } = await model.fit(x, y, { batchSize: 1, seed: 9, initialEpoch, epochs: initialEpoch + 1 });
      return { loss: history.loss, weights: await weightsOf(model) };
    };
    // The sum of squares tells which examples were seen, the weights in which order: rounding and overshoot depend on it.
    expect((await epoch(0, 0)).loss).toEqual([(1 + 4 + 16 + 64) / 4]);
    expect((await epoch(0, 1)).loss).toEqual([(1 + 4 + 16 + 64) / 4]);
    expect((await epoch(0.01, 1)).loss).not.toEqual((await epoch(0.01, 0)).loss);
  });

  test("a layer frozen after compile is left alone", async () => {
    const model = classifier();
    await model.fit(points(8), { epochs: 1 });
    const before = await weightsOf(model);
    (model.layers[0] as layers.Layer).trainable = false;
    await model.fit(points(8), { epochs: 1 });
    const after = await weightsOf(model);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
  });

  test("bytes are images: the model sees them as numbers", async () => {
    const model = sequential([layers.rescaling({ scale: 1 / 255, inputShape: [2] }), layers.dense({ units: 2 })]);
    model.compile({ optimizer: "sgd", loss: crossentropy() });
    const data = { x: { data: new Uint8Array([0, 255, 255, 0]), shape: [2, 2] }, y: new Uint8Array([0, 1]) };
    const { history } = await model.fit(data, { epochs: 2 });
    expect(history.loss?.[1]).toBeLessThan(history.loss?.[0] as number);
  });

  test("x and y may be given apart, as tensors or nested arrays", async () => {
    const model = line(1, 0);
    expect((await model.fit([[1], [2]], [0, 0])).history.loss).toEqual([2.5]);
    expect((await model.fit(tensor([[1], [2]]), tensor([0, 0]), { epochs: 1 })).history.loss).toEqual([2.5]);
  });
});

describe("streams of batches", () => {
  const batches = () => [
    { x: [[1], [2]], y: [0, 0] },
    { x: [[3]], y: [0] },
  ];

  test("train as arrays do", async () => {
    const [fromArrays, fromStream] = [line(1), line(1)];
    const arrays = await fromArrays.fit([[1], [2], [3]], [0, 0, 0], { batchSize: 2, epochs: 2, shuffle: false });
    const stream = await fromStream.fit(batches, { epochs: 2 });
    expect(stream.history).toEqual(arrays.history);
    expect(await weightsOf(fromStream)).toEqual(await weightsOf(fromArrays));
  });

  test("may be asynchronous and endless, with so many steps an epoch", async () => {
    let made = 0;
    async function* endless(): AsyncGenerator<LabelledExamples> {
      for (;;) yield { x: [[++made]], y: [0] };
    }
    const history = await line(1, 0).fit(endless(), { epochs: 2, stepsPerEpoch: 3 });
    expect(history.history.loss?.map((loss) => Math.round(loss * 3))).toEqual([1 + 4 + 9, 16 + 25 + 36]);
  });

  test("that end too early are errors that say so", async () => {
    const once = (function* () {
      yield* batches();
    })();
    await expect(line(1).fit(once, { epochs: 2 })).rejects.toThrow(
      /empty in epoch 2: an iterator can be read only once/,
    );
    await expect(line(1).fit(batches, { stepsPerEpoch: 5 })).rejects.toThrow(/ended after 2 of the epoch's 5 steps/);
    await expect(line(1).fit(() => [], {})).rejects.toThrow(/the stream of batches is empty/);
    await expect(line(1).fit(batches, { batchSize: 4 })).rejects.toThrow(/batchSize is for arrays/);
  });
});

describe("the device's memory", () => {
  /** A device that holds only small arrays. */
  class SmallDevice extends ReferenceDevice {
    override allocate(dtype: DType, size: number): DeviceBuffer {
      if (size > 40) throw new RangeError(`no memory for ${size} elements`);
      return super.allocate(dtype, size);
    }
  }
  afterEach(() => setDevice("reference"));

  test("may be too small for the data: they then come batch by batch, with the same result", async () => {
    const train = async () => {
      setSeed(7);
      const model = classifier();
      const options = { epochs: 2, batchSize: 8, seed: 5, validationSplit: 0.2, classWeight: [1, 2] };
      const { history, params } = await model.fit(points(60), options);
      return {
        history,
        steps: params.steps,
        weights: await weightsOf(model),
        evaluation: await model.evaluate(points(60), { batchSize: 8 }),
      };
    };
    const whole = await train();
    setDevice(new SmallDevice());
    expect(await train()).toEqual(whole);
  });

  test("is given back", async () => {
    const device = setDevice(new ReferenceDevice());
    const model = classifier([layers.dropout({ rate: 0.5 })]);
    const use = async () => {
      await model.fit(points(40), { epochs: 3, batchSize: 16, validationSplit: 0.2 });
      await model.evaluate(points(40));
      await model.predict(points(40).x);
      await model.trainOnBatch(points(4).x, points(4).y);
      await collectGarbage();
      return device.liveBuffers;
    };
    const first = await use();
    expect(await use()).toBeLessThanOrEqual(first);
  });
});

describe("callbacks", () => {
  test("are called at every edge, in order, and may be asynchronous", async () => {
    const calls: string[] = [];
    const say = (name: string) => async () => {
      await Promise.resolve();
      calls.push(name);
    };
    const callback = {
      onTrainBegin: say("train begins"),
      onEpochBegin: say("epoch begins"),
      onBatchEnd: say("batch ends"),
      onEpochEnd: say("epoch ends"),
      onTrainEnd: say("train ends"),
    };
    await line(1).fit([[1], [2]], [0, 0], { epochs: 2, callbacks: [callback] });
    const epoch = ["epoch begins", "batch ends", "epoch ends"];
    expect(calls).toEqual(["train begins", ...epoch, ...epoch, "train ends"]);
  });

  test("are told of progress", async () => {
    let last: BatchProgress | undefined;
    const onBatchEnd = (progress: BatchProgress) => {
      last = progress;
    };
    await classifier().fit(points(20), { batchSize: 8, callbacks: [{ onBatchEnd }] });
    expect(last).toMatchObject({ epoch: 0, epochs: 1, step: 3, steps: 3, examples: 20, secondsLeft: 0 });
    expect(Object.keys(last?.metrics ?? {})).toEqual(["loss", "accuracy"]);
    expect(last?.examplesPerSecond).toBeGreaterThan(0);
  });

  test("stopTraining ends the training at the next edge", async () => {
    const model = line(1);
    let steps = 0;
    const onBatchEnd = ({ step }: BatchProgress) => {
      steps = step;
      model.stopTraining = true;
    };
    const { epoch } = await model.fit([[1], [2], [3]], [0, 0, 0], {
      batchSize: 1,
      epochs: 5,
      callbacks: [{ onBatchEnd }],
    });
    expect(steps).toBe(1);
    expect(epoch).toEqual([0]);
  });

  test("may add to the logs", async () => {
    const onEpochEnd = (_: number, logs: Logs) => {
      logs.answer = 42;
    };
    const { history } = await line(1).fit([[1]], [0], { callbacks: [{ onEpochEnd }] });
    expect(history.answer).toEqual([42]);
  });
});

test("confusion matrices and other structured metrics are for reports, not for logs", async () => {
  const model = classifier();
  model.compile({ optimizer: "sgd", loss: crossentropy(), metrics: [metrics.confusionMatrix(), "accuracy"] });
  const { history } = await model.fit(points(10), {});
  expect(Object.keys(history)).toEqual(["loss", "accuracy"]);
  const { confusionMatrix } = await model.evaluate(points(10));
  expect(confusionMatrix?.flat().reduce((sum, count) => sum + count)).toBe(10);
});
