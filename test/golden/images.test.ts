/** Images in other sizes and colours: Keras's results, with every factor fixed. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { layerFromConfig } from "../../src/layers/index.ts";
import * as color from "../../src/ops/color.ts";
import { type ResizeOptions, resizeImages } from "../../src/ops/resize.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { devices } from "../support/devices.ts";
import { expectGolden, type GoldenCase, type GoldenTensor, named, tensorOf } from "./golden.ts";

type Inputs = { readonly images: GoldenTensor };
type Output = { readonly output: GoldenTensor };
type ResizeCase = GoldenCase<Inputs, ResizeOptions, Output>;
type ColorCase = GoldenCase<Inputs, { readonly operation: string; readonly factor?: number }, Output>;
type LayerCase = GoldenCase<
  Inputs,
  Configuration & { readonly layer: string },
  { readonly inference: GoldenTensor; readonly training?: GoldenTensor }
>;

const operations: Readonly<Record<string, (images: Tensor, factor: number) => Tensor>> = {
  rgbToHsv: color.rgbToHsv,
  hsvToRgb: color.hsvToRgb,
  rgbToGrayscale: color.rgbToGrayscale,
  adjustContrast: color.adjustContrast,
  adjustHue: color.adjustHue,
  adjustSaturation: color.adjustSaturation,
};

describe.each(devices.map((device) => [device.name, device] as const))("on %s", (_, device) => {
  test.each(named<ResizeCase>("resizing.keras.json"))("resizing: %s", async (_, { inputs, options, outputs }) => {
    setDevice(device);
    await expectGolden("output", resizeImages(tensorOf(inputs.images), options), outputs.output);
  });

  test.each(named<ColorCase>("colors.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    setDevice(device);
    const output = operations[options.operation]?.(tensorOf(inputs.images), options.factor ?? 0);
    await expectGolden("output", output, outputs.output);
  });

  test.each(named<LayerCase>("image-layers.keras.json"))("%s", async (_, { inputs, options, outputs }) => {
    setDevice(device);
    const { layer: className, ...config } = options;
    const layer = layerFromConfig({ className, config });
    layer.build(inputs.images.shape.slice(1));
    const images = tensorOf(inputs.images);
    const inexact = { relative: 2e-6, absolute: 1e-4 }; // values up to 255
    await expectGolden("in inference", layer.call(images, { training: false }), outputs.inference, inexact);
    if (outputs.training)
      await expectGolden("in training", layer.call(images, { training: true }), outputs.training, inexact);
  });
});
