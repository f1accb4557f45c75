/** Conv1d and the other layers that slide along sequences: what a causal one sees, and what they refuse. */
import { expect, test } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const inference = { training: false };

test("a causal convolution's outputs see no later step", async () => {
  const layer = layers.conv1d({ filters: 1, kernelSize: 3, padding: "causal", dilationRate: 2 });
  layer.build([8, 1]);
  const sequence = (changed: number) => {
    const steps = Array.from({ length: 8 }, (_, step) => [step === changed ? 9 : step / 8]);
    return tensor([steps]);
  };
  const before = await layer.call(sequence(-1), inference).data();
  const after = await layer.call(sequence(5), inference).data();
  expect(after.slice(0, 5)).toEqual(before.slice(0, 5));
  expect(after[5]).not.toBe(before[5]);
  expect(after[6]).toBe(before[6]);
  expect(after[7]).not.toBe(before[7]);
});

test("a convolution of sequences is what its formula says", async () => {
  const layer = layers.conv1d({ filters: 1, kernelSize: 2, strides: 2 });
  layer.build([5, 1]);
  layer.weight("kernel").assign(tensor([[[1]], [[10]]]));
  layer.weight("bias").assign(tensor([0.5]));
  expect(await layer.call(tensor([[[1], [2], [3], [4], [5]]]), inference).array()).toEqual([[[21.5], [43.5]]]);
});

test("a window longer than the sequence says so", () => {
  expect(() => layers.conv1d({ filters: 1, kernelSize: 3, dilationRate: 2, name: "c" }).build([4, 2])).toThrow(
    'c: the kernel reaches over 5 steps of the length, but an example of the shape [4, 2] has only 4; use padding "same", a smaller window, ' +
      "or longer sequences",
  );
  expect(() => layers.maxPooling1d({ poolSize: 3, name: "p" }).build([2, 2])).toThrow(
    "p: the pooling window reaches over 3 steps of the length, but an example of the shape [2, 2] has only 2",
  );
});

test("wrong options name what was meant", () => {
  const wrong = (text: string) => () => layers.conv1d({ filters: 2, kernelSize: 1, ...JSON.parse(text) });
  expect(wrong('{ "padding": "casual" }')).toThrow('conv1d: padding is "casual", did you mean "causal"?');
  expect(wrong('{ "padding": [1] }')).toThrow(
    'conv1d: padding is [1], expected "valid", "same", "causal" or [before, after]',
  );
  expect(wrong('{ "kernelSize": [3, 3] }')).toThrow("conv1d: kernelSize is [3, 3], expected an integer or [length]");
  expect(wrong('{ "groups": 3 }')).toThrow("conv1d: filters is 2, which the 3 groups do not divide");
  expect(() => layers.averagePooling1d(JSON.parse('{ "padding": "casual" }'))).toThrow(
    'averagePooling1d: padding is "casual"; known are valid, same',
  );
  expect(() => layers.conv1d({ filters: 2, kernelSize: 1, groups: 2, name: "g" }).build([5, 3])).toThrow(
    "g: the last axis of [5, 3] is 3 channels, which the 2 groups do not divide",
  );
});
