/** Where models are kept: the same two files in a folder, under an address, in memory, or in a store of one's own. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as layers from "../../layers/index.ts";
import type { Model } from "../../models/model.ts";
import { sequential } from "../../models/networks/sequential.ts";
import { type ModelStore, setSaver } from "../../models/saver.ts";
import { setDevice } from "../../tensor/storage.ts";
import { tensor } from "../../tensor/tensor.ts";
import { load, saveModel } from "../model.ts";
import { openFolder } from "./folder.browser.ts";
import { deleteSavedModel, listSavedModels } from "./indexed-db.ts";

// The files hold float32, as this device does; the reference device computes in float64.
setDevice("native");
setSaver(saveModel);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-stores-"));
});
afterEach(() => rm(folder, { recursive: true }));

function trained(): Model {
  const model = sequential([layers.dense({ units: 2, inputShape: [3] })], { name: "small" });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  return model;
}

const x = tensor([[1, 2, 3]]);
const predict = async (model: Model) => (await model.predict(x)).data();

test("toFiles gives what save writes, and load takes it as bytes or as files", async () => {
  const model = trained();
  await model.save(folder);
  const files = await model.toFiles();
  expect([...files.keys()].sort()).toEqual(["model.json", "weights.safetensors"]);
  for (const [name, content] of files)
    expect(Buffer.compare(content, await readFile(join(folder, name))), name).toBe(0);
  const picked = [...files].map(([name, content]) => new File([Uint8Array.from(content)], name));
  for (const source of [files, picked, folder, pathToFileURL(folder)])
    expect(await predict(await load(source))).toEqual(await predict(model));
});

test("a store of one's own gets the files and gives them back", async () => {
  const kept = new Map<string, Uint8Array>();
  const store: ModelStore = {
    name: "my store",
    async write(files) {
      for (const [name, content] of files) kept.set(name, content);
    },
    async read(file) {
      return kept.get(file) ?? Promise.reject(new Error(`my store lacks ${file}`));
    },
  };
  await expect(load(store)).rejects.toThrow("my store lacks model.json");
  const model = trained();
  await model.save(store);
  expect(await predict(await load(store))).toEqual(await predict(model));
});

test("a model is read from an address, and not written there", async () => {
  const model = trained();
  await model.save(folder);
  const server = createServer((request, response) => {
    readFile(join(folder, String(request.url).replace("/models/small/", ""))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const place = `http://127.0.0.1:${port}/models/small`;
    expect(await predict(await load(place))).toEqual(await predict(model));
    expect(await predict(await load(new URL(`${place}/`)))).toEqual(await predict(model));
    await expect(load(`http://127.0.0.1:${port}/elsewhere`)).rejects.toThrow(/model\.json: there is no such file, so/);
    await expect(model.save(place)).rejects.toThrow(/is an address, where nothing can be written from here/);
  } finally {
    server.close();
  }
  await expect(load("http://127.0.0.1:1/small")).rejects.toThrow(
    "http://127.0.0.1:1/small/model.json cannot be fetched",
  );
});

describe("what cannot be is an error that says so", () => {
  test.each([
    [new Map(), /model\.json is not among the given files \(nothing\)/],
    [[{ name: "model.json" }], /among the files, expected a File/],
    [5, /load: got 5, expected a folder, an address/],
    ["indexeddb://digits", /there is no IndexedDB here: only browsers keep models so/],
  ])("load(%s)", async (source, message) => {
    await expect(load(source as string)).rejects.toThrow(message);
  });

  test("the browser's database, where there is none or for another name", async () => {
    await expect(listSavedModels()).rejects.toThrow("there is no IndexedDB here");
    await expect(deleteSavedModel("digits")).rejects.toThrow('expected "indexeddb://NAME"');
  });

  test("folders in pages", () => {
    expect(() => openFolder("file:///models")).toThrow("pages cannot read folders");
    expect(openFolder("models/small/").name).toBe("models/small");
  });
});
