/** Runs a layer on golden inputs: forward, and backward from a given gradient of its output. */

import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { expectGolden, type GoldenTensor, tensorOf } from "./golden.ts";

/** What a layer made of a batch: its output, and the gradients of `sum(output * outputGradient)` for the input and the weights. */
export interface GoldenRun {
  readonly output: GoldenTensor;
  readonly gradients: { readonly input: GoldenTensor } & Readonly<Record<string, GoldenTensor>>;
}

/** A layer of a class with options, built for batches like `input`, with the given weights. */
export function makeLayer(
  className: string,
  config: Configuration,
  input: GoldenTensor,
  weights: Readonly<Record<string, GoldenTensor>>,
): Layer {
  const layer = layerFromConfig({ className, config });
  layer.build(input.shape.slice(1));
  for (const [name, golden] of Object.entries(weights)) layer.weight(name).assign(tensorOf(golden));
  return layer;
}

/** Runs a layer and fails where output or gradients differ from the golden ones. */
export async function expectLayer(
  layer: Layer,
  { input, outputGradient }: { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor },
  golden: GoldenRun,
  training: boolean,
): Promise<void> {
  const x = tensorOf(input);
  const output = layer.call(x, { training });
  const names = Object.keys(golden.gradients).filter((name) => name !== "input");
  const variables = [x, ...names.map((name) => layer.weight(name))];
  const met = gradients(sum(multiply(output, tensorOf(outputGradient))), variables);
  await expectGolden("output", output, golden.output);
  for (const [index, name] of ["input", ...names].entries())
    await expectGolden(`gradient of ${name}`, met[index], golden.gradients[name]);
}
