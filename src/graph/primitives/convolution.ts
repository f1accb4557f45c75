/**
 * Convolution, channels last, and its two transposes. The three are closed under differentiation: each is linear in both
 * of its inputs, and every gradient of one is another of them.
 *
 *   out[b, y, x, o] = sum over ky, kx, i of in[b, y s - p + ky d, x s - p + kx d, i] filter[ky, kx, i, o]
 */

import { apply, definePrimitive, formatSignature, type Node, type Sample } from "../node.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";
import { convolutionFilterGradientName, convolutionInputGradientName, convolutionName } from "./names.ts";
import { sampleGeometry } from "./sample-geometry.ts";

/** Strides, padding before and after, and dilation for height and width; padding may be negative (cropping). */
export type ConvolutionGeometry = {
  readonly strides: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
  readonly dilation: readonly [number, number];
  readonly groups: number;
};

type Images = readonly [batch: number, height: number, width: number, channels: number];

/** The four dimensions of a channels-last array. */
export function imagesOf(shape: Shape): Images {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  return [batch, height, width, channels];
}

function requireImages(name: string, role: string, node: Node): Images {
  if (node.dtype !== "float32" || node.shape.length !== 4)
    throw new TypeError(`${name}: the ${role} is ${formatSignature(node)}, expected float32 with four axes`);
  return imagesOf(node.shape);
}

/** The number of places of a window of `size` along an axis; 0 when it does not fit at all. */
export function windowCount(
  input: number,
  size: number,
  stride: number,
  padding: readonly [number, number],
  dilation: number,
): number {
  const room = input + padding[0] + padding[1] - (dilation * (size - 1) + 1);
  return room < 0 ? 0 : Math.floor(room / stride) + 1;
}

function requireGeometry(name: string, { strides, dilation, groups }: ConvolutionGeometry): void {
  if (![...strides, ...dilation, groups].every((value) => Number.isInteger(value) && value > 0))
    throw new RangeError(
      `${name}: strides ${formatShape(strides)}, dilation ${formatShape(dilation)} and groups ${groups} must be positive integers`,
    );
}

/** The output's shape for an input and a filter, after checking that they go together. */
function outputShape(name: string, input: Images, filter: Images, geometry: ConvolutionGeometry): Images {
  requireGeometry(name, geometry);
  const { strides, padding, dilation, groups } = geometry;
  const [batch, height, width, channels] = input;
  const [kernelHeight, kernelWidth, groupChannels, outChannels] = filter;
  if (groupChannels * groups !== channels || outChannels % groups !== 0)
    throw new Error(
      `${name}: the input ${formatShape(input)} has ${channels} channels in axis 3; the filter ${formatShape(filter)} with ${groups} group(s) ` +
        `expects ${groupChannels * groups} channels and a number of outputs (${outChannels}) that ${groups} divides`,
    );
  return [
    batch,
    windowCount(height, kernelHeight, strides[0], padding[0], dilation[0]),
    windowCount(width, kernelWidth, strides[1], padding[1], dilation[1]),
    outChannels,
  ];
}

/** Calls `visit` for every product in the sum with the places of its three factors. */
function forEachProduct(
  input: Shape,
  filter: Shape,
  output: Shape,
  geometry: ConvolutionGeometry,
  visit: (input: number, filter: number, output: number) => void,
): void {
  const [batch, height, width, channels] = imagesOf(input);
  const [kernelHeight, kernelWidth, groupChannels, outChannels] = imagesOf(filter);
  const [, outHeight, outWidth] = imagesOf(output);
  const { strides, padding, dilation, groups } = geometry;
  const groupOutputs = outChannels / groups;
  for (let b = 0; b < batch; b++)
    for (let y = 0; y < outHeight; y++)
      for (let ky = 0; ky < kernelHeight; ky++) {
        const row = y * strides[0] - padding[0][0] + ky * dilation[0];
        if (row < 0 || row >= height) continue;
        for (let x = 0; x < outWidth; x++)
          for (let kx = 0; kx < kernelWidth; kx++) {
            const column = x * strides[1] - padding[1][0] + kx * dilation[1];
            if (column < 0 || column >= width) continue;
            for (let o = 0; o < outChannels; o++) {
              const firstChannel = Math.floor(o / groupOutputs) * groupChannels;
              for (let i = 0; i < groupChannels; i++)
                visit(
                  ((b * height + row) * width + column) * channels + firstChannel + i,
                  ((ky * kernelWidth + kx) * groupChannels + i) * outChannels + o,
                  ((b * outHeight + y) * outWidth + x) * outChannels + o,
                );
            }
          }
      }
}

const cases: readonly { readonly input: Images; readonly filter: Images; readonly geometry: ConvolutionGeometry }[] = [
  { input: [1, 1, 1, 1], filter: [1, 1, 1, 1], geometry: { ...sampleGeometry({}), groups: 1 } },
  { input: [2, 5, 6, 3], filter: [3, 3, 3, 4], geometry: { ...sampleGeometry({}), groups: 1 } },
  { input: [2, 5, 6, 1], filter: [3, 2, 1, 5], geometry: { ...sampleGeometry({ padding: [1, 1, 0, 1] }), groups: 1 } },
  {
    input: [1, 7, 7, 2],
    filter: [3, 3, 2, 3],
    geometry: { ...sampleGeometry({ strides: [2, 2], padding: [0, 1, 1, 1] }), groups: 1 },
  },
  {
    input: [2, 6, 5, 4],
    filter: [3, 3, 2, 6],
    geometry: { ...sampleGeometry({ strides: [1, 2], padding: [1, 1, 1, 1] }), groups: 2 },
  },
  { input: [1, 6, 6, 3], filter: [3, 3, 1, 3], geometry: { ...sampleGeometry({ padding: [1, 1, 1, 1] }), groups: 3 } },
  {
    input: [1, 7, 8, 2],
    filter: [2, 3, 2, 2],
    geometry: { ...sampleGeometry({ padding: [0, 0, 2, 2], dilation: [3, 2] }), groups: 1 },
  },
  {
    input: [1, 8, 8, 3],
    filter: [4, 4, 3, 2],
    geometry: { ...sampleGeometry({ strides: [2, 2], padding: [1, 1, 1, 1] }), groups: 1 },
  },
  { input: [3, 4, 4, 5], filter: [1, 1, 5, 7], geometry: { ...sampleGeometry({ strides: [2, 2] }), groups: 1 } },
  { input: [0, 4, 4, 2], filter: [3, 3, 2, 2], geometry: { ...sampleGeometry({}), groups: 1 } },
  {
    input: [2, 7, 8, 32],
    filter: [3, 3, 32, 48],
    geometry: { ...sampleGeometry({ padding: [1, 1, 0, 1] }), groups: 1 },
  },
  { input: [1, 2, 2, 1], filter: [3, 3, 1, 2], geometry: { ...sampleGeometry({}), groups: 1 } },
  {
    input: [2, 9, 9, 17],
    filter: [3, 3, 17, 33],
    geometry: { ...sampleGeometry({ padding: [1, 1, 1, 1] }), groups: 1 },
  },
];

/** Small enough for finite differences. */
const checkable = (...shapes: Shape[]) => shapes.every((shape) => sizeOf(shape) < 400);

export const convolutionPrimitive = definePrimitive<ConvolutionGeometry>({
  name: convolutionName.name,
  kind: "kernel",
  infer([input, filter], geometry) {
    const images = requireImages("convolution", "input", input as Node);
    return {
      shape: outputShape("convolution", images, requireImages("convolution", "filter", filter as Node), geometry),
      dtype: "float32",
    };
  },
  gradient(node, g) {
    const [input, filter] = node.inputs as [Node, Node];
    const [, height, width] = imagesOf(input.shape);
    const [kernelHeight, kernelWidth] = imagesOf(filter.shape);
    return [
      convolutionInputGradient(g, filter, { ...node.attributes, inputSize: [height, width] }),
      convolutionFilterGradient(input, g, { ...node.attributes, kernelSize: [kernelHeight, kernelWidth] }),
    ];
  },
  reference(node, [input, filter]) {
    const [inputNode, filterNode] = node.inputs as [Node, Node];
    const result = new Float64Array(sizeOf(node.shape));
    forEachProduct(inputNode.shape, filterNode.shape, node.shape, node.attributes, (i, f, o) => {
      result[o] = (result[o] as number) + (input?.[i] as number) * (filter?.[f] as number);
    });
    return result;
  },
  samples: (): Sample<ConvolutionGeometry>[] =>
    cases.map(({ input, filter, geometry }) => ({
      inputs: [{ shape: input }, { shape: filter }],
      attributes: geometry,
      differentiable: checkable(input, filter),
    })),
});

/** The transpose in the input: from the output's gradient and the filter to the input's gradient (a transposed convolution). */
export const convolutionInputGradientPrimitive = definePrimitive<
  ConvolutionGeometry & { readonly inputSize: readonly [number, number] }
>({
  name: convolutionInputGradientName.name,
  kind: "kernel",
  infer([output, filter], attributes) {
    const name = "convolutionInputGradient";
    const given = requireImages(name, "output's gradient", output as Node);
    const kernel = requireImages(name, "filter", filter as Node);
    const input: Images = [given[0], ...attributes.inputSize, kernel[2] * attributes.groups];
    requireEqual(name, outputShape(name, input, kernel, attributes), given);
    return { shape: input, dtype: "float32" };
  },
  gradient(node, g) {
    const [output, filter] = node.inputs as [Node, Node];
    const { inputSize: _, ...geometry } = node.attributes;
    const [kernelHeight, kernelWidth] = imagesOf(filter.shape);
    return [
      convolution(g, filter, geometry),
      convolutionFilterGradient(g, output, { ...geometry, kernelSize: [kernelHeight, kernelWidth] }),
    ];
  },
  reference(node, [output, filter]) {
    const [outputNode, filterNode] = node.inputs as [Node, Node];
    const result = new Float64Array(sizeOf(node.shape));
    forEachProduct(node.shape, filterNode.shape, outputNode.shape, node.attributes, (i, f, o) => {
      result[i] = (result[i] as number) + (output?.[o] as number) * (filter?.[f] as number);
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, filter, geometry }) => {
      const output = outputShape("sample", input, filter, geometry);
      return {
        inputs: [{ shape: output }, { shape: filter }],
        attributes: { ...geometry, inputSize: [input[1], input[2]] as const },
        differentiable: checkable(output, filter),
      };
    }),
});

/** The transpose in the filter: from the input and the output's gradient to the filter's gradient. */
export const convolutionFilterGradientPrimitive = definePrimitive<
  ConvolutionGeometry & { readonly kernelSize: readonly [number, number] }
>({
  name: convolutionFilterGradientName.name,
  kind: "kernel",
  infer([input, output], attributes) {
    const name = "convolutionFilterGradient";
    const images = requireImages(name, "input", input as Node);
    const given = requireImages(name, "output's gradient", output as Node);
    const filter: Images = [...attributes.kernelSize, images[3] / attributes.groups, given[3]];
    requireEqual(name, outputShape(name, images, filter, attributes), given);
    return { shape: filter, dtype: "float32" };
  },
  gradient(node, g) {
    const [input, output] = node.inputs as [Node, Node];
    const { kernelSize: _, ...geometry } = node.attributes;
    const [, height, width] = imagesOf(input.shape);
    return [
      convolutionInputGradient(output, g, { ...geometry, inputSize: [height, width] }),
      convolution(input, g, geometry),
    ];
  },
  reference(node, [input, output]) {
    const [inputNode, outputNode] = node.inputs as [Node, Node];
    const result = new Float64Array(sizeOf(node.shape));
    forEachProduct(inputNode.shape, node.shape, outputNode.shape, node.attributes, (i, f, o) => {
      result[f] = (result[f] as number) + (input?.[i] as number) * (output?.[o] as number);
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, filter, geometry }) => {
      const output = outputShape("sample", input, filter, geometry);
      return {
        inputs: [{ shape: input }, { shape: output }],
        attributes: { ...geometry, kernelSize: [filter[0], filter[1]] as const },
        differentiable: checkable(input, output),
      };
    }),
});

function requireEqual(name: string, expected: Shape, given: Shape): void {
  if (expected.some((dimension, axis) => dimension !== given[axis]))
    throw new Error(
      `${name}: the output's gradient has the shape ${formatShape(given)}, but this geometry gives ${formatShape(expected)}`,
    );
}

/** in [batch, height, width, channels], filter [kernelHeight, kernelWidth, channels / groups, outputs]. */
export function convolution(input: Node, filter: Node, geometry: ConvolutionGeometry): Node {
  return apply(convolutionPrimitive, [input, filter], pick(geometry));
}

export function convolutionInputGradient(
  output: Node,
  filter: Node,
  options: ConvolutionGeometry & { readonly inputSize: readonly [number, number] },
): Node {
  return apply(convolutionInputGradientPrimitive, [output, filter], { ...pick(options), inputSize: options.inputSize });
}

export function convolutionFilterGradient(
  input: Node,
  output: Node,
  options: ConvolutionGeometry & { readonly kernelSize: readonly [number, number] },
): Node {
  return apply(convolutionFilterGradientPrimitive, [input, output], {
    ...pick(options),
    kernelSize: options.kernelSize,
  });
}

/** The geometry alone, in one order of keys, so that equal convolutions are one Node. */
function pick({ strides, padding, dilation, groups }: ConvolutionGeometry): ConvolutionGeometry {
  return { strides, padding, dilation, groups };
}
