/** Layers: outputs and gradients of Keras and, where Keras has no such options, PyTorch. */
import { describe, test } from "vitest";
import type { Configuration } from "../../src/graph/registry.ts";
import { type GoldenCase, type GoldenTensor, named } from "./golden.ts";
import { expectLayer, type GoldenRun, makeLayer } from "./layer.ts";

type Weights = Readonly<Record<string, GoldenTensor>>;
type Inputs = { readonly input: GoldenTensor; readonly outputGradient: GoldenTensor } & Weights;
type Case = GoldenCase<Inputs, Configuration & { readonly layer?: string }, GoldenRun>;

const files: readonly (readonly [file: string, layer: string])[] = [
  ["dense.keras.json", "dense"],
  ["convolution.keras.json", "conv2d"],
  ["convolution.torch.json", "conv2d"],
  ["pooling.keras.json", "pooling"],
  ["flatten.keras.json", "flatten"],
  ["convolution1d.keras.json", "conv1d"],
  ["separable-convolution.keras.json", "separableConv2d"],
  ["pooling1d.keras.json", "pooling of sequences"],
  ["rearranging.keras.json", "rearranging"],
  ["normalization.keras.json", "normalization"],
  ["normalization-axes.keras.json", "normalization along axes"],
  ["rectifiers.keras.json", "rectifiers"],
  ["convolution3d.keras.json", "convolutions of volumes, and transposed"],
  ["convolution3d.torch.json", "convolutions of volumes, and transposed"],
  ["channelwise-convolution1d.keras.json", "channelwise convolutions of sequences"],
  ["pooling3d.keras.json", "pooling of volumes"],
  ["adaptive-pooling.keras.json", "adaptive pooling"],
  ["adaptive-pooling.torch.json", "adaptive pooling"],
  ["rearranging3d.keras.json", "rearranging of volumes"],
  ["padding.torch.json", "padding"],
  ["activation-layers.torch.json", "activations with options"],
  ["pixel-shuffle.torch.json", "shuffling of pixels"],
];

for (const [file, kind] of files) {
  describe(`${kind} as in ${file}`, () => {
    test.each(named<Case>(file))("%s", async (_, { inputs, options, outputs }) => {
      const { input, outputGradient, ...weights } = inputs;
      const { layer = kind, ...config } = options;
      await expectLayer(makeLayer(layer, config, input, weights), { input, outputGradient }, outputs, false);
    });
  });
}
