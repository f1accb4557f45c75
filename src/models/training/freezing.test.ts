/** Layers that are frozen for a while and then go on: their weights, and what the optimizer remembers of each. */
import { beforeEach, expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import * as optimizers from "../../optimizers/index.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { setSeed } from "../../tensor/random.ts";
import { tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { sequential } from "../networks/sequential.ts";

beforeEach(() => setSeed(1));

/** The optimizer's state of the variables with a part in their names. */
const stateOf = async ({ variables }: Optimizer, part: string) =>
  Promise.all(
    variables.filter(({ name }) => name.includes(part)).map(async (each) => [each.name, await each.data()] as const),
  );

test.each(["adam", "rmsprop", "nadam", "lamb"] as const)(
  "%s: a variable that pauses keeps its moments, and the others go on as if alone",
  async (className) => {
    const make = () => optimizers.resolveOptimizer("test", { className, config: { learningRate: 0.1 } });
    const [pausing, steady] = ["pausing", "steady"].map((name) => new Variable(tensor([1, -2]), { name })) as [
      Variable,
      Variable,
    ];
    const optimizer = make();
    const g = tensor([0.5, -3]);
    optimizer.apply([g, g], [pausing, steady]);
    const before = [await pausing.data(), await stateOf(optimizer, "pausing")];
    optimizer.apply([tensor([2, 1])], [steady]);
    expect([await pausing.data(), await stateOf(optimizer, "pausing")]).toEqual(before);
    optimizer.apply([g, g], [pausing, steady]);
    const alone = new Variable(tensor([1, -2]), { name: "steady" });
    const other = make();
    for (const gradient of [g, tensor([2, 1]), g]) other.apply([gradient], [alone]);
    expect(await steady.data()).toEqual(await alone.data());
    expect(await stateOf(optimizer, "steady")).toEqual(await stateOf(other, "steady"));
    expect(await stateOf(optimizer, "pausing")).not.toEqual(before[1]);
  },
);

test("fit leaves a frozen layer's weights and moments alone, whichever layers were trained before", async () => {
  const x = Array.from({ length: 16 }, (_, index) => [Math.sin(index), Math.cos(index)]);
  const y = x.map(([a = 0, b = 0]) => a - 2 * b);
  const names = ["first", "second"] as const;
  const net = sequential([
    layers.dense({ units: 3, inputShape: [2], name: "first" }),
    layers.dense({ units: 1, name: "second" }),
  ]);
  const optimizer = optimizers.adam({ learningRate: 0.05 });
  net.compile({ optimizer, loss: "meanSquaredError" });
  const seen = async () =>
    Promise.all(
      names.map(async (name, index) => ({
        weights: await Promise.all((net.layers[index] as Layer).variables.map((each) => each.data())),
        state: await stateOf(optimizer, `/${name}/`),
      })),
    );
  // The second layer meets the optimizer first, and each is frozen once.
  for (const frozen of [0, 1, 0]) {
    for (const [index, layer] of net.layers.entries()) layer.trainable = index !== frozen;
    const before = await seen();
    await net.fit(x, y, { epochs: 2, batchSize: 8 });
    const after = await seen();
    expect(after[frozen]).toEqual(before[frozen]);
    expect(after[1 - frozen]?.weights).not.toEqual(before[1 - frozen]?.weights);
  }
  for (const name of names)
    expect((await stateOf(optimizer, `/${name}/`)).map(([each]) => each.split("/").at(1))).toEqual([
      "m",
      "v",
      "m",
      "v",
    ]);
});
