// A dense network by names, trained with validation and asked for predictions: in a function, as most pages begin it. A page whose script
// awaits by itself stays apart from what else uses the framework, in a script of its own, which costs it 1.7 kB.
import { layers, sequential, setSeed } from "rappel";

async function train() {
  const begin = performance.now();
  setSeed(1);
  const model = sequential([
    layers.dense({ units: 16, activation: "relu" }),
    layers.dense({ units: 3, activation: "softmax" }),
  ]);
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  const x = { data: Float32Array.from({ length: 600 }, (_, index) => Math.sin(index)), shape: [150, 4] };
  const y = Int32Array.from({ length: 150 }, (_, index) => index % 3);
  const history = await model.fit(x, y, {
    epochs: 2,
    validationSplit: 0.2,
    callbacks: [
      {
        onBatchEnd() {
          globalThis.firstStep ??= performance.now() - begin;
          globalThis.firstStepAfterVisit ??= performance.now();
        },
      },
    ],
  });
  const predictions = await (await model.predict(x)).data();
  globalThis.trained = { ...history.history, predictions: predictions.length };
}

train();
