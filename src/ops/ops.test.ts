/** Composite functions on tensors, where golden values of other libraries do not reach. */
import { describe, expect, test } from "vitest";
import { numbers } from "../../test/support/samples.ts";
import { type Shape, sizeOf } from "../graph/shape.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";
import * as ops from "./index.ts";

function values(shape: Shape, seed: number): Tensor {
  const random = numbers(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1),
    { shape },
  );
}

const activations: readonly (readonly [string, (x: Tensor) => Tensor])[] = [
  ["relu", ops.relu],
  ["relu6", ops.relu6],
  ["leakyRelu", (x) => ops.leakyRelu(x)],
  ["elu", (x) => ops.elu(x)],
  ["selu", ops.selu],
  ["gelu", (x) => ops.gelu(x)],
  ["geluTanh", (x) => ops.gelu(x, { approximate: true })],
  ["silu", ops.silu],
  ["softplus", ops.softplus],
  ["logSigmoid", ops.logSigmoid],
  ["softsign", ops.softsign],
  ["mish", ops.mish],
  ["hardSigmoid", ops.hardSigmoid],
  ["hardSwish", ops.hardSwish],
  ["softmax", (x) => ops.softmax(x)],
  ["logSoftmax", (x) => ops.logSoftmax(x)],
  ["softmin", (x) => ops.softmin(x)],
  ["sparsemax", (x) => ops.sparsemax(x)],
  ["celu", (x) => ops.celu(x, { alpha: 0.5 })],
  ["squareplus", (x) => ops.squareplus(x)],
  ["tanhShrink", ops.tanhShrink],
  ["hardShrink", (x) => ops.hardShrink(x)],
  ["softShrink", (x) => ops.softShrink(x)],
  ["hardTanh", (x) => ops.hardTanh(x)],
  ["threshold", (x) => ops.threshold(x, { threshold: 0.5, value: 2 })],
  ["sparsePlus", ops.sparsePlus],
  ["sparseSigmoid", ops.sparseSigmoid],
];

describe.each(activations)("%s", (_name, activation) => {
  test("has a finite value and gradient for large inputs", async () => {
    const x = tensor([-1e4, -200, -100, -1, 0, 1, 100, 200, 1e4]);
    const y = activation(x);
    const [gradient] = ops.gradients(ops.sum(ops.multiply(y, values([9], 1))), [x]) as [Tensor];
    for (const value of [...(await y.data()), ...(await gradient.data())]) expect(value).toSatisfy(Number.isFinite);
  });

  test("keeps NaN", async () => {
    expect((await activation(tensor([Number.NaN, 1])).data())[0]).toBeNaN();
  });
});

test("sparsemax is the nearest point of the simplex, along any axis", async () => {
  const x = tensor([
    [0.5, 10],
    [0.1, -3],
    [-0.3, 8],
    [0.45, 9.5],
    [0.2, -20],
  ]);
  const y = ops.sparsemax(x, { axis: 0 });
  const expected = [0.4375, 0.75, 0.0375, 0, 0, 0, 0.3875, 0.25, 0.1375, 0];
  for (const [index, value] of (await y.data()).entries()) expect(value).toBeCloseTo(expected[index] as number, 6);
  // Within the support a sparsemax takes off the mean of what comes back, outside it lets nothing through.
  const [gradient] = ops.gradients(ops.sum(ops.multiply(y, tensor([[4], [2], [7], [1], [1]]))), [x]) as [Tensor];
  expect([...(await gradient.data())]).toEqual([2, 1.5, 0, 0, 0, 0, -1, -1.5, -1, 0]);
});

test("a gated linear unit halves its axis", async () => {
  expect(await ops.glu(tensor([[1, 2, 0, 0]])).array()).toEqual([[0.5, 1]]);
  expect(() => ops.glu(tensor([[1, 2, 3]]))).toThrow("split: axis 1 of [1, 3] has the size 3, which 2 does not divide");
});

test("softmax along another axis sums to one there", async () => {
  const sums = await ops.sum(ops.softmax(values([2, 3, 4], 2), { axis: 1 }), { axis: 1 }).data();
  for (const sum of sums) expect(sum).toBeCloseTo(1, 6);
});

test("erfInverse undoes erf, up to the edges", async () => {
  const x = [-0.999999, -0.99, -0.5, -1e-6, 0, 0.3, 0.9, 0.9999];
  const back = await ops.erf(ops.erfInverse(tensor(x))).data();
  for (const [index, value] of x.entries()) expect(back[index]).toBeCloseTo(value, 6);
  const [below, above, beyond] = await ops.erfInverse(tensor([-1, 1, 1.5])).data();
  expect([below, above]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  expect(beyond).toBeNaN();
});

test("a depthwise convolution convolves each channel alone", async () => {
  const [x, filter] = [values([2, 5, 6, 3], 3), values([3, 2, 3, 2], 4)];
  const whole = ops.depthwiseConv2d(x, filter, { padding: "same", strides: 2 });
  expect(whole.shape).toEqual([2, 3, 3, 6]);
  for (let channel = 0; channel < 3; channel++) {
    const alone = ops.conv2d(
      ops.sliceAxis(x, 3, channel, channel + 1),
      ops.sliceAxis(filter, 2, channel, channel + 1),
      {
        padding: "same",
        strides: 2,
      },
    );
    expect(await ops.sliceAxis(whole, 3, 2 * channel, 2 * channel + 2).data()).toEqual(await alone.data());
  }
});

describe.each([
  { strides: 1, padding: "valid", out: [6, 7] },
  { strides: 2, padding: "valid", out: [9, 11] },
  { strides: 4, padding: "valid", out: [16, 20] },
  { strides: 2, padding: "same", out: [8, 10] },
] as const)("a transposed convolution, strides $strides, $padding", ({ strides, padding, out }) => {
  test("is the transpose of the convolution", async () => {
    const [x, filter] = [values([2, 4, 5, 3], 5), values([3, 3, 2, 3], 6)];
    const y = ops.conv2dTranspose(x, filter, { strides, padding });
    expect(y.shape).toEqual([2, ...out, 2]);
    // <T x, z> = <x, C z> for every z says that T is C's transpose.
    const z = values(y.shape, 7);
    const left = await ops.sum(ops.multiply(y, z)).item();
    const right = await ops.sum(ops.multiply(x, ops.conv2d(z, filter, { strides, padding }))).item();
    expect(left).toBeCloseTo(right, 4);
  });
});

test("pooling with padding takes only real pixels", async () => {
  const x = tensor(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((value) => -value),
    { shape: [1, 3, 3, 1] },
  );
  const options = { poolSize: 2, padding: "same" } as const;
  expect([...(await ops.maxPool2d(x, options).data())]).toEqual([-1, -3, -7, -9]);
  expect([...(await ops.averagePool2d(x, options).data())]).toEqual([-3, -4.5, -7.5, -9]);
});

test("wrong inputs are named", () => {
  expect(() => ops.conv2d(values([4, 4, 1], 1), values([3, 3, 1, 1], 1))).toThrow(
    "conv2d: the input has the shape [4, 4, 1], expected [batch, height, width, channels]",
  );
  expect(() => ops.maxPool2d(values([1, 4, 4, 1], 1), JSON.parse('{ "pool_size": 3 }'))).toThrow(
    'maxPool2d: unknown option "pool_size", did you mean "poolSize"?',
  );
  expect(() => ops.conv2dTranspose(values([1, 4, 4, 3], 1), values([3, 3, 2, 5], 1))).toThrow(
    "conv2dTranspose: the input has 3 channels in axis 3, the filter [3, 3, 2, 5] expects 5",
  );
});

test.each([
  ["reflect", [3, 2, 1, 2, 3, 2]],
  ["symmetric", [2, 1, 1, 2, 3, 3]],
  ["edge", [1, 1, 1, 2, 3, 3]],
  ["wrap", [2, 3, 1, 2, 3, 1]],
] as const)("padding in mode %s", async (mode, expected) => {
  expect([...(await ops.pad(tensor([1, 2, 3]), [[2, 1]], mode).data())]).toEqual(expected);
  const bytes = tensor(Uint8Array.from([1, 2, 3]), { shape: [3, 1] });
  const padded = ops.pad(
    bytes,
    [
      [2, 1],
      [0, 0],
    ],
    mode,
  );
  expect([padded.dtype, padded.shape]).toEqual(["uint8", [6, 1]]);
  expect([...(await padded.data())]).toEqual(expected);
  expect(() => ops.pad(tensor(new Float32Array(0)), [[1, 0]], mode)).toThrow(
    `pad: 1 before and 0 after axis 0 of [0], but mode "${mode}" has at most 0 for its 0 elements`,
  );
});
