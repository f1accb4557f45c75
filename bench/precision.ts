/** What bfloat16 costs in accuracy: the loss of the same training in both precisions, on new examples in each step. */
import { cast, ops, type Precision, randomNormal, randomUniform, setSeed, type Tensor } from "rappel";
import { perceptron, supervisedStep } from "./cases.ts";
import { gpt } from "./networks/gpt.ts";
import type { Network } from "./networks/network.ts";

const steps = 200;

/** A network of the cases, and something that it can learn. */
interface Task {
  readonly network: () => Network;
  readonly batches: () => () => readonly [x: Tensor, y: Tensor];
}

const tasks: Readonly<Record<string, Task>> = {
  "wide-mlp": {
    network: () => perceptron(1024, 2048, 2048, 1000),
    // Points around a thousand centres.
    batches: () => {
      const centres = randomNormal([1000, 1024], { standardDeviation: 0.2 });
      return () => {
        const y = cast(randomUniform([256], { high: 1000 }), "int32");
        return [ops.add(ops.gather(centres, y), randomNormal([256, 1024])), y];
      };
    },
  },
  gpt: {
    network: () => gpt({ vocabulary: 65, width: 128, blocks: 4, time: 64, heads: 4 }),
    // Walks around a circle of 65 tokens, by one or by two.
    batches: () => () => {
      const walked = ops.cumulativeSum(ops.floor(randomUniform([16, 65], { low: 1, high: 3 })), { axis: 1 });
      const tokens = cast(ops.mod(walked, 65), "int32");
      return [ops.sliceAxis(tokens, 1, 0, 64), ops.sliceAxis(tokens, 1, 1, 65)];
    },
  },
};
export const accuracyTasks = Object.keys(tasks);

/** The loss before and after so many steps from one seed. */
async function lossesIn(precision: Precision, { network, batches }: Task): Promise<[first: number, last: number]> {
  setSeed(1);
  const step = supervisedStep(network());
  const next = batches();
  const losses: number[] = [];
  for (let index = 0; index < steps; index++) {
    const [x, y] = next();
    losses.push(await ops.withPrecision(precision, () => step(x, y)).item());
  }
  return [losses[0] as number, losses.at(-1) as number];
}

/** A line with both losses and how far they are apart. @throws If the task is unknown. */
export async function comparePrecisions(name: string): Promise<string> {
  const task = tasks[name];
  if (!task) throw new RangeError(`there is no accuracy task "${name}"; there are ${accuracyTasks.join(", ")}`);
  const [first, exact] = await lossesIn("float32", task);
  const [, rounded] = await lossesIn("bfloat16", task);
  const apart = Math.abs(rounded / exact - 1) * 100;
  return (
    `${name.padEnd(10)} ${first.toFixed(4)} → float32 ${exact.toFixed(4)}, bfloat16 ${rounded.toFixed(4)} ` +
    `after ${steps} steps: ${apart.toFixed(2)} % apart`
  );
}
