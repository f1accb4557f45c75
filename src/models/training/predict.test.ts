/** predict takes what fit and evaluate take: arrays, data sets, and batches that come one by one. */
import { beforeEach, describe, expect, test } from "vitest";
import { Dataset } from "../../data/dataset.ts";
import * as layers from "../../layers/index.ts";
import { sum } from "../../ops/reduce.ts";
import { setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Model } from "../model.ts";
import { input, model } from "../networks/functional.ts";
import { sequential } from "../networks/sequential.ts";
import type { PredictData, PredictOptions } from "./predict.ts";

setDevice("reference");
beforeEach(() => setSeed(1));

const x = Array.from({ length: 10 }, (_, index) => [Math.sin(index), Math.cos(3 * index)]);
const y = x.map((_, index) => index % 3);

/** The ten examples in batches of four, the last one smaller. */
function* batches() {
  for (let at = 0; at < 10; at += 4) yield x.slice(at, at + 4);
}
function* labelled() {
  for (let at = 0; at < 10; at += 4) yield { x: x.slice(at, at + 4), y: y.slice(at, at + 4) };
}
async function* later() {
  yield* batches();
}

const network = () => sequential([layers.dense({ units: 3, inputShape: [2] })], { name: "net" });

test.each<[what: string, data: () => PredictData]>([
  ["a function of a generator", () => batches],
  ["batches with targets", () => labelled],
  ["an asynchronous generator", () => later()],
  ["a set of tensors", () => new Set([...batches()].map((batch) => tensor(batch)))],
  ["features with targets", () => ({ x, y })],
  ["a Dataset", () => dataset()],
  ["a Dataset's batches", () => dataset().batches(3)],
])("of %s gives what it gives of the array", async (_, data) => {
  const net = network();
  const whole = await net.predict(x);
  const given = await net.predict(data());
  expect(given.shape).toEqual([10, 3]);
  expect(await given.data()).toEqual(await whole.data());
});

function dataset() {
  return new Dataset({
    x: { data: Float32Array.from(x.flat()), shape: [10, 2] },
    y: { data: Int32Array.from(y), shape: [10] },
  });
}

test("a model that is not built yet is built for the first batch", async () => {
  expect((await sequential([layers.dense({ units: 3 })]).predict(batches)).shape).toEqual([10, 3]);
});

test("so many batches of a stream or of an array, and the stream goes on where it was left", async () => {
  const net = network();
  const rows = async (data: PredictData, options: PredictOptions) => (await net.predict(data, options)).shape[0];
  const stream = batches();
  expect(await rows(stream, { steps: 2 })).toBe(8);
  expect(await rows(stream, {})).toBe(2);
  expect(await rows(x, { batchSize: 3, steps: 2 })).toBe(6);
  expect(await rows(x, { batchSize: 3, steps: 9 })).toBe(10);
  function* endless() {
    while (true) yield x;
  }
  expect(await rows(endless, { steps: 3 })).toBe(30);
});

test("what a function made for predict is closed, after an error too", async () => {
  let open = 0;
  function* file() {
    open++;
    try {
      while (true) yield open < 2 ? x : [[1, 2, 3]];
    } finally {
      open--;
    }
  }
  await network().predict(file, { steps: 1 });
  expect(open).toBe(0);
  open = 1;
  await expect(network().predict(file)).rejects.toThrow(
    "predict: batch 0 of the stream: an example of x has the shape [3]",
  );
  expect(open).toBe(1);
});

describe("several inputs and outputs", () => {
  const [left, right] = [input({ shape: [2], name: "x" }), input({ shape: [2], name: "right" })];
  const added = layers.add({ name: "sum" }).apply([left, right]);
  const outputs = { sum: added, flat: layers.flatten().apply(added) };
  const both = model({ inputs: [left, right], outputs, name: "both" });

  test("come by name, in a list, or as x with targets", async () => {
    const whole = await both.predictAll({ x, right: x });
    for (const batch of [{ x, right: x }, [tensor(x), tensor(x)], { x: { x, right: x }, y }]) {
      const { sum } = await both.predictAll([batch].values());
      expect(await (sum as Tensor).data()).toEqual(await (whole.sum as Tensor).data());
    }
  });

  test("of different lengths are told with the batch", async () => {
    function* uneven() {
      yield { x, right: x };
      yield { x, right: x.slice(1) };
    }
    await expect(both.predictAll(uneven)).rejects.toThrow(
      "predictAll: batch 1 of the stream: x.x has 10 examples and x.right has 9",
    );
  });
});

describe("says what is wrong with a stream", () => {
  test.each<[what: string, data: () => PredictData, options: PredictOptions, message: string]>([
    ["is empty", () => [].values(), {}, "predict: the stream of batches is empty; look at how it is made"],
    [
      "ends early",
      () => batches,
      { steps: 5 },
      "predict: the stream of batches ended after 3 of 5 steps; give a stream with more",
    ],
    [
      "gives nothing to iterate",
      () => () => JSON.parse("5"),
      {},
      "predict: the function of batches gave 5, expected something to iterate",
    ],
    [
      "has batches that are none",
      () => [JSON.parse("null")].values(),
      {},
      "predict: batch 0 of the stream: x is null, expected a tensor",
    ],
    [
      "has no examples",
      () => [{ data: new Float32Array(), shape: [0, 2] }].values(),
      {},
      "predict: batch 0 of the stream: x has no examples",
    ],
    [
      "changes its shape",
      () => [x, x.map((row) => [...row, 1])].values(),
      {},
      "predict: batch 1 of the stream: an example of x has the shape [3], but net/dense",
    ],
    [
      "holds NaN",
      () => [x, [[1, Number.NaN]]].values(),
      {},
      "predict: batch 1 of the stream: x holds NaN in example 0",
    ],
    [
      "is told a batchSize",
      () => batches,
      { batchSize: 4 },
      "predict: batchSize is for arrays; a stream of batches decides that itself",
    ],
    [
      "is to be read for 0 steps",
      () => batches,
      { steps: 0 },
      "predict: steps is 0, expected an integer of at least 1",
    ],
  ])("that %s", async (_, data, options, message) => {
    await expect(network().predict(data(), options)).rejects.toThrow(message);
  });

  test("whose predictions change their shape, or are not one an example", async () => {
    class Own extends Model {
      readonly head = layers.dense({ units: 1 });
      override predictStep([x]: readonly Tensor[]): readonly Tensor[] {
        return [x && (x.shape[0] ?? 0) < 3 ? this.head.call(x, { training: false }) : (x as Tensor)];
      }
      override call(x: Tensor) {
        return this.head.call(x, { training: false });
      }
    }
    await expect(new Own("own").predict(batches)).rejects.toThrow(
      "predict: the output own has the shape [1] for an example of batch 2 (counted from 0), but [2] in the batches before; pad all",
    );
    class Mean extends Own {
      override predictStep([x]: readonly Tensor[]): readonly Tensor[] {
        return [sum(this.head.call(x as Tensor, { training: false }), { axis: 0 })];
      }
    }
    await expect(new Mean("mean").predict(batches)).rejects.toThrow(
      "predict: the output mean has the shape [1] for a batch of 4 examples, expected [4, ...]",
    );
  });
});
