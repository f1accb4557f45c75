/** ResNet-8 for 32×32 colour images: He et al., "Deep residual learning for image recognition" (2015). */
import { layers, ops, type Tensor } from "rappel";
import { type Network, Parts } from "./network.ts";

const conv = (filters: number, kernelSize: number, strides = 1) =>
  layers.conv2d({ filters, kernelSize, strides, padding: "same", useBias: false });

export function resnet8(classes: number): Network {
  const parts = new Parts();
  const residual = (size: number, channels: number, filters: number, strides: number) => {
    const out = size / strides;
    const first = parts.chain([conv(filters, 3, strides), layers.batchNormalization()], [size, size, channels]);
    const second = parts.chain([conv(filters, 3), layers.batchNormalization()], [out, out, filters]);
    const changes = strides !== 1 || channels !== filters;
    const shortcut = changes
      ? parts.chain([conv(filters, 1, strides), layers.batchNormalization()], [size, size, channels])
      : (x: Tensor) => x;
    return (x: Tensor) => ops.relu(ops.add(second(ops.relu(first(x))), shortcut(x)));
  };
  const stem = parts.chain([conv(16, 3), layers.batchNormalization()], [32, 32, 3]);
  const blocks = [residual(32, 16, 16, 1), residual(32, 16, 32, 2), residual(16, 32, 64, 2)];
  const head = parts.chain([layers.globalAveragePooling2d(), layers.dense({ units: classes })], [8, 8, 64]);
  return {
    variables: parts.variables,
    call: (x) => head(blocks.reduce((value, block) => block(value), ops.relu(stem(x)))),
  };
}
