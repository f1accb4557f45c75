/** A small GPT: pre-norm transformer blocks with causal self-attention. Radford et al. (2019). */
import { layers, ops, type Tensor, Variable, zeros } from "rappel";
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
  const attention = () => {
    const [project, output] = [dense(width, 3 * width), dense(width, width)];
    return (x: Tensor) => {
      const [q, k, v] = ops.split(project(x), 3, -1).map((part) => ops.splitHeads(part, heads)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return output(ops.mergeHeads(ops.scaledDotProductAttention(q, k, v, { causal: true })));
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
