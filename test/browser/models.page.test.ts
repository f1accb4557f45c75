/** Models in a page: kept in the browser's database, and read from an address. */
import { beforeAll, describe, expect, test } from "vitest";
import { deleteSavedModel, listSavedModels, load, saveModel } from "../../src/io/index.ts";
import * as layers from "../../src/layers/index.ts";
import { callbacks } from "../../src/models/index.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { setSaver } from "../../src/models/saver.ts";
import { setSeed } from "../../src/tensor/random.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { tensor } from "../../src/tensor/tensor.ts";

const x = tensor([
  [1, 2, 3],
  [0, 1, -1],
]);
const y = tensor([[1], [0]]);

beforeAll(() => {
  setDevice("auto");
  setSaver(saveModel);
});

function small(): Model {
  setSeed(3);
  const model = sequential([
    layers.dense({ units: 4, inputShape: [3] }),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return model;
}

const predict = async (model: Model) => (await model.predict(x)).data();

test("what compile gets by name is fetched, and who uses it is told what is wrong with it", async () => {
  const model = small();
  expect(model.compiled).toBe(true);
  await model.whenCompiled();
  expect(model.optimizer.className).toBe("adam");
  model.compile({ optimizer: "adam", loss: { className: "meanSquareError", config: {} } });
  await expect(model.fit(x, y)).rejects.toThrow('did you mean "meanSquaredError"?');
});

describe("in the browser's database", () => {
  test("a model is saved, listed, replaced, loaded bit by bit and removed", async () => {
    const model = small();
    await model.save("indexeddb://small");
    await model.fit(x, y, { epochs: 2, seed: 1 });
    await model.save("indexeddb://small");
    expect(await listSavedModels()).toEqual(["indexeddb://small"]);
    const loaded = await load("indexeddb://small");
    expect(await predict(loaded)).toEqual(await predict(model));
    for (const each of [model, loaded]) await each.fit(x, y, { epochs: 4, initialEpoch: 2 });
    expect(await predict(loaded)).toEqual(await predict(model));
    await expect(load("indexeddb://other")).rejects.toThrow(
      "indexeddb://other: this browser keeps no such model for this origin; it keeps indexeddb://small",
    );
    await deleteSavedModel("indexeddb://small");
    expect(await listSavedModels()).toEqual([]);
  });

  test("checkpoints are kept there too", async () => {
    const checkpoint = callbacks.modelCheckpoint({ directory: "indexeddb://epoch-{epoch}" });
    await small().fit(x, y, { epochs: 2, callbacks: [checkpoint] });
    expect(await listSavedModels()).toEqual(["indexeddb://epoch-1", "indexeddb://epoch-2"]);
    for (const name of await listSavedModels()) await deleteSavedModel(name);
  });
});

test("a path is an address beside the page's, to which nothing can be saved", async () => {
  await expect(load("models/none")).rejects.toThrow(/models\/none\/model\.json/);
  await expect(small().save("models/none")).rejects.toThrow("nothing can be written from here; save to");
});
