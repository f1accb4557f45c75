/** Batch normalization: three training batches and then inference, with the moving statistics that Keras keeps. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named } from "./golden.ts";
import { expectLayer, type GoldenRun, makeLayer } from "./layer.ts";

interface TrainingRun extends GoldenRun {
  readonly movingMean: GoldenTensor;
  readonly movingVariance: GoldenTensor;
}
type Weights = { readonly gamma?: GoldenTensor; readonly beta?: GoldenTensor };
type Case = GoldenCase<
  Weights & { readonly batches: readonly GoldenTensor[]; readonly outputGradients: readonly GoldenTensor[] },
  Configuration,
  { readonly training: readonly TrainingRun[]; readonly inference: GoldenRun }
>;

describe("batch normalization as in Keras", () => {
  test.each(named<Case>("batch-normalization.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    const { batches, outputGradients, ...weights } = inputs;
    const layer = makeLayer("batchNormalization", options, batches[0]!, weights);
    for (const [step, golden] of outputs.training.entries()) {
      await expectLayer(layer, { input: batches[step]!, outputGradient: outputGradients[step]! }, golden, true);
      await expectGolden(`moving mean after batch ${step}`, layer.weight("movingMean"), golden.movingMean);
      await expectGolden(`moving variance after batch ${step}`, layer.weight("movingVariance"), golden.movingVariance);
    }
    const last = { input: batches.at(-1)!, outputGradient: outputGradients.at(-1)! };
    await expectLayer(layer, last, outputs.inference, false);
  });
});
