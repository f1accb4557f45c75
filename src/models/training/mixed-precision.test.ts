/** Models compiled for bfloat16: what they compute, that they learn as in float32, and that saved ones remember it. */
import { describe, expect, test } from "vitest";
import { load, saveModel } from "../../io/model.ts";
import * as layers from "../../layers/index.ts";
import * as losses from "../../losses/index.ts";
import { cast } from "../../ops/elementwise.ts";
import * as optimizers from "../../optimizers/index.ts";
import { randomNormal, randomUniform, setSeed } from "../../tensor/random.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Model } from "../model.ts";
import { sequential } from "../networks/sequential.ts";
import { setSaver } from "../saver.ts";

setDevice("native");
setSaver(saveModel);

type Precision = "float32" | "bfloat16";
const fine = 1 + 2 ** -9; // rounds to 1

/** y = x, with a weight of 1. */
function identity(mixedPrecision?: Precision): Model {
  const model = sequential([layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", inputShape: [1] })]);
  if (mixedPrecision) model.compile({ optimizer: "sgd", loss: "meanSquaredError", mixedPrecision });
  return model;
}

async function lossesOf(make: () => Model, x: Tensor, y: Tensor, mixedPrecision: Precision): Promise<number[]> {
  setSeed(3);
  const model = make();
  model.compile({
    optimizer: optimizers.adam({ learningRate: 1e-3 }),
    loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
    mixedPrecision,
  });
  const { history } = await model.fit(x, y, { epochs: 10, batchSize: 32, shuffle: false, seed: 1 });
  return [...(history.loss ?? [])];
}

describe("mixedPrecision", () => {
  test("predictions and losses are computed in it", async () => {
    const [x, y] = [tensor([[fine]]), tensor([[1]])];
    expect(await (await identity().predict(x)).array()).toEqual([[fine]]);
    expect(await (await identity("float32").predict(x)).array()).toEqual([[fine]]);
    const model = identity("bfloat16");
    expect(await (await model.predict(x)).array()).toEqual([[1]]);
    expect((await model.evaluate(x, y)).loss).toBe(0);
    expect((await identity("float32").evaluate(x, y)).loss).toBeGreaterThan(0);
  });

  test("the weights that are trained stay float32", async () => {
    const model = identity("bfloat16");
    // The gradient is 2 · (1 - 1.01) = -0.02, the step 2e-4: less than bfloat16 tells apart at 1.
    await model.fit(tensor([[1]]), tensor([[1.01]]), { epochs: 1 });
    const [weight] = (await model.variables[0]?.data()) ?? [];
    expect(weight).toBeCloseTo(1.0002, 5);
  });

  test("a model that compile is given anew predicts in the new precision", async () => {
    const model = identity("bfloat16");
    const x = tensor([[fine]]);
    await model.predict(x);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    expect(await (await model.predict(x)).array()).toEqual([[fine]]);
  });

  test("a saved model remembers it", async () => {
    const files = await identity("bfloat16").toFiles();
    const loaded = await load(files);
    expect(loaded.compilation.mixedPrecision).toBe("bfloat16");
    expect(await (await loaded.predict(tensor([[fine]]))).array()).toEqual([[1]]);
  });

  test("an unknown one is refused", () => {
    const model = identity();
    const options = { optimizer: "sgd", loss: "meanSquaredError", mixedPrecision: "bfloat" } as const;
    // @ts-expect-error a name that there is not
    expect(() => model.compile(options)).toThrow(/mixedPrecision is "bfloat", did you mean "bfloat16"\?/);
  });

  test("a multilayer perceptron learns as in float32: losses within 2 % after 200 steps", async () => {
    const wide = () =>
      sequential([
        layers.dense({ units: 256, activation: "relu", inputShape: [64] }),
        layers.dense({ units: 256, activation: "relu" }),
        layers.dense({ units: 50 }),
      ]);
    setSeed(1);
    const [x, y] = [randomNormal([640, 64]), cast(randomUniform([640], { high: 50 }), "int32")];
    const [exact, rounded] = [await lossesOf(wide, x, y, "float32"), await lossesOf(wide, x, y, "bfloat16")];
    expect(exact.length).toBe(10);
    expect(exact.at(-1)).toBeLessThan((exact[0] as number) / 2);
    for (const [epoch, loss] of exact.entries())
      expect(Math.abs((rounded[epoch] as number) / loss - 1)).toBeLessThan(0.02);
    expect(rounded).not.toEqual(exact);
  });

  test("a transformer learns as in float32: losses within 2 % after 200 steps", async () => {
    const gpt = () =>
      sequential([
        layers.tokenAndPositionEmbedding({ vocabularySize: 20, sequenceLength: 16, embeddingDim: 32 }),
        layers.transformerDecoder({ numHeads: 2, intermediateDim: 64 }),
        layers.transformerDecoder({ numHeads: 2, intermediateDim: 64 }),
        layers.dense({ units: 20 }),
      ]);
    setSeed(1);
    const x = cast(randomUniform([640, 16], { high: 20 }), "int32");
    const [exact, rounded] = [await lossesOf(gpt, x, x, "float32"), await lossesOf(gpt, x, x, "bfloat16")];
    for (const [epoch, loss] of exact.entries())
      expect(Math.abs((rounded[epoch] as number) / loss - 1)).toBeLessThan(0.02);
    expect(rounded).not.toEqual(exact);
  });
});
