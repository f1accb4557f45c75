/** The training, in a worker of the page. */
import { datasets, getDevice, layers, losses, sequential, setSeed } from "rappel";
import { serve, type TaskContext } from "rappel/worker";

/** What the page is told after each epoch. */
export interface Progress {
  readonly epoch: number;
  readonly loss: number;
  /** Of the digits that are not trained on. */
  readonly accuracy: number;
}

/** The files of the trained network, what it makes of some digits it has not seen, and what computed it. */
export interface Outcome {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly examples: readonly { readonly pixels: Float32Array; readonly label: number; readonly guess: number }[];
  readonly device: string;
}

const tasks = {
  async train({ epochs }: { epochs: number }, { report, signal }: TaskContext<Progress>): Promise<Outcome> {
    setSeed(1);
    const { train, test } = (await datasets.digits()).split(0.2, { seed: 1 });
    const model = sequential([
      layers.conv2d({ filters: 16, kernelSize: 3, padding: "same", activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 64, activation: "relu" }),
      layers.dropout({ rate: 0.3 }),
      layers.dense({ units: 10 }),
    ]);
    model.compile({
      optimizer: "adam",
      loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }),
      metrics: ["accuracy"],
    });
    signal.addEventListener("abort", () => {
      model.stopTraining = true;
    });
    await model.fit(train, {
      epochs,
      seed: 1,
      validationData: test,
      callbacks: [
        { onEpochEnd: (epoch, { loss = 0, valAccuracy = 0 }) => report({ epoch, loss, accuracy: valAccuracy }) },
      ],
    });

    const { x, y } = test.slice(0, 24);
    const scores = await (await model.predict(x)).data();
    const examples = Array.from(y.data, (label, index) => {
      const row = [...scores.slice(10 * index, 10 * (index + 1))];
      const pixels = Float32Array.from(x.data.slice(64 * index, 64 * (index + 1)));
      return { pixels, label, guess: row.indexOf(Math.max(...row)) };
    });
    return { files: await model.toFiles(), examples, device: getDevice().description };
  },
};

export type TrainingTasks = typeof tasks;
serve(tasks);
