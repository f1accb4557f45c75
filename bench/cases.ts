/** The training steps that are timed: forward, backward and optimizer update on one batch in memory. */
import {
  getDevice,
  type Jitted,
  jit,
  layers,
  losses,
  ones,
  ops,
  optimizers,
  randomNormal,
  stopGradient,
  type Tensor,
  tensor,
  type Variable,
  zeros,
} from "rappel";
import { discriminator, generator } from "./networks/dcgan.ts";
import { gpt } from "./networks/gpt.ts";
import { type Network, type Part, Parts } from "./networks/network.ts";
import { resnet8 } from "./networks/resnet8.ts";

/** One case, ready to run: a step computes a loss and updates every parameter. */
export interface Case {
  readonly run: () => Tensor;
  /** What a step must move whatever the caches hold: inputs in; weights and Adam's two moments in and out. */
  readonly compulsoryBytes: number;
  readonly explain: () => string;
  readonly profile: (times: number) => ReturnType<Jitted<[], Tensor>["profile"]>;
}

function caseOf<A extends readonly Tensor[]>(
  step: Jitted<A, Tensor>,
  variables: readonly Variable[],
  ...args: A
): Case {
  const elements = (tensors: readonly Tensor[]) => tensors.reduce((sum, { size }) => sum + size, 0);
  return {
    compulsoryBytes: 4 * (elements(args) + 6 * elements(variables)),
    run: () => step(...args),
    explain: () => step.explain(...args),
    profile: (times) => step.profile(times, ...args),
  };
}

function randomIntegers(limit: number, ...shape: number[]): Tensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return tensor(
    Int32Array.from({ length: size }, () => Math.floor(Math.random() * limit)),
    { shape },
  );
}

/** Softmax cross-entropy on integer labels, Adam at 1e-3. */
export function supervisedStep(network: Network): Jitted<[x: Tensor, y: Tensor], Tensor> {
  const criterion = losses.sparseCategoricalCrossentropy({ fromLogits: true });
  const optimizer = optimizers.adam({ learningRate: 1e-3 });
  return jit((x: Tensor, y: Tensor) => {
    const logits = network.call(x);
    const classes = logits.shape.at(-1) as number;
    const loss = criterion.call(ops.reshape(y, [y.size]), ops.reshape(logits, [y.size, classes]));
    optimizer.minimize(loss, network.variables);
    return loss;
  });
}

function supervised(network: Network, x: Tensor, y: Tensor): Case {
  return caseOf(supervisedStep(network), network.variables, x, y);
}

function stack(list: readonly Part[], shape: readonly number[]): Network {
  const parts = new Parts();
  const call = parts.chain(list, shape);
  return { variables: parts.variables, call };
}

/** Dense layers with ReLU between them. */
export function perceptron(...sizes: readonly number[]): Network {
  const [inputs, ...units] = sizes as [number, ...number[]];
  const list = units.map((count, index) =>
    layers.dense({ units: count, ...(index < units.length - 1 && { activation: "relu" }) }),
  );
  return stack(list, [inputs]);
}

export function mlp(batch: number, ...sizes: readonly number[]): Case {
  const [inputs, classes] = [sizes[0] as number, sizes.at(-1) as number];
  return supervised(perceptron(...sizes), randomNormal([batch, inputs]), randomIntegers(classes, batch));
}

function cnn(): Network {
  return stack(
    [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.dropout({ rate: 0.25 }),
      layers.flatten(),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 10 }),
    ],
    [28, 28, 1],
  );
}

/** An LSTM over so many rows of 28 numbers, as an image has 28 of them, whose last output is classified. */
export function lstm(batch: number, length: number): Case {
  const network = stack([layers.lstm({ units: 128 }), layers.dense({ units: 10 })], [length, 28]);
  return supervised(network, randomNormal([batch, length, 28]), randomIntegers(10, batch));
}

/** One discriminator step on a real and a fake batch, then one generator step through the updated discriminator. */
function dcgan(batch: number): Case {
  const [generate, discriminate] = [generator(64), discriminator()];
  const adam = () => optimizers.adam({ learningRate: 2e-4, beta1: 0.5 });
  const [forGenerator, forDiscriminator] = [adam(), adam()];
  const criterion = losses.binaryCrossentropy({ fromLogits: true });
  const step = jit((real: Tensor) => {
    const fake = generate.call(randomNormal([batch, 64]));
    const judged = discriminate.call(real);
    const onReal = criterion.call(ones([batch, 1]), judged);
    const onFake = criterion.call(zeros([batch, 1]), discriminate.call(stopGradient(fake)));
    forDiscriminator.minimize(ops.add(onReal, onFake), discriminate.variables);
    const fooled = criterion.call(ones([batch, 1]), discriminate.call(fake));
    forGenerator.minimize(fooled, generate.variables);
    return fooled;
  });
  const variables = [...generate.variables, ...discriminate.variables];
  return caseOf(step, variables, randomNormal([batch, 28, 28, 1]));
}

/** Each case by its name; a case is built when it is asked for. */
export const cases: Readonly<Record<string, () => Case>> = {
  "tiny-mlp": () => mlp(16, 4, 16, 3),
  "mlp-32": () => mlp(32, 784, 256, 128, 10),
  "mlp-128": () => mlp(128, 784, 256, 128, 10),
  "wide-mlp": () => mlp(256, 1024, 2048, 2048, 1000),
  cnn: () => supervised(cnn(), randomNormal([64, 28, 28, 1]), randomIntegers(10, 64)),
  resnet8: () => supervised(resnet8(10), randomNormal([64, 32, 32, 3]), randomIntegers(10, 64)),
  lstm: () => lstm(64, 28),
  gpt: () =>
    supervised(
      gpt({ vocabulary: 65, width: 128, blocks: 4, time: 64, heads: 4 }),
      randomIntegers(65, 16, 64),
      randomIntegers(65, 16, 64),
    ),
  dcgan: () => dcgan(64),
};

/** Runs one step to its end. */
export async function runStep(prepared: Case): Promise<void> {
  prepared.run();
  await getDevice().finish();
}
