/** Gradients of gradients of the normalizations, against differences of first gradients. */
import { beforeEach, describe, expect, test } from "vitest";
import { devices, reference } from "../../../test/support/devices.ts";
import { multiply } from "../../ops/elementwise.ts";
import { gradients } from "../../ops/gradients.ts";
import { sum } from "../../ops/reduce.ts";
import { jit } from "../../tensor/jit.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";
import type { Layer } from "../layer.ts";

const shape = [3, 2, 4];
/** Numbers without a pattern that could hide an error. */
const numbers = (phase: number) => Float32Array.from({ length: 24 }, (_, index) => Math.sin(index * index + phase));
const at = (values: ArrayLike<number>) => tensor(Float32Array.from(values), { shape });
const [x, weights, direction] = [numbers(0), numbers(1), numbers(2)] as const;

const normalizations: Readonly<Record<string, () => Layer>> = {
  batchNormalization: () => layers.batchNormalization({ gammaInitializer: "randomNormal" }),
  layerNormalization: () => layers.layerNormalization(),
  groupNormalization: () => layers.groupNormalization({ groups: 2 }),
  instanceNormalization: () => layers.instanceNormalization({ epsilon: 0.1 }),
  rmsNormalization: () => layers.rmsNormalization(),
};

/** The gradient of Σ weights · layer(x), and that of its part along `direction`. */
function bothGradients(layer: Layer) {
  const first = (input: Tensor) => {
    const output = sum(multiply(layer.call(input, { training: true }), at(weights)));
    return gradients(output, [input])[0] as Tensor;
  };
  const second = (input: Tensor) => gradients(sum(multiply(first(input), at(direction))), [input])[0] as Tensor;
  return { first: jit(first), second: jit(second) };
}

describe.each(Object.entries(normalizations))("%s", (_name, make) => {
  test("the gradient of a gradient is the change of the gradient", async () => {
    setDevice(reference);
    const layer = make();
    layer.build(shape.slice(1));
    const { first, second } = bothGradients(layer);
    // A step of float32's own inputs: the reference device computes in float64.
    const step = 2 ** -9;
    const along = (sign: number) =>
      at(x.map((value, index) => value + sign * step * Math.fround(direction[index] as number)));
    const [after, before] = await Promise.all([1, -1].map((sign) => first(along(sign)).data()));
    const expected = Array.from(
      after as ArrayLike<number>,
      (value, index) => (value - (before?.[index] as number)) / (2 * step),
    );
    const found = await second(at(x)).data();
    const scale = Math.max(...expected.map(Math.abs));
    for (const [index, value] of expected.entries())
      expect((found[index] as number) / scale).toBeCloseTo(value / scale, 3);
  });
});

describe.each(devices.slice(1).map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  beforeEach(() => {
    setDevice(device);
  });

  test.each(Object.entries(normalizations))("%s has the reference's second gradients", async (_layer, make) => {
    const results: (readonly number[])[] = [];
    for (const each of [reference, device]) {
      setDevice(each);
      const layer = make();
      layer.build(shape.slice(1));
      for (const variable of layer.variables)
        if (variable.name.endsWith("gamma")) variable.assign(tensor([1, 2, -1, 0.5]));
      results.push(Array.from(await bothGradients(layer).second(at(x)).data()));
    }
    const [expected, found] = results as [readonly number[], readonly number[]];
    const scale = Math.max(...expected.map(Math.abs));
    for (const [index, value] of expected.entries())
      expect((found[index] as number) / scale).toBeCloseTo(value / scale, 4);
  });
});
