/** The training steps that are timed: forward, backward and optimizer update on one batch in memory. */
import {
  getDevice,
  type Jitted,
  jit,
  layers,
  losses,
  optimizers,
  randomNormal,
  sequential,
  type Tensor,
  tensor,
} from "rappel";

/** One case, ready to run: `step` computes a loss and updates every parameter. */
export interface Case {
  readonly step: Jitted<[Tensor, Tensor], Tensor>;
  readonly x: Tensor;
  readonly y: Tensor;
}

type Layer = NonNullable<Parameters<typeof sequential>[0]>[number];

/** Softmax cross-entropy on integer labels, Adam at 1e-3. */
function supervised(network: readonly Layer[], shape: readonly number[], classes: number): Case {
  const [batch = 1, ...inputShape] = shape;
  const model = sequential([...network]);
  model.build(inputShape);
  const criterion = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  const optimizer = optimizers.adam({ learningRate: 1e-3 });
  const step = jit((x: Tensor, y: Tensor) => {
    const loss = criterion.call(y, model.call(x, { training: true }));
    optimizer.minimize(loss, model.trainableVariables);
    return loss;
  });
  const labels = Int32Array.from({ length: batch }, () => Math.floor(Math.random() * classes));
  return { step, x: randomNormal(shape), y: tensor(labels) };
}

function mlp(...units: readonly number[]): Layer[] {
  return units.map((count, index) =>
    layers.dense({ units: count, ...(index < units.length - 1 && { activation: "relu" }) }),
  );
}

function cnn(): Layer[] {
  return [
    layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.dropout({ rate: 0.25 }),
    layers.flatten(),
    layers.dense({ units: 128, activation: "relu" }),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 10 }),
  ];
}

/** Each case by its name; a case is built when it is asked for. */
export const cases: Readonly<Record<string, () => Case>> = {
  "tiny-mlp": () => supervised(mlp(16, 3), [16, 4], 3),
  "mlp-32": () => supervised(mlp(256, 128, 10), [32, 784], 10),
  "mlp-128": () => supervised(mlp(256, 128, 10), [128, 784], 10),
  "wide-mlp": () => supervised(mlp(2048, 2048, 1000), [256, 1024], 1000),
  cnn: () => supervised(cnn(), [64, 28, 28, 1], 10),
};

/** Runs one step to its end. */
export async function runStep({ step, x, y }: Case): Promise<void> {
  step(x, y);
  await getDevice().finish();
}
