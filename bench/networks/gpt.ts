/** A small GPT: pre-norm transformer blocks with causal self-attention. Radford et al. (2019). */
import { iota, layers, ops, type Tensor, Variable, zeros } from "rappel";
import { type Network, Parts } from "./network.ts";

export interface GPTOptions {
  readonly vocabulary: number;
  readonly width: number;
  readonly blocks: number;
  readonly time: number;
  readonly heads: number;
}

export function gpt({ vocabulary, width, blocks, time, heads }: GPTOptions): Network {
  const parts = new Parts();
  const dense = (from: number, units: number) => parts.add(layers.dense({ units }), [time, from]);
  const norm = () => parts.add(layers.layerNormalization({ epsilon: 1e-5 }), [time, width]);
  const head = width / heads;
  // 0 where a position may look, -Infinity where it would see the future.
  const mask = ops.where(ops.lessEqual(iota([time, time], 1), iota([time, time], 0)), 0, Number.NEGATIVE_INFINITY);

  const attention = () => {
    const [project, output] = [dense(width, 3 * width), dense(width, width)];
    return (x: Tensor) => {
      const batch = x.shape[0] as number;
      const [q, k, v] = ops
        .split(project(x), 3, -1)
        .map((part) => ops.transpose(ops.reshape(part, [batch, time, heads, head]), [0, 2, 1, 3])) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const scores = ops.multiply(ops.matmul(q, ops.transpose(k, [0, 1, 3, 2])), 1 / Math.sqrt(head));
      const mixed = ops.matmul(ops.softmax(ops.add(scores, mask)), v);
      return output(ops.reshape(ops.transpose(mixed, [0, 2, 1, 3]), [batch, time, width]));
    };
  };
  const block = () => {
    const [norm1, norm2, attend] = [norm(), norm(), attention()];
    const [up, down] = [dense(width, 4 * width), dense(4 * width, width)];
    return (x: Tensor) => {
      const attended = ops.add(x, attend(norm1(x)));
      return ops.add(attended, down(ops.gelu(up(norm2(attended)), { approximate: true })));
    };
  };

  const embed = parts.add(layers.embedding({ inputDim: vocabulary, outputDim: width }), [time]);
  const position = new Variable(zeros([time, width]));
  const stack = Array.from({ length: blocks }, block);
  const [last, output] = [norm(), dense(width, vocabulary)];
  return {
    variables: [position, ...parts.variables],
    call: (tokens) => output(last(stack.reduce((x, apply) => apply(x), ops.add(embed(tokens), position)))),
  };
}
