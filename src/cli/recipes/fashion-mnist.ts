/** The recipe for Fashion-MNIST: two convolutions with batch normalization, eight epochs, a learning rate that fades out. */
import { datasets, layers, losses, metrics, optimizers, schedules, sequential } from "../../index.ts";
import type { Recipe } from "./recipe.ts";

/** Normalizing and rectifying after the pooling costs a quarter of doing so before it, and learns as well. */
const block = (filters: number) => [
  layers.conv2d({ filters, kernelSize: 3, padding: "same", useBias: false }),
  layers.maxPooling2d({ poolSize: 2 }),
  // With a few thousand steps in all, statistics that average over a hundred would lag behind.
  layers.batchNormalization({ momentum: 0.9 }),
  layers.activation({ activation: "relu" }),
];

export const fashionMnistRecipe: Recipe = {
  name: "fashion-mnist",
  title: "70,000 pictures of clothing of 28x28 pixels",
  defaults: { epochs: 8, batchSize: 128, learningRate: 2e-3, patience: 4 },
  validationFraction: 0.1,
  monitor: "valAccuracy",

  // The pixels stay bytes until they reach the device: a quarter of the memory, and the model takes raw images.
  load: () => datasets.fashionMnist({ scale: false }),

  buildModel({ learningRate, epochs, stepsPerEpoch }) {
    const model = sequential([
      layers.rescaling({ scale: 1 / 255 }),
      ...block(32),
      ...block(64),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 10 }),
    ]);
    const decay = { initialLearningRate: learningRate, decaySteps: epochs * stepsPerEpoch, alpha: 0.01 };
    model.compile({
      optimizer: optimizers.adam({ learningRate: schedules.cosineDecay(decay) }),
      loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: [metrics.accuracy()],
    });
    return model;
  },
};
