/** The recipe for Fashion-MNIST: two blocks of convolutions with batch normalization. */
import { datasets, layers, losses, metrics, optimizers, sequential } from "../../index.ts";
import type { Recipe } from "./recipe.ts";

export const fashionMnistRecipe: Recipe = {
  name: "fashion-mnist",
  title: "70,000 pictures of clothing of 28x28 pixels",
  defaults: { epochs: 20, batchSize: 128, learningRate: 1e-3, patience: 4 },
  validationFraction: 0.1,
  monitor: "valAccuracy",

  // The pixels stay bytes until they reach the device: a quarter of the memory, and the model takes raw images.
  load: () => datasets.fashionMnist({ scale: false }),

  buildModel({ learningRate }) {
    const model = sequential([
      layers.rescaling({ scale: 1 / 255 }),
      layers.conv2d({ filters: 32, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.batchNormalization(),
      layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      layers.batchNormalization(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.25 }),
      layers.conv2d({ filters: 64, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.batchNormalization(),
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
