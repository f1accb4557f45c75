/**
 * Windows that slide over the height and width of [batch, height, width, channels], for pooling. The maximum's position,
 * the values at given positions, and sums; gather and scatter are each other's gradient, and so are sum and spread.
 */

import type { DType } from "../dtype.ts";
import { apply, definePrimitive, formatSignature, type Node, type Sample } from "../node.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";
import { imagesOf, windowCount } from "./convolution.ts";
import { windowArgMaxName, windowGatherName, windowScatterName, windowSpreadName, windowSumName } from "./names.ts";
import { sampleGeometry } from "./sample-geometry.ts";

/** Positions in the padding do not count; every window must cover at least one real position. */
export type WindowGeometry = {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
  readonly dilation: readonly [number, number];
};
export type Sized = WindowGeometry & { readonly inputSize: readonly [number, number] };
type Images = readonly [batch: number, height: number, width: number, channels: number];

function requireImages(name: string, node: Node, dtypes: readonly DType[]): Images {
  if (!dtypes.includes(node.dtype) || node.shape.length !== 4)
    throw new TypeError(
      `${name}: got ${formatSignature(node)}, expected ${dtypes.join(" or ")} with the axes [batch, height, width, channels]`,
    );
  return imagesOf(node.shape);
}

function pooledShape(
  name: string,
  [batch, height, width, channels]: Images,
  { window, strides, padding, dilation }: WindowGeometry,
): Images {
  if (![...window, ...strides, ...dilation].every((value) => Number.isInteger(value) && value > 0))
    throw new RangeError(
      `${name}: window ${formatShape(window)}, strides ${formatShape(strides)} and dilation ${formatShape(dilation)} must be positive integers`,
    );
  for (const axis of [0, 1] as const) {
    const [before, after] = padding[axis];
    const reach = dilation[axis] * (window[axis] - 1);
    if (before < 0 || after < 0 || before > reach || after > reach)
      throw new RangeError(
        `${name}: padding ${before} before and ${after} after does not lie within the window's ${reach}, so that a window could be empty`,
      );
  }
  return [
    batch,
    windowCount(height, window[0], strides[0], padding[0], dilation[0]),
    windowCount(width, window[1], strides[1], padding[1], dilation[1]),
    channels,
  ];
}

/** Positions fit a byte in every window of at most 256 places. */
export function positionDType({ window }: WindowGeometry): DType {
  return window[0] * window[1] <= 256 ? "uint8" : "int32";
}

/** Calls `visit` for every real position of every window: the place in the pooled array, in the input, and in the window. */
function forEachPosition(
  input: Shape,
  pooled: Shape,
  geometry: WindowGeometry,
  visit: (pooled: number, input: number, position: number) => void,
): void {
  const [batch, height, width, channels] = imagesOf(input);
  const [, outHeight, outWidth] = imagesOf(pooled);
  const { window, strides, padding, dilation } = geometry;
  for (let b = 0; b < batch; b++)
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++)
        for (let ky = 0; ky < window[0]; ky++)
          for (let kx = 0; kx < window[1]; kx++) {
            const row = y * strides[0] - padding[0][0] + ky * dilation[0];
            const column = x * strides[1] - padding[1][0] + kx * dilation[1];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            for (let c = 0; c < channels; c++)
              visit(
                ((b * outHeight + y) * outWidth + x) * channels + c,
                ((b * height + row) * width + column) * channels + c,
                ky * window[1] + kx,
              );
          }
}

const cases: readonly { readonly input: Images; readonly geometry: WindowGeometry }[] = [
  { input: [2, 4, 6, 3], geometry: { window: [2, 2], ...sampleGeometry({ strides: [2, 2] }) } },
  { input: [1, 5, 5, 2], geometry: { window: [3, 3], ...sampleGeometry({ strides: [2, 2], padding: [1, 1, 1, 1] }) } },
  { input: [1, 5, 7, 1], geometry: { window: [2, 3], ...sampleGeometry({ strides: [1, 2], padding: [0, 1, 1, 1] }) } },
  { input: [2, 7, 7, 5], geometry: { window: [2, 2], ...sampleGeometry({ dilation: [2, 3] }) } },
  { input: [1, 1, 1, 1], geometry: { window: [1, 1], ...sampleGeometry({}) } },
  { input: [0, 4, 4, 3], geometry: { window: [2, 2], ...sampleGeometry({ strides: [2, 2] }) } },
  { input: [2, 8, 8, 35], geometry: { window: [2, 2], ...sampleGeometry({ strides: [2, 2] }) } },
  { input: [1, 18, 18, 2], geometry: { window: [17, 17], ...sampleGeometry({}) } },
];
const differentiable = (input: Shape) => sizeOf(input) < 600;

/** The position `ky * windowWidth + kx` of each window's first largest value; NaN counts as largest. */
export const windowArgMaxPrimitive = definePrimitive<WindowGeometry>({
  name: windowArgMaxName.name,
  kind: "kernel",
  infer([x], geometry) {
    return {
      shape: pooledShape("windowArgMax", requireImages("windowArgMax", x as Node, ["float32"]), geometry),
      dtype: positionDType(geometry),
    };
  },
  gradient: () => [undefined],
  reference(node, [x]) {
    const best = new Float64Array(sizeOf(node.shape)).fill(Number.NEGATIVE_INFINITY);
    const result = new Float64Array(sizeOf(node.shape)).fill(-1);
    forEachPosition((node.inputs[0] as Node).shape, node.shape, node.attributes, (pooled, input, position) => {
      const value = x?.[input] as number;
      const isBetter = value > (best[pooled] as number) || (Number.isNaN(value) && !Number.isNaN(best[pooled]));
      if (!isBetter && result[pooled] !== -1) return;
      best[pooled] = value;
      result[pooled] = position;
    });
    return result;
  },
  samples: (): Sample<WindowGeometry>[] => [
    ...cases.map(({ input, geometry }) => ({
      inputs: [{ shape: input }],
      attributes: geometry,
      differentiable: false,
    })),
    {
      inputs: [
        {
          shape: [1, 4, 4, 1],
          values: [1, 1, Number.NaN, 2, 1, 1, 3, Number.NaN, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0],
        },
      ],
      attributes: {
        window: [2, 2],
        strides: [2, 2],
        padding: [
          [0, 0],
          [0, 0],
        ],
        dilation: [1, 1],
      },
      differentiable: false,
    },
  ],
});

/** Each window's value at its position. */
export const windowGatherPrimitive = definePrimitive<WindowGeometry>({
  name: windowGatherName.name,
  kind: "kernel",
  infer([x, positions], geometry) {
    const shape = pooledShape("windowGather", requireImages("windowGather", x as Node, ["float32"]), geometry);
    requireImages("windowGather", positions as Node, [positionDType(geometry)]);
    return { shape, dtype: "float32" };
  },
  gradient(node, g) {
    const [x, positions] = node.inputs as [Node, Node];
    const [, height, width] = imagesOf(x.shape);
    return [windowScatter(g, positions, { ...node.attributes, inputSize: [height, width] }), undefined];
  },
  reference(node, [x, positions]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition((node.inputs[0] as Node).shape, node.shape, node.attributes, (pooled, input, position) => {
      if (positions?.[pooled] === position) result[pooled] = x?.[input] as number;
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, geometry }) => ({
      inputs: [
        { shape: input },
        {
          shape: pooledShape("sample", input, geometry),
          dtype: positionDType(geometry),
          values: validPositions(input, geometry),
        },
      ],
      attributes: geometry,
      differentiable: differentiable(input),
    })),
});

/** The transpose of windowGather: adds each value to the input place its position names. */
export const windowScatterPrimitive = definePrimitive<Sized>({
  name: windowScatterName.name,
  kind: "kernel",
  infer([values, positions], attributes) {
    const [batch, , , channels] = requireImages("windowScatter", values as Node, ["float32"]);
    requireImages("windowScatter", positions as Node, [positionDType(attributes)]);
    return { shape: [batch, ...attributes.inputSize, channels], dtype: "float32" };
  },
  gradient(node, g) {
    const { inputSize: _, ...geometry } = node.attributes;
    return [windowGather(g, node.inputs[1] as Node, geometry), undefined];
  },
  reference(node, [values, positions]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition(node.shape, (node.inputs[0] as Node).shape, node.attributes, (pooled, input, position) => {
      if (positions?.[pooled] === position) result[input] = (result[input] as number) + (values?.[pooled] as number);
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, geometry }) => {
      const shape = pooledShape("sample", input, geometry);
      return {
        inputs: [{ shape }, { shape, dtype: positionDType(geometry), values: validPositions(input, geometry) }],
        attributes: { ...geometry, inputSize: [input[1], input[2]] as const },
        differentiable: differentiable(input),
      };
    }),
});

/** The sum of each window. */
export const windowSumPrimitive = definePrimitive<WindowGeometry>({
  name: windowSumName.name,
  kind: "kernel",
  infer([x], geometry) {
    return {
      shape: pooledShape("windowSum", requireImages("windowSum", x as Node, ["float32"]), geometry),
      dtype: "float32",
    };
  },
  gradient(node, g) {
    const [, height, width] = imagesOf((node.inputs[0] as Node).shape);
    return [windowSpread(g, { ...node.attributes, inputSize: [height, width] })];
  },
  reference(node, [x]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition((node.inputs[0] as Node).shape, node.shape, node.attributes, (pooled, input) => {
      result[pooled] = (result[pooled] as number) + (x?.[input] as number);
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, geometry }) => ({
      inputs: [{ shape: input }],
      attributes: geometry,
      differentiable: differentiable(input),
    })),
});

/** The transpose of windowSum: adds each value to every place of its window. */
export const windowSpreadPrimitive = definePrimitive<Sized>({
  name: windowSpreadName.name,
  kind: "kernel",
  infer([values], attributes) {
    const [batch, , , channels] = requireImages("windowSpread", values as Node, ["float32"]);
    return { shape: [batch, ...attributes.inputSize, channels], dtype: "float32" };
  },
  gradient(node, g) {
    const { inputSize: _, ...geometry } = node.attributes;
    return [windowSum(g, geometry)];
  },
  reference(node, [values]) {
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition(node.shape, (node.inputs[0] as Node).shape, node.attributes, (pooled, input) => {
      result[input] = (result[input] as number) + (values?.[pooled] as number);
    });
    return result;
  },
  samples: () =>
    cases.map(({ input, geometry }) => ({
      inputs: [{ shape: pooledShape("sample", input, geometry) }],
      attributes: { ...geometry, inputSize: [input[1], input[2]] as const },
      differentiable: differentiable(input),
    })),
});

/** For samples: some real position of each window, varied from window to window. */
function validPositions(input: Images, geometry: WindowGeometry): number[] {
  const pooled = pooledShape("sample", input, geometry);
  const result = new Array<number>(sizeOf(pooled)).fill(0);
  forEachPosition(input, pooled, geometry, (place, _input, position) => {
    if ((place * 7 + position * 3) % 5 < 2 || result[place] === 0) result[place] = position;
  });
  return result;
}

export function windowArgMax(x: Node, geometry: WindowGeometry): Node {
  return apply(windowArgMaxPrimitive, [x], pick(geometry));
}

export function windowGather(x: Node, positions: Node, geometry: WindowGeometry): Node {
  return apply(windowGatherPrimitive, [x, positions], pick(geometry));
}

/** The largest value of each window. */
export function windowMax(x: Node, geometry: WindowGeometry): Node {
  return windowGather(x, windowArgMax(x, geometry), geometry);
}

export function windowScatter(values: Node, positions: Node, options: Sized): Node {
  return apply(windowScatterPrimitive, [values, positions], { ...pick(options), inputSize: options.inputSize });
}

export function windowSum(x: Node, geometry: WindowGeometry): Node {
  return apply(windowSumPrimitive, [x], pick(geometry));
}

export function windowSpread(values: Node, options: Sized): Node {
  return apply(windowSpreadPrimitive, [values], { ...pick(options), inputSize: options.inputSize });
}

function pick({ window, strides, padding, dilation }: WindowGeometry): WindowGeometry {
  return { window, strides, padding, dilation };
}
