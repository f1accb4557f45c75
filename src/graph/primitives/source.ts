/** Elementwise sources: values that depend only on the index, and random bits that depend on the index and a key. */
import { apply, definePrimitive, formatSignature, type Node } from "../node.ts";
import { formatShape, type Shape, sizeOf } from "../shape.ts";

/** Each element is its own index along `axis`. */
export const iotaPrimitive = definePrimitive<{ shape: Shape; axis: number }>({
  name: "iota",
  kind: "elementwise",
  infer(_inputs, { shape, axis }) {
    if (!(axis >= 0 && axis < shape.length))
      throw new RangeError(`iota: axis ${axis} is outside the ${shape.length} axes of ${formatShape(shape)}`);
    return { shape, dtype: "int32" };
  },
  gradient: () => [],
  reference(node) {
    const { shape, axis } = node.attributes;
    const inner = sizeOf(shape.slice(axis + 1));
    return new Float64Array(sizeOf(shape)).map((_, index) => Math.floor(index / inner) % (shape[axis] as number));
  },
  samples: () => [
    { inputs: [], attributes: { shape: [7], axis: 0 } },
    { inputs: [], attributes: { shape: [3, 5, 2], axis: 1 } },
    { inputs: [], attributes: { shape: [33, 31], axis: 1 } },
    { inputs: [], attributes: { shape: [33, 31], axis: 0 } },
    { inputs: [], attributes: { shape: [0, 3], axis: 1 } },
  ],
});

/**
 * 32 random bits an element: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The key
 * is an int32 tensor [2]; `stream` sets generators with one key apart. Element e takes word (e / 16) % 4 of the counter
 * ((e / 64) * 16 + e % 16, stream, 0, 0), so that every device and any number of threads draws the same bits.
 */
export const randomBitsPrimitive = definePrimitive<{ shape: Shape; stream: number }>({
  name: "randomBits",
  kind: "elementwise",
  infer(inputs, { shape }) {
    const [key] = inputs as [Node];
    if (key.dtype !== "int32" || key.shape.length !== 1 || key.shape[0] !== 2)
      throw new TypeError(`randomBits: the key is ${formatSignature(key)}, expected int32[2]`);
    return { shape, dtype: "int32" };
  },
  gradient: () => [undefined],
  reference(node, [key]) {
    const { stream } = node.attributes;
    return new Float64Array(sizeOf(node.shape)).map((_, e) => {
      const words = philox4x32(
        [Math.floor(e / 64) * 16 + (e % 16), stream, 0, 0],
        [key?.[0] as number, key?.[1] as number],
      );
      return words[Math.floor(e / 16) % 4] as number;
    });
  },
  samples: () => [
    {
      inputs: [{ shape: [2], dtype: "int32", values: [42, 7] }],
      attributes: { shape: [5, 7], stream: 3 },
      differentiable: false,
    },
    {
      inputs: [{ shape: [2], dtype: "int32", values: [-1, -2147483648] }],
      attributes: { shape: [1031], stream: 0 },
      differentiable: false,
    },
    {
      inputs: [{ shape: [2], dtype: "int32", values: [0, 0] }],
      attributes: { shape: [0], stream: 1 },
      differentiable: false,
    },
    {
      inputs: [{ shape: [2], dtype: "int32", values: [1, 2] }],
      attributes: { shape: [], stream: 2147483647 },
      differentiable: false,
    },
  ],
});

/** The high 32 bits of the product of two unsigned 32-bit integers, in 32-bit operations alone, which are quick. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const cross = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** One block of Philox4x32-10: four int32 words from a counter of four and a key of two. */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [c0 | 0, c1 | 0, c2 | 0, c3 | 0];
}

export function iota(shape: Shape, axis: number): Node {
  return apply(iotaPrimitive, [], { shape: [...shape], axis });
}

export function randomBits(key: Node, shape: Shape, stream: number): Node {
  return apply(randomBitsPrimitive, [key], { shape: [...shape], stream });
}
