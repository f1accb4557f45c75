/** Models of recurrent layers with masks and states are saved and loaded with all their options and state. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { input, layers, load, model, optimizers, setDevice, setSeed, tensor } from "../index.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-sequences-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** An encoder whose states begin a stateful decoder, with a mask as an input. */
function translator() {
  const source = input({ shape: [4], dtype: "int32", name: "source" });
  const target = input({ shape: [2, 3], name: "target" });
  const kept = input({ shape: [2], name: "kept" });
  const embedded = layers.embedding({ inputDim: 6, outputDim: 3, maskZero: true }).apply(source);
  const each = layers.timeDistributed({ layer: layers.dense({ units: 3, activation: "tanh" }) }).apply(embedded);
  const encoder = layers.bidirectional({
    layer: layers.gru({ units: 2, returnSequences: true, returnState: true, resetAfter: false, dropout: 0.1, seed: 3 }),
    backwardLayer: layers.gru({ units: 2, returnSequences: true, returnState: true, goBackwards: true }),
    mergeMode: "sum",
  });
  const [encoded, state] = encoder.applyOutputs(each) as [layers.SymbolicTensor, layers.SymbolicTensor];
  const memory = layers.simpleRNN({
    units: 2,
    stateful: true,
    batchSize: 2,
    zeroOutputForMask: true,
    kernelConstraint: "unitNorm",
    recurrentConstraint: { className: "maxNorm", config: { maxValue: 1 } },
    biasRegularizer: "l2",
  });
  const remembered = memory.apply(layers.masking({ maskValue: 0.5 }).apply(target), { mask: kept });
  const decoded = layers.gru({ units: 2, recurrentDropout: 0.1, seed: 4 }).apply([target, state]);
  const pooled = layers.globalAveragePooling1d().apply(encoded);
  const joined = layers.concatenate().apply([remembered, decoded, pooled]);
  const made = model({
    inputs: { source, target, kept },
    outputs: layers.dense({ units: 1, name: "score" }).apply(joined),
  });
  made.compile({ optimizer: optimizers.adam({ learningRate: 0.05 }), loss: "meanSquaredError" });
  return made;
}

const x = {
  source: { data: Int32Array.from([1, 2, 0, 0, 3, 4, 5, 0, 0, 0, 0, 1, 0, 0, 0, 0]), shape: [4, 4] },
  target: { data: Float32Array.from({ length: 24 }, (_, index) => Math.sin(index)), shape: [4, 2, 3] },
  kept: { data: Float32Array.from([1, 1, 1, 0, 0, 1, 0, 0]), shape: [4, 2] },
};
const y = { data: Float32Array.from([1, -1, 0.5, 0]), shape: [4, 1] };
const options = { epochs: 2, batchSize: 2, shuffle: false, callbacks: [] };

test("loaded, it has the options and the state, and goes on bit by bit as if it had never stopped", async () => {
  setSeed(1);
  const original = translator();
  await original.fit(x, y, options);
  await original.save(join(folder, "model"));
  const loaded = await load(join(folder, "model"));
  expect(loaded.config()).toEqual(original.config());
  for (const each of [original, loaded]) await each.fit(x, y, options);
  const [before, after] = await Promise.all(
    [original, loaded].map((each) => Promise.all(each.variables.map((variable) => variable.data()))),
  );
  expect(after).toEqual(before);
  const batch = Object.fromEntries(
    Object.entries(x).map(([name, { data, shape }]) => [
      name,
      tensor(data.slice(0, data.length / 2), { shape: [2, ...shape.slice(1)] }),
    ]),
  );
  expect(await (await loaded.predict(batch)).data()).toEqual(await (await original.predict(batch)).data());
});
