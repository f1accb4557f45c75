/** Recurrent layers: states kept and handed on, masks, dropout, the layers around them, and what is refused. */
import { describe, expect, test } from "vitest";
import { values } from "../../../test/support/layer-samples.ts";
import { notEqual } from "../../ops/elementwise.ts";
import { sequenceMask } from "../../ops/sequence-mask.ts";
import { slice } from "../../ops/slicing.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

setDevice("reference");

const context = { training: false };
const ones = (rows: readonly (readonly number[])[]) => notEqual(tensor(rows), 0);
const kinds = { gru: layers.gru, lstm: layers.lstm, simpleRNN: layers.simpleRNN };
type Kind = keyof typeof kinds;
const all = Object.keys(kinds) as Kind[];

/** A layer with weights of its own, built for `[batch, 4, 3]`. */
function built<L extends layers.Layer>(layer: L, ...states: number[][]): L {
  layer.buildAll([[4, 3], ...states]);
  for (const [index, weight] of layer.trainableVariables.entries()) weight.assign(values(weight.shape, 30 + index));
  return layer;
}
const steps = (x: Tensor, start: number, count: number) =>
  slice(x, { start: [0, start, 0], size: [x.shape[0] as number, count, x.shape[2] as number] });

describe.each(all)("%s", (kind) => {
  const make = kinds[kind];
  const x = values([2, 4, 3], 1);

  test("goes on from a state that it gave as if there had been no break", async () => {
    const layer = built(make({ units: 2, returnState: true, returnSequences: true }));
    const [whole] = layer.callOutputs([x], context) as [Tensor];
    const [, ...state] = layer.callOutputs([steps(x, 0, 3)], context);
    const [rest] = layer.callOutputs([steps(x, 3, 1), ...state], context) as [Tensor];
    expect(await rest.data()).toEqual(await steps(whole, 3, 1).data());
  });

  test("stateful, it keeps the state between calls until it is reset", async () => {
    const layer = built(make({ units: 2, stateful: true, batchSize: 2 }));
    const other = built(make({ units: 2 }));
    for (const [name, weight] of other.weights) weight.assign(layer.weight(name));
    const whole = await other.call(x, context).data();
    const first = await layer.call(steps(x, 0, 3), context).data();
    expect(await layer.call(steps(x, 3, 1), context).data()).toEqual(whole);
    layer.resetStates();
    expect(await layer.call(steps(x, 0, 3), context).data()).toEqual(first);
    expect(layer.trainableVariables.some(({ name }) => name.includes("state"))).toBe(false);
  });

  test("what a mask leaves out changes nothing, wherever it stands", async () => {
    const layer = built(make({ units: 2, returnState: true }));
    const plain = layer.callOutputs([steps(x, 0, 2)], context);
    const padded = tensor([
      [9, 9, 9],
      [9, 9, 9],
    ]);
    const rows = await x.array();
    const [a, b] = rows as number[][][];
    const pad = (await padded.array()) as number[][];
    const right = tensor([
      [...(a as number[][]).slice(0, 2), ...pad],
      [...(b as number[][]).slice(0, 2), ...pad],
    ]);
    const left = tensor([
      [...pad, ...(a as number[][]).slice(0, 2)],
      [...pad, ...(b as number[][]).slice(0, 2)],
    ]);
    for (const [data, mask] of [
      [right, sequenceMask(tensor([2, 2]), 4)],
      [
        left,
        ones([
          [0, 0, 1, 1],
          [0, 0, 1, 1],
        ]),
      ],
    ] as const)
      for (const [index, result] of layer.callOutputs([data], { ...context, masks: [mask] }).entries())
        expect(await result.data()).toEqual(await plain[index]?.data());
  });

  test("dropout draws anew at each call in training and not otherwise", async () => {
    const layer = built(make({ units: 2, dropout: 0.4, recurrentDropout: 0.4, seed: 1 }));
    const inference = await layer.call(x, context).data();
    expect(await layer.call(x, context).data()).toEqual(inference);
    const first = await layer.call(x, { training: true }).data();
    expect(await layer.call(x, { training: true }).data()).not.toEqual(first);
    layer.reseed(1);
    expect(await layer.call(x, { training: true }).data()).toEqual(first);
  });

  test("initial states, batches and masks that do not fit are errors that name the layer and the shapes", () => {
    const layer = built(make({ units: 2, name: "memory" }));
    const count = kind === "lstm" ? "2" : "one";
    expect(() => layer.callOutputs([x, values([2, 3], 1)], context)).toThrow(
      `memory: got a sequence and initial states of the shapes [3] for an example; a ${kind} of 2 units takes ${count} of [2], or none`,
    );
    expect(() => layer.call(x, { ...context, masks: [ones([[1, 1, 1]])] })).toThrow(
      "memory: the mask has the shape [1, 3] and the input [2, 4, 3]; expected [2, 4], one value for each step",
    );
    expect(() => layer.call(x, { ...context, masks: [notEqual(x, 0)] })).toThrow(
      "memory: the mask has the shape [2, 4, 3] and the input [2, 4, 3]; expected [2, 4], one value for each step",
    );
    const stateful = built(make({ units: 2, stateful: true, batchSize: 3, name: "kept" }));
    expect(() => stateful.call(x, context)).toThrow(
      "kept: the batch has 2 examples, but a stateful layer keeps the states of 3",
    );
    expect(() => make({ units: 2, stateful: true })).toThrow(
      `${kind}: stateful keeps a state for each example of a batch`,
    );
    expect(() => make({ units: 2, returnStates: true } as never)).toThrow(
      `${kind}: unknown option "returnStates", did you mean "returnState"?`,
    );
  });

  test("constraints hold for the weights they are given for", () => {
    const layer = built(make({ units: 2, recurrentConstraint: "unitNorm", biasConstraint: "nonNegative" }));
    expect(layer.weight("kernel").constraint).toBeUndefined();
    expect(layer.weight("recurrentKernel").constraint).toBeDefined();
    expect(layer.weight("bias").constraint).toBeDefined();
  });
});

test("with recurrent dropout each gate drops other values; without it all the same", async () => {
  /** How many different outputs one unit has whose gates all see the same input, dropped or not. */
  const kept = async (options: Partial<layers.LSTMOptions>) => {
    const layer = layers.lstm({ units: 1, kernelInitializer: "ones", dropout: 0.5, seed: 3, ...options });
    layer.build([1, 1]);
    const outputs = new Set<number>();
    for (const value of await layer
      .call(tensor(new Float32Array(64).fill(1), { shape: [64, 1, 1] }), { training: true })
      .data())
      outputs.add(value);
    return outputs.size;
  };
  expect(await kept({})).toBe(2);
  expect(await kept({ recurrentDropout: 0.5 })).toBeGreaterThan(2);
});

test("a sequence backwards has its mask backwards", async () => {
  const layer = built(layers.gru({ units: 2, goBackwards: true, returnSequences: true }));
  const mask = ones([[1, 1, 0, 0]]);
  const { masks } = layer.run([values([1, 4, 3], 1)], { ...context, masks: [mask] });
  expect(await masks[0]?.array()).toEqual([[0, 0, 1, 1]]);
});

describe("bidirectional", () => {
  const x = values([2, 4, 3], 1);

  test("gives the states of both directions, and takes them", async () => {
    const layer = layers.bidirectional({ layer: layers.lstm({ units: 2, returnState: true }) });
    built(layer);
    expect(layer.outputShapes([[4, 3]])).toEqual([[4], [2], [2], [2], [2]]);
    const results = layer.callOutputs([x], context);
    const again = layer.callOutputs([x, ...results.slice(1)], context);
    expect(again.map(({ shape }) => shape)).toEqual(results.map(({ shape }) => shape));
    expect(await again[0]?.data()).not.toEqual(await results[0]?.data());
  });

  test("apart, the outputs are those of the two layers in the order of the steps, with the mask", async () => {
    const layer = built(
      layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true }), mergeMode: null }),
    );
    const joined = layers.bidirectional({ layer: layers.gru({ units: 2, returnSequences: true }) });
    built(joined);
    const mask = sequenceMask(tensor([4, 2]), 4);
    const apart = layer.run([x], { ...context, masks: [mask] });
    expect(await Promise.all(apart.masks.map((each) => each?.data()))).toEqual([await mask.data(), await mask.data()]);
    const together = await joined.run([x], { ...context, masks: [mask] }).outputs[0]?.array();
    const [left, right] = await Promise.all(apart.outputs.map((each) => each.array()));
    const rows = left as number[][][];
    expect(together).toEqual(
      rows.map((row, index) => row.map((step, at) => [...step, ...((right as number[][][])[index]?.[at] ?? [])])),
    );
  });

  test("layers that do not fit one another are errors", () => {
    const { bidirectional, lstm, gru } = layers;
    expect(() => bidirectional({ layer: lstm({ units: 2 }), backwardLayer: gru({ units: 2 }) })).toThrow(
      "bidirectional: goBackwards is false in both layers; give backwardLayer true",
    );
    expect(() =>
      bidirectional({
        layer: lstm({ units: 2 }),
        backwardLayer: gru({ units: 2, goBackwards: true, returnState: true }),
      }),
    ).toThrow("bidirectional: returnState is false in layer and true in backwardLayer; give both the same");
    expect(() =>
      bidirectional({
        layer: lstm({ units: 2 }),
        backwardLayer: gru({ units: 3, goBackwards: true }),
        mergeMode: "sum",
      }),
    ).toThrow('layer has 2 units and backwardLayer 3; only mergeMode "concat" takes different ones');
    expect(() => bidirectional({ layer: 3 as never })).toThrow("bidirectional: layer is 3, expected a recurrent layer");
    const layer = bidirectional({ layer: lstm({ units: 2 }), name: "both" });
    expect(() => layer.buildAll([[4, 3], [2]])).toThrow(
      "both: got a sequence and 1 initial states, expected none or 2 for the forward layer and 2 for the backward one",
    );
  });

  test("stateful, it is reset in both directions", async () => {
    const layer = built(layers.bidirectional({ layer: layers.gru({ units: 2, stateful: true, batchSize: 2 }) }));
    const first = await layer.call(x, context).data();
    expect(await layer.call(x, context).data()).not.toEqual(first);
    layer.resetStates();
    expect(await layer.call(x, context).data()).toEqual(first);
  });
});

describe("timeDistributed", () => {
  test("applies its layer to each step by itself", async () => {
    const layer = layers.timeDistributed({ layer: layers.dense({ units: 2 }) });
    layer.build([4, 3]);
    const x = values([2, 4, 3], 1);
    const output = await layer.call(x, context).data();
    expect(output).toEqual(await layer.layer.call(x, context).data());
    expect([...layer.weights.keys()]).toEqual(["layer/kernel", "layer/bias"]);
  });

  test("hands a mask of steps on, and one inside the steps to its layer", async () => {
    const steps = ones([[1, 0]]);
    const plain = layers.timeDistributed({ layer: layers.dense({ units: 2 }) });
    plain.build([2, 3]);
    expect(await plain.run([values([1, 2, 3], 1)], { ...context, masks: [steps] }).masks[0]?.array()).toEqual([[1, 0]]);
    const words = notEqual(
      tensor([
        [
          [1, 1, 0],
          [0, 0, 0],
        ],
      ]),
      0,
    );
    const sentences = layers.timeDistributed({ layer: layers.globalAveragePooling1d() });
    sentences.build([2, 3, 1]);
    const { outputs, masks } = sentences.run(
      [
        tensor([
          [
            [[2], [4], [9]],
            [[9], [9], [9]],
          ],
        ]),
      ],
      { ...context, masks: [words] },
    );
    expect(await outputs[0]?.array()).toEqual([[[3], [0]]]);
    expect(await masks[0]?.array()).toEqual([[1, 0]]);
  });

  test("needs a layer, and steps", () => {
    expect(() => layers.timeDistributed({ layer: "dense" as never })).toThrow(
      'timeDistributed: layer is "dense", expected a layer such as layers.dense({ units: 10 })',
    );
    const layer = layers.timeDistributed({ layer: layers.dense({ units: 2 }), name: "each" });
    expect(() => layer.build([3])).toThrow(
      "each: an example has the shape [3] with 1 axis, but the layer takes at least 2",
    );
  });
});
