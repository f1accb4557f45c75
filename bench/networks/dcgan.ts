/** A DCGAN for 28×28 images: Radford, Metz and Chintala (2015). */
import { layers, ops } from "rappel";
import { type Network, Parts } from "./network.ts";

export function generator(noise: number): Network {
  const parts = new Parts();
  const up = (filters: number) => layers.conv2dTranspose({ filters, kernelSize: 4, strides: 2, padding: "same" });
  const start = parts.chain(
    [layers.dense({ units: 6272 }), layers.reshape({ targetShape: [7, 7, 128] }), layers.batchNormalization()],
    [noise],
  );
  const middle = parts.chain([up(64), layers.batchNormalization()], [7, 7, 128]);
  const end = parts.add(up(1), [14, 14, 64]);
  return { variables: parts.variables, call: (x) => ops.tanh(end(ops.relu(middle(ops.relu(start(x)))))) };
}

export function discriminator(): Network {
  const parts = new Parts();
  const down = (filters: number) => layers.conv2d({ filters, kernelSize: 4, strides: 2, padding: "same" });
  const first = parts.add(down(64), [28, 28, 1]);
  const second = parts.chain([down(128), layers.batchNormalization()], [14, 14, 64]);
  const judge = parts.chain([layers.flatten(), layers.dense({ units: 1 })], [7, 7, 128]);
  return { variables: parts.variables, call: (x) => judge(ops.leakyRelu(second(ops.leakyRelu(first(x))))) };
}
