import { describe, expect, test } from "vitest";
import { sliceAxis } from "../../ops/slicing.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

setDevice("reference");

const context = { training: false };
const x = tensor(
  Array.from({ length: 24 }, (_, index) => Math.sin(index)),
  { shape: [2, 4, 3] },
);
const cells = () => [layers.lstm({ units: 2, name: "low" }), layers.gru({ units: 3, name: "high" })];

test("the states of all cells come out and go in again", async () => {
  const layer = layers.rnn({ cells: cells(), returnState: true });
  layer.build([4, 3]);
  expect(layer.outputShapes([[4, 3]])).toEqual([[3], [2], [2], [3]]);
  const results = layer.callOutputs([x], context);
  const again = layer.callOutputs([x, ...results.slice(1)], context);
  expect(again.map(({ shape }) => shape)).toEqual([[2, 3], [2, 2], [2, 2], [2, 3]]); // biome-ignore format: shapes
  expect(await again[0]?.data()).not.toEqual(await results[0]?.data());
});

test("stateful, a sequence in two halves is the whole one, until it is reset", async () => {
  const make = (stateful: boolean) => {
    const layer = layers.rnn({ cells: cells(), ...(stateful && { stateful, batchSize: 2 }) });
    layer.build([stateful ? 2 : 4, 3]);
    return layer;
  };
  const [whole, halves] = [make(false), make(true)];
  for (const [name, weight] of whole.weights) halves.weight(name).assign(weight);
  const expected = await whole.call(x, context).data();
  const half = (at: number) => sliceAxis(x, 1, at, at + 2);
  const read = async () => {
    halves.call(half(0), context);
    return halves.call(half(2), context).data();
  };
  expect(await read()).toEqual(expected);
  halves.resetStates();
  expect(await read()).toEqual(expected);
  expect(await read()).not.toEqual(expected);
});

describe("what does not fit is told", () => {
  test.each<[options: object, message: string]>([
    [{ cells: [] }, "rnn: cells is [], expected recurrent layers in an array, such as [layers.lstm({ units: 32 })]"],
    [{ cells: [layers.dense({ units: 2 })] }, "rnn: cells[0] is"],
    [
      { cells: [layers.gru({ units: 2, returnState: true })] },
      "rnn: cells[0] has returnState: true, which holds for all cells; give it to rnn instead",
    ],
    [{ cells: cells(), returnStates: true }, 'rnn: unknown option "returnStates", did you mean "returnState"?'],
    [{ cells: cells(), stateful: true }, "rnn: stateful keeps a state for each example of a batch; give batchSize"],
    [{ cells: cells(), returnState: 1 }, "rnn: returnState is 1"],
  ])("%#", (options, message) => {
    expect(() => layers.rnn(options as layers.RNNOptions)).toThrow(message);
  });

  test("states of another number or shape, and layers that are built", () => {
    const layer = layers.rnn({ cells: cells(), name: "memory" });
    layer.build([4, 3]);
    expect(() => layer.outputShapes([[4, 3], [2]])).toThrow(
      "memory: got a sequence and 1 initial states, [2] for an example; expected none or 3: 2 of [2] for low, one of [3] for high",
    );
    expect(() => layer.outputShapes([[4, 3], [2], [2], [2]])).toThrow(
      "memory/cell1: got a sequence and initial states",
    );
    expect(() => layer.call(tensor([[1, 2]]), context)).toThrow(
      "memory: an example has the shape [2] with 1 axis, but the layer takes 2",
    );
    const used = layers.gru({ units: 2 });
    used.build([4, 3]);
    expect(() => layers.rnn({ cells: [used] })).toThrow("is built already; give a new layer");
  });
});
