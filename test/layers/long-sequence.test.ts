/** Long sequences of few features, whose steps recurrent layers project each in its turn, against shorter ones that are projected as a whole. */
import { expect, test } from "vitest";
import { layers, ops, randomNormal, setDevice, setSeed, type Tensor } from "../../src/index.ts";

setDevice("native");

const [batch, time, features, units] = [64, 1024, 3, 24];
const context = { training: true };

test.each(["lstm", "gru", "simpleRNN"] as const)(
  "%s: one long sequence is two halves, one after the other",
  async (kind) => {
    setSeed(1);
    const layer = layers[kind]({
      units: kind === "simpleRNN" ? 3 * units : units,
      returnSequences: true,
      returnState: true,
    });
    layer.buildAll([[time, features]]);
    const x = randomNormal([batch, time, features]);
    const half = (start: number): Tensor => ops.slice(x, { start: [0, start, 0], size: [batch, time / 2, features] });
    const [whole] = layer.callOutputs([x], context) as [Tensor];
    const [first, ...state] = layer.callOutputs([half(0)], context) as [Tensor, ...Tensor[]];
    const [second] = layer.callOutputs([half(time / 2), ...state], context) as [Tensor];
    const inHalves = ops.concatenate([first, second], 1);
    const gradientsOf = (output: Tensor) => ops.gradients(ops.mean(ops.square(output)), layer.trainableVariables);
    await expectClose(whole, inHalves, 1e-4);
    const [ofWhole, ofHalves] = [gradientsOf(whole), gradientsOf(inHalves)];
    for (const [index, gradient] of ofWhole.entries()) await expectClose(gradient, ofHalves[index] as Tensor, 1e-5);
  },
);

async function expectClose(actual: Tensor, expected: Tensor, within: number): Promise<void> {
  const [difference] = await ops.max(ops.abs(ops.subtract(actual, expected))).data();
  expect(difference).toBeLessThan(within);
}
