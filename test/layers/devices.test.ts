/** Every layer computes the same on every device: its result, its gradients and its state after a training call. */
import { describe, expect, test } from "vitest";
import type { Device } from "../../src/devices/device.ts";
import { multiply } from "../../src/ops/elementwise.ts";
import { gradients } from "../../src/ops/gradients.ts";
import { sum } from "../../src/ops/reduce.ts";
import { jit } from "../../src/tensor/jit.ts";
import { setSeed } from "../../src/tensor/random.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { fastDevices, reference } from "../support/devices.ts";
import { builtLayer, inputsFor, type LayerSample, layerSamples, values } from "../support/layer-samples.ts";

const batch = 5;

async function trainOn(device: Device, className: string, sample: LayerSample) {
  setDevice(device);
  setSeed(1);
  const layer = builtLayer(className, sample);
  const outputGradient = values([batch, ...layer.outputShape(sample.inputShape)], 2);
  const step = jit((x: Tensor) => {
    const output = layer.call(x, { training: true });
    return {
      output,
      gradients: gradients(sum(multiply(output, outputGradient)), [
        ...(x.dtype === "float32" ? [x] : []),
        ...layer.trainableVariables,
      ]),
    };
  });
  const result = step(inputsFor(sample, batch));
  const tensors = [result.output, ...result.gradients, ...layer.nonTrainableVariables];
  return Promise.all(tensors.map((each) => each.data()));
}

const cases = Object.entries(layerSamples).flatMap(([className, list]) =>
  list.map((sample) => ({ title: `${className} ${JSON.stringify(sample.config ?? {})}`, className, sample })),
);

describe.each(fastDevices.map((device) => ({ device, name: device.name })))("$name", ({ device }) => {
  test.each(cases)("$title", async ({ className, sample }) => {
    const expected = await trainOn(reference, className, sample);
    const actual = await trainOn(device, className, sample);
    for (const [index, values] of expected.entries())
      for (const [place, value] of values.entries())
        expect(Math.abs((actual[index]?.[place] as number) - value)).toBeLessThan(1e-5 + 1e-5 * Math.abs(value));
  });
});
