/** A network that learns with CTC to read letters off a strip, not knowing where they stand, with padding that a mask hides. */
import { expect, test } from "vitest";
import { input, layers, losses, model, ops, optimizers, setDevice, setSeed, tensor } from "../../src/index.ts";
import { numbers } from "../support/samples.ts";

setDevice("native");

const [examples, steps, features, letters] = [64, 14, 4, 3];

/** Strips of 2 or 3 letters, each 2 to 3 steps long with gaps between them; what is behind the last letter is 0. */
function strips() {
  const random = numbers(5);
  const x = new Float32Array(examples * steps * features);
  const labels = new Int32Array(examples * 3);
  for (let example = 0; example < examples; example++) {
    let step = Math.floor(random() * 2);
    for (let letter = 0; letter < 2 + (example % 2); letter++) {
      const label = 1 + Math.floor(random() * letters);
      labels[example * 3 + letter] = label;
      for (let last = step + 2 + Math.floor(random() * 2); step < last; step++) {
        const start = (example * steps + step) * features;
        for (let each = 0; each < features; each++) x[start + each] = (each === label ? 1 : 0) + 0.1 * (random() - 0.5);
      }
      x[(example * steps + step++) * features] = 1; // a gap
    }
  }
  return { x: { data: x, shape: [examples, steps, features] }, y: { data: labels, shape: [examples, 3] } };
}

test("letters are read without being told where they stand", async () => {
  setSeed(2);
  const strip = input({ shape: [steps, features] });
  const hidden = layers.dense({ units: 16, activation: "relu" }).apply(layers.masking().apply(strip));
  const network = model({ inputs: strip, outputs: layers.dense({ units: letters + 1 }).apply(hidden) });
  network.compile({ optimizer: optimizers.adam({ learningRate: 0.02 }), loss: losses.ctc() });
  const data = strips();
  const { history } = await network.fit(data, { epochs: 40, batchSize: 16, seed: 1, callbacks: [] });
  expect((history.loss as readonly number[]).at(-1)).toBeLessThan(0.2);
  const logits = network.call(tensor(data.x.data, { shape: data.x.shape }));
  // The steps behind the last letter are not trained: they are not read either.
  const lengths = Array.from({ length: examples }, (_, example) => {
    const row = data.x.data.subarray(example * steps * features, (example + 1) * steps * features);
    return Math.ceil((row.findLastIndex((value) => value !== 0) + 1) / features);
  });
  const readings = await ops.ctcGreedyDecode(logits, { logitLength: lengths });
  const right = readings.filter(({ labels }, example) => {
    const expected = [...data.y.data.subarray(example * 3, example * 3 + 3)].filter((label) => label > 0);
    return labels.join() === expected.join();
  });
  expect(right.length).toBeGreaterThan(0.95 * examples);
});
