/** Connectionist temporal classification as in PyTorch and Keras: losses, gradients, and the greedy reading. */
import { describe, expect, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { CTC } from "../../src/losses/index.ts";
import { ctcGreedyDecode } from "../../src/ops/ctc-decode.ts";
import { type CTCLossOptions, ctcLoss } from "../../src/ops/ctc-loss.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

interface Inputs {
  readonly labels: GoldenTensor;
  readonly logits: GoldenTensor;
  readonly labelLength?: GoldenTensor;
  readonly logitLength?: GoldenTensor;
}
type Case = GoldenCase<
  Inputs,
  Configuration & Pick<CTCLossOptions, "blank" | "zeroInfinity">,
  { readonly loss: GoldenTensor; readonly gradient: GoldenTensor }
>;

function lossOf({ labels, labelLength, logitLength }: Inputs, logits: Tensor, options: Case["options"]): Tensor {
  // The loss's class takes no lengths; it counts the labels that are not padding.
  if (options.reduction !== undefined) return new CTC(options).call(tensorOf(labels), logits);
  return ctcLoss(tensorOf(labels), logits, {
    ...options,
    ...(labelLength && { labelLength: tensorOf(labelLength) }),
    ...(logitLength && { logitLength: tensorOf(logitLength) }),
  });
}

for (const origin of ["torch", "keras"])
  describe(`CTC as in ${origin}`, () => {
    test.each(named<Case>(`ctc.${origin}.json`))("%s", async (_, { inputs, options, outputs }) => {
      const logits = tensorOf(inputs.logits);
      const loss = lossOf(inputs, logits, options);
      await expectGolden("loss", loss, outputs.loss);
      const [gradient] = gradients(sum(loss), [logits]);
      await expectGolden("gradient", gradient, outputs.gradient, { relative: 1e-5, absolute: 1e-5 });
    });
  });

type Reading = GoldenCase<
  { readonly logits: GoldenTensor; readonly logitLength: GoldenTensor },
  { readonly mergeRepeated: boolean },
  { readonly labels: GoldenTensor }
>;

test.each(named<Reading>("ctc-greedy.keras.json"))("the greedy reading as in Keras, %s", async (_, golden) => {
  const { logits, logitLength } = golden.inputs;
  const readings = await ctcGreedyDecode(tensorOf(logits), {
    ...golden.options,
    logitLength: logitLength.data.map(Number),
  });
  const { shape, data } = golden.outputs.labels;
  const columns = shape[1] as number;
  // Keras fills up with the mask's index, 0, or with -1.
  for (const [row, { labels }] of readings.entries())
    expect(labels).toEqual(
      data
        .slice(row * columns, (row + 1) * columns)
        .map(Number)
        .filter((label) => label > 0),
    );
});
