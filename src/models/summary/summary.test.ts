/** Summaries: what is counted, and how the table looks. */
import { expect, test } from "vitest";
import { RingGan } from "../../../test/support/ring-gan.ts";
import * as layers from "../../layers/index.ts";
import * as optimizers from "../../optimizers/index.ts";
import { setDevice } from "../../tensor/storage.ts";
import { input, model } from "../networks/functional.ts";
import { sequential } from "../networks/sequential.ts";
import { measure } from "./measure.ts";

setDevice("reference");

test.each<[what: string, layer: layers.Layer, inputShape: readonly number[], expected: number]>([
  ["dense", layers.dense({ units: 10 }), [64], 64 * 10],
  ["dense over several axes", layers.dense({ units: 10 }), [5, 64], 5 * 64 * 10],
  ["convolution", layers.conv2d({ filters: 32, kernelSize: 3 }), [28, 28, 3], 26 * 26 * 32 * 9 * 3],
  [
    "grouped convolution",
    layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, groups: 2, padding: "same" }),
    [8, 8, 4],
    4 * 4 * 8 * 9 * 2,
  ],
  ["depthwise convolution", layers.depthwiseConv2d({ kernelSize: 3 }), [6, 6, 5], 4 * 4 * 5 * 9],
  [
    "transposed convolution",
    layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2 }),
    [5, 5, 2],
    5 * 5 * 2 * 9 * 4,
  ],
  ["convolution along time", layers.conv1d({ filters: 6, kernelSize: 5 }), [20, 3], 16 * 6 * 5 * 3],
  ["LSTM", layers.lstm({ units: 32 }), [28, 8], 28 * 4 * 32 * (8 + 32)],
  ["bidirectional GRU", layers.bidirectional({ layer: layers.gru({ units: 4 }) }), [7, 3], 2 * 7 * 3 * 4 * (3 + 4)],
  ["batch normalization", layers.batchNormalization(), [16], 0],
])("multiply-adds of %s", (_, layer, inputShape, expected) => {
  const net = sequential([layer]);
  net.build(inputShape);
  const { multiplyAdds, layers: measured } = measure(net);
  expect(multiplyAdds).toBe(expected);
  expect(measured.get(layer)?.multiplyAdds).toBe(expected);
});

/** A tower applied to two inputs, and a head. */
function siamese() {
  const tower = sequential(
    [
      layers.dense({ units: 4, name: "hidden", inputShape: [3] }),
      sequential([layers.batchNormalization({ name: "norm" })], { name: "inner" }),
    ],
    { name: "tower" },
  );
  const [left, right] = [input({ shape: [3], name: "left" }), input({ shape: [3], name: "right" })];
  const joined = layers.concatenate({ name: "joined" }).apply([tower.apply(left), tower.apply(right)]);
  const whole = model({
    inputs: [left, right],
    outputs: layers.dense({ units: 1, name: "head" }).apply(joined),
    name: "net",
  });
  return { tower, whole };
}

const linesOf = (text: string) => text.split("\n").filter((line) => !line.startsWith("─"));

test("a shared model counts for each application; its layers are listed where asked for", () => {
  const { tower, whole } = siamese();
  tower.trainable = false;
  whole.compile({ optimizer: "adam", loss: "meanSquaredError" });
  expect(linesOf(whole.summary({ expandNested: true, showTrainable: true }))).toEqual([
    'Model "net"',
    "Layer (type)                   Output shape  Parameters  Frozen  Multiply-adds  Trainable  Connected to",
    "left (input)                   [batch, 3]             0       0              0  yes",
    "right (input)                  [batch, 3]             0       0              0  yes",
    "tower (sequential)             [batch, 4]            32      32             24  no         left; right",
    "  hidden (dense)               [batch, 4]            16      16             24  no",
    "  inner (sequential)           [batch, 4]            16      16              0  no",
    "    norm (batchNormalization)  [batch, 4]            16      16              0  no",
    "joined (concatenate)           [batch, 8]             0       0              0  yes        tower, tower[1]",
    "head (dense)                   [batch, 1]             9       0              8  yes        joined",
    "Parameters: 41",
    "  trainable: 9",
    "  not trainable: 32",
    "Multiply-adds: 32 an example",
    "Memory: weights 164 B; in training gradients 36 B and state of adam 72 B; activations 124 B an example",
  ]);
  expect(linesOf(whole.summary()).filter((line) => line.includes("hidden"))).toEqual([]);
});

test("a line length cuts long names, and a function or the console gets the text", () => {
  const long = sequential([layers.dense({ units: 2, name: "a layer with quite a long name", inputShape: [3] })]);
  let printed = "";
  const text = long.summary({ lineLength: 60, print: (given) => (printed = given) });
  expect(printed).toBe(text);
  expect(text).toMatch(/^a layer with qu.*… {2}\[batch, 2\] +8 +6$/m);
  const table = text.split("\n").filter((line) => !line.startsWith("Memory"));
  expect(Math.max(...table.map(({ length }) => length))).toBe(60);
  expect(() => long.summary({ lineLength: 10 })).toThrow("lineLength is 10, expected an integer of at least 40");
  const wrong: object = { expandNestd: true };
  expect(() => long.summary(wrong)).toThrow('unknown option "expandNestd", did you mean "expandNested"?');
});

test("a model with steps of its own is measured layer by layer", () => {
  const text = new RingGan({ name: "gan" }).summary();
  expect(text).toMatch(/^generator \(sequential\) +\[batch, 2\] +2,882 +2,784$/m);
  expect(text).toMatch(/^Multiply-adds: 5,232 an example$/m);
});

test("optimizers' state counts: moments, moving averages, sums of gradients", () => {
  const net = sequential([layers.dense({ units: 1000, inputShape: [999], name: "wide" })]);
  const memoryWith = (optimizer: optimizers.OptimizerLike) => {
    net.compile({ optimizer, loss: "meanSquaredError" });
    return net.summary().split("\n").at(-1);
  };
  expect(memoryWith("sgd")).toContain("gradients 4 MB and state of sgd 0 B");
  expect(memoryWith("adam")).toContain("state of adam 8 MB");
  expect(memoryWith(optimizers.adam({ useEma: true, gradientAccumulationSteps: 2 }))).toContain("state of adam 16 MB");
});
