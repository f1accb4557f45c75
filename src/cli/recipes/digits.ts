/** The recipe for the UCI digits: a small convolutional network, trained in seconds. */
import { datasets, layers, losses, metrics, optimizers, sequential } from "../../index.ts";
import type { Recipe } from "./recipe.ts";

export const digitsRecipe: Recipe = {
  name: "digits",
  title: "1,797 handwritten digits of 8x8 pixels",
  defaults: { epochs: 60, batchSize: 32, learningRate: 1e-3, patience: 10 },
  validationFraction: 0.1,
  monitor: "valLoss",

  async load(seed) {
    return (await datasets.digits({ scale: false })).split(0.2, { seed });
  },

  buildModel({ learningRate }) {
    const model = sequential([
      layers.rescaling({ scale: 1 / 16 }),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.25 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 10 }),
    ]);
    model.compile({
      optimizer: optimizers.adam({ learningRate }),
      loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: [metrics.accuracy()],
    });
    return model;
  },
};
