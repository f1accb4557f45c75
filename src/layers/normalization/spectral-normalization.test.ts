/** SpectralNormalization: the norm it gives, the state it keeps, and what it refuses. */
import { expect, test } from "vitest";
import { constant } from "../../initializers/index.ts";
import { jit } from "../../tensor/jit.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";

const inference = { training: false };
const identity = tensor([
  [1, 0],
  [0, 1],
]);

function diagonal(layer: layers.SpectralNormalization, values: readonly [number, number]): void {
  layer.build([2]);
  layer.weight("layer/kernel").assign(
    tensor([
      [values[0], 0],
      [0, values[1]],
    ]),
  );
}

test("calls in training lead to the kernel over its largest singular value, which stays as it was learned", async () => {
  const layer = layers.spectralNormalization({ layer: layers.dense({ units: 2, useBias: false }) });
  diagonal(layer, [4, -1]);
  layer.weight("vectorU").assign(tensor([0.6, 0.8]));
  const train = jit((x: Tensor) => layer.call(x, { training: true }));
  for (let call = 0; call < 10; call++) await train(identity).data();
  const result = await layer.call(identity, inference).data();
  for (const [index, value] of [1, 0, 0, -0.25].entries()) expect(result[index]).toBeCloseTo(value, 5);
  expect([...(await layer.weight("layer/kernel").data())]).toEqual([4, 0, 0, -1]);
});

test("when it is built its vector is near the singular one already", async () => {
  const layer = layers.spectralNormalization({
    layer: layers.dense({ units: 3, useBias: false, kernelInitializer: constant({ value: 2 }) }),
  });
  layer.build([3]);
  for (const value of await layer.weight("vectorU").data()) expect(Math.abs(value)).toBeCloseTo(Math.sqrt(1 / 3), 6);
});

test("a kernel of zeros stays one, and the vector as it was", async () => {
  const layer = layers.spectralNormalization({ layer: layers.dense({ units: 2 }) });
  diagonal(layer, [0, 0]);
  layer.weight("vectorU").assign(tensor([0.6, 0.8]));
  expect([...(await layer.call(identity, { training: true }).data())]).toEqual([0, 0, 0, 0]);
  for (const [index, value] of [0.6, 0.8].entries())
    expect((await layer.weight("vectorU").data())[index]).toBeCloseTo(value, 6);
});

test("what it cannot wrap is an error that says why", () => {
  expect(() => layers.spectralNormalization({ layer: layers.flatten({ name: "f" }), name: "s" }).build([2, 2])).toThrow(
    's: the layer s/layer, a flatten, has no weight "kernel" or "embeddings" to normalize; it has none',
  );
  expect(() => layers.spectralNormalization(JSON.parse('{ "layer": "dense" }'))).toThrow(
    'spectralNormalization: layer is "dense", expected a layer such as layers.dense({ units: 10 })',
  );
  expect(() => layers.spectralNormalization({ layer: layers.dense({ units: 1 }), powerIterations: 0 })).toThrow(
    "spectralNormalization: powerIterations is 0, expected an integer of at least 1",
  );
  const built = layers.spectralNormalization({ layer: layers.dense({ units: 1 }), name: "s" });
  built.build([3]);
  expect(() => built.call(identity, inference)).toThrow("the last axis is 2, but the layer was built for 3");
});
