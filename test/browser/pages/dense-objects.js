// The network of dense.js with objects instead of names, so that nothing is fetched later.
import { layers, losses, metrics, optimizers, sequential } from "rappel";

const model = sequential([
  layers.dense({ units: 16, activation: "relu" }),
  layers.dense({ units: 3, activation: "softmax" }),
]);
model.compile({
  optimizer: optimizers.adam(),
  loss: losses.sparseCategoricalCrossentropy(),
  metrics: [metrics.sparseCategoricalAccuracy()],
});
const x = { data: Float32Array.from({ length: 600 }, (_, index) => Math.sin(index)), shape: [150, 4] };
const y = Int32Array.from({ length: 150 }, (_, index) => index % 3);
await model.fit(x, y, { epochs: 2, validationSplit: 0.2 });
globalThis.predictions = await (await model.predict(x)).data();
