/** Samples of the layers that change images: their sizes and colours. */
import type { LayerSample } from "./layer-samples.ts";

const inputShape = [4, 5, 3];
/** The inputs of samples lie in [-2, 2). */
const valueRange = [-2.5, 2.5];

export const imageSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  autoContrast: [{ inputShape }, { inputShape: [3, 4, 1], config: { valueRange } }],
  centerCrop: [
    { inputShape, config: { height: 3, width: 2 } },
    { inputShape, config: { height: 3, width: 7 } },
  ],
  // Few bins, for the numerical gradient must not step over their bounds.
  equalization: [
    { inputShape, config: { valueRange, bins: 8 } },
    { inputShape: [3, 4, 1], config: { valueRange, bins: 4 } },
  ],
  randomBrightness: [
    { inputShape, config: { factor: 0.2, valueRange, seed: 5 } },
    { inputShape: [3, 4, 1], config: { factor: [-0.5, -0.1], valueRange, seed: 5 } },
  ],
  randomColorJitter: [
    { inputShape: [3, 4, 2], config: { brightnessFactor: 0.3, contrastFactor: 0.3, valueRange, seed: 5 } },
    { inputShape, config: { saturationFactor: [0.3, 0.6], hueFactor: 0.2, valueRange: [-4, 4], seed: 5 } },
    { inputShape },
  ],
  randomContrast: [
    { inputShape, config: { factor: 0.2, valueRange, seed: 5 } },
    { inputShape, config: { factor: [0.9, 0.1], valueRange: [-20, 20], seed: 5 } },
  ],
  randomCrop: [
    { inputShape, config: { height: 3, width: 2, seed: 5 } },
    { inputShape, config: { height: 4, width: 5, padding: [2, 1], seed: 5 } },
    { inputShape, config: { height: 6, width: 6, seed: 5 } },
  ],
  randomErasing: [
    { inputShape, config: { factor: [0.2, 0.9], fillValue: 1, valueRange, seed: 5 } },
    { inputShape, config: { scale: [0.3, 0.5], fillValue: [1, 2, 0], valueRange, seed: 5 } },
    { inputShape, config: { factor: 0.7, scale: [0.3, 0.5], valueRange, seed: 5 } },
  ],
  randomGrayscale: [{ inputShape }, { inputShape, config: { factor: 0.9, seed: 5 } }],
  randomHue: [
    { inputShape, config: { factor: 0.4, valueRange, seed: 5 } },
    { inputShape, config: { factor: [0.9, 1], valueRange, seed: 5 } },
  ],
  randomSaturation: [
    { inputShape, config: { factor: [0.1, 0.3], valueRange: [-2, 6], seed: 5 } },
    { inputShape, config: { factor: 0.4, valueRange: [-2, 6], seed: 5 } },
  ],
  resizing: [
    { inputShape, config: { height: 3, width: 7 } },
    { inputShape, config: { height: 6, width: 3, interpolation: "nearest" } },
    { inputShape, config: { height: 2, width: 3, interpolation: "lanczos3", antialias: true } },
    { inputShape, config: { height: 3, width: 3, interpolation: "bicubic", cropToAspectRatio: true } },
    { inputShape, config: { height: 3, width: 3, padToAspectRatio: true, fillValue: 1 } },
  ],
};
