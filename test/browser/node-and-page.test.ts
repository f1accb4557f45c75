/** Node and pages understand each other's models: the same predictions, and a training that was begun in one goes on in the other. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { load, saveModel } from "../../src/io/model.ts";
import * as layers from "../../src/layers/index.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/networks/sequential.ts";
import { setSaver } from "../../src/models/saver.ts";
import { setSeed } from "../../src/tensor/random.ts";
import { setDevice } from "../../src/tensor/storage.ts";
import { Site, visitRappel, whyNoChromium } from "./page.ts";

/** What the page has imported. */
declare const rappel: typeof import("../../src/index.ts");

const examples = 64;
const x = {
  data: Float32Array.from({ length: examples * 36 }, (_, index) => Math.sin(index)),
  shape: [examples, 6, 6, 1],
};
const y = Int32Array.from({ length: examples }, (_, index) => index % 3);

/** What crosses the border: files as texts, and predictions as numbers. */
interface Crossing {
  readonly files: Readonly<Record<string, string>>;
  readonly predictions: readonly number[];
  readonly loss: readonly number[];
}

function convolutional(): Model {
  setSeed(1);
  const model = sequential([
    layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [6, 6, 1] }),
    layers.batchNormalization(),
    layers.flatten(),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 3, activation: "softmax" }),
  ]);
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

async function predictionsOf(model: Model): Promise<number[]> {
  return [...(await (await model.predict(x)).data())];
}

async function textsOf(model: Model): Promise<Record<string, string>> {
  return Object.fromEntries(
    [...(await model.toFiles())].map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]),
  );
}

/** Loads a model in the page, goes on training it there for two epochs, and gives it back. */
function trainInPage(
  page: Page,
  files: Crossing["files"],
  epochs: readonly [from: number, to: number],
): Promise<Crossing> {
  return page.evaluate(
    async ({ files, x, y, from, to }) => {
      const { load } = rappel;
      const decode = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      const encode = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
      const model = await load(new Map(Object.entries(files).map(([name, text]) => [name, decode(text)])));
      const images = { data: Float32Array.from(x.data), shape: x.shape };
      const { history } = await model.fit(images, Int32Array.from(y), {
        epochs: to,
        initialEpoch: from,
        batchSize: 16,
      });
      const saved = await model.toFiles();
      return {
        files: Object.fromEntries([...saved].map(([name, bytes]) => [name, encode(bytes)])),
        predictions: [...(await (await model.predict(images)).data())],
        loss: history.loss ?? [],
      };
    },
    { files, x: { data: [...x.data], shape: x.shape }, y: [...y], from: epochs[0], to: epochs[1] },
  );
}

if (whyNoChromium) test.skip(`Node and pages: ${whyNoChromium}`, () => {});

describe.skipIf(whyNoChromium !== undefined).each([[false], [true]])("isolated: %s", (isolated) => {
  let site: Site;
  beforeAll(async () => {
    setDevice("native");
    setSaver(saveModel);
    site = await Site.open({ isolated });
  }, 60_000);
  afterAll(() => site?.close());

  test("training crosses from Node to the page and back, as if it had stayed in Node", {
    timeout: 60_000,
  }, async () => {
    const options = { batchSize: 16 };
    const stayed = convolutional();
    await stayed.fit(x, y, { ...options, epochs: 2, seed: 7 });
    const begun = await textsOf(stayed);
    const before = await predictionsOf(stayed);

    const page = await visitRappel(site);
    const untrained = await trainInPage(page, begun, [2, 2]);
    for (const [index, value] of before.entries()) expect(untrained.predictions[index]).toBeCloseTo(value, 5);

    const continued = await trainInPage(page, begun, [2, 4]);
    const { history } = await stayed.fit(x, y, { ...options, epochs: 4, initialEpoch: 2 });
    for (const [epoch, loss] of (history.loss ?? []).entries()) expect(continued.loss[epoch]).toBeCloseTo(loss, 4);

    const returned = await load(
      new Map(
        Object.entries(continued.files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]),
      ),
    );
    for (const [index, value] of (await predictionsOf(returned)).entries())
      expect(continued.predictions[index]).toBeCloseTo(value, 5);
    const after = await returned.fit(x, y, { ...options, epochs: 5, initialEpoch: 4 });
    const whole = await stayed.fit(x, y, { ...options, epochs: 5, initialEpoch: 4 });
    expect(after.history.loss?.[0]).toBeCloseTo(whole.history.loss?.[0] ?? Number.NaN, 4);
    await page.close();
  });

  test("a model on a server is loaded by its address", { timeout: 60_000 }, async () => {
    const page = await visitRappel(site);
    const message = await page.evaluate(async () => {
      const { load } = rappel;
      return load("models/none").catch(({ message }: Error) => message);
    });
    expect(message).toMatch('models/none/model.json: there is no such file, so "models/none" is not a saved model');
    await page.close();
  });
});
