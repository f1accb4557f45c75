/** A single dense unit, trained on the diabetes data, comes to the least squares fit. */
import { describe, expect, test } from "vitest";
import { diabetes } from "../../src/data/datasets/diabetes.ts";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { devices } from "../support/devices.ts";
import { type GoldenCase, readGolden } from "./golden.ts";

type Fit = { readonly r2: number; readonly coefficients: readonly number[]; readonly intercept: number };
const [golden] = readGolden<GoldenCase<object, object, Fit>>("diabetes.sklearn.json");

describe.each(devices.map((device) => [device.name, device] as const))("on the %s device", (_name, device) => {
  test("gradient descent comes to R² = 0.51775 and the coefficients of least squares", async () => {
    setDevice(device);
    const data = await diabetes();
    const model = sequential([layers.dense({ units: 1, kernelInitializer: "zeros" })]);
    model.compile({
      // The columns have length 1, so that the mean over 442 examples makes the gradients small.
      optimizer: optimizers.sgd({ learningRate: 80, momentum: 0.9, learningRateMultipliers: { bias: 0.5 / 442 } }),
      loss: "meanSquaredError",
      metrics: ["r2Score"],
    });
    await model.fit(data, { epochs: 600, batchSize: data.length, shuffle: false });
    const { r2Score } = await model.evaluate(data);
    expect(Math.abs((r2Score as number) - 0.51775)).toBeLessThan(2e-5);
    const { r2, coefficients, intercept } = (golden as GoldenCase<object, object, Fit>).outputs;
    expect(r2Score).toBeCloseTo(r2, 5);
    const [kernel, bias] = await Promise.all(model.getWeights().map((weight) => weight.data()));
    for (const [index, coefficient] of coefficients.entries())
      expect(Math.abs((kernel?.[index] as number) - coefficient)).toBeLessThan(0.5);
    expect(bias?.[0]).toBeCloseTo(intercept, 2);
  });
});
