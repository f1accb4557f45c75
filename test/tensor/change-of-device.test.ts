/** A program may change its device: what was computed before stays readable, and equal expressions are computed anew. */
import { expect, test } from "vitest";
import { ReferenceDevice } from "../../src/devices/reference/reference.ts";
import { load, saveModel } from "../../src/io/index.ts";
import { dense } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { setSaver } from "../../src/models/saver.ts";
import { add } from "../../src/ops/elementwise.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { tensor } from "../../src/tensor/tensor.ts";
import { fastDevices } from "../support/devices.ts";

setSaver(saveModel);

function untrained() {
  const model = sequential([dense({ units: 4, inputShape: [3] })]);
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return model;
}

test.each(fastDevices.map((device) => [device.name, device] as const))("from %s to another", async (_name, device) => {
  setDevice(device);
  // Biases and moments begin as zeros, here and in the model on the other device: one expression.
  const loaded = await load(await untrained().toFiles());
  const x = tensor([[1, 2, 3]]);
  const before = await loaded.predict(x);
  setDevice(new ReferenceDevice());
  await untrained().fit(tensor([[1, 2, 3]]), tensor([[0, 1, 0, 1]]), { epochs: 2 });
  expect((await before.data()).length).toBe(4);
});

const wasm = fastDevices.find(({ name }) => name === "wasm");

test.skipIf(!wasm)(
  "a tensor that lives in one engine is refused by another, for which its memory is some other",
  async () => {
    if (wasm) setDevice(wasm);
    const x = tensor([1, 2, 3]);
    setDevice("wasm");
    const y = tensor([4, 5, 6]);
    expect(await add(y, y).array()).toEqual([8, 10, 12]);
    await expect(add(x, y).data()).rejects.toThrow("was given a buffer of another device");
  },
);
