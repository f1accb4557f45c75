/** Functions as layers: samples of several shapes. */
import { registerFunction } from "../../src/layers/functions.ts";
import { multiply, square, tanh } from "../../src/ops/elementwise.ts";
import { sum } from "../../src/ops/reduce.ts";
import type { LayerSample } from "./layer-samples.ts";

registerFunction("sample: scaled hyperbolic tangent", (x, { arguments: { factor } }) =>
  multiply(tanh(x), typeof factor === "number" ? factor : 2),
);
registerFunction("sample: squares summed over the last axis", (x) => sum(square(x), { axis: -1 }));

export const lambdaSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  lambda: [
    { inputShape: [5], config: { function: "sample: scaled hyperbolic tangent" } },
    { inputShape: [5], config: { function: "sample: scaled hyperbolic tangent", arguments: { factor: -3 } } },
    { inputShape: [2, 3], config: { function: "sample: squares summed over the last axis", outputShape: [2] } },
  ],
};
