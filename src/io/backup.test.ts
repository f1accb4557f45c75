/** Callbacks that write models: trainings that go on after a crash, and checkpoints that are tidied up. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as layers from "../layers/index.ts";
import * as callbacks from "../models/callbacks/index.ts";
import type { Model } from "../models/model.ts";
import { sequential } from "../models/networks/sequential.ts";
import { setSaver } from "../models/saver.ts";
import type { FitOptions } from "../models/training/fit-options.ts";
import * as optimizers from "../optimizers/index.ts";
import { defaultGenerator, setSeed } from "../tensor/random.ts";
import { setDevice } from "../tensor/storage.ts";
import { Tensor } from "../tensor/tensor.ts";
import { load, loadState, removeModel, saveModel } from "./model.ts";

setDevice("native");
setSaver(saveModel, { loadState, remove: removeModel });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-backup-"));
});
afterEach(() => rm(folder, { recursive: true }));

const values = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, index) => Math.sin(index * index + phase));
const data = { x: { data: values(60 * 4, 0), shape: [60, 4] }, y: { data: values(60, 1), shape: [60, 1] } };

/** A model with every kind of state. Equal names let it take another's. */
function makeModel(): Model {
  setSeed(5);
  const model = sequential(
    [
      layers.dense({ units: 8, activation: "relu", name: "first" }),
      layers.batchNormalization({ name: "norm" }),
      layers.dropout({ rate: 0.3, name: "drop" }),
      layers.dense({ units: 1, name: "last" }),
    ],
    { name: "net" },
  );
  model.compile({
    optimizer: optimizers.adam({ learningRate: 0.05, useEma: true, emaMomentum: 0.9 }),
    loss: "meanSquaredError",
    metrics: ["meanAbsoluteError"],
  });
  return model;
}

/** All that training leaves behind, bit for bit. */
async function traces(model: Model): Promise<Record<string, readonly number[]>> {
  const variables = [...model.variables, ...model.optimizer.variables];
  const entries = variables.map(async ({ name, node }) => [name, Array.from(await new Tensor(node).data())] as const);
  const generator = Array.from(await defaultGenerator().state.data());
  return { ...Object.fromEntries(await Promise.all(entries)), generator };
}

const crash = (epoch: number) => ({
  onEpochEnd: (at: number) => {
    if (at === epoch) throw new Error("power cut");
  },
});

describe("backupAndRestore", () => {
  /** Callbacks that remember something, the backup in their midst. */
  const everything = (name: string) => [
    callbacks.swapEmaWeights(),
    callbacks.reduceLROnPlateau({ monitor: "loss", patience: 1, minDelta: 0.05 }),
    callbacks.backupAndRestore({ directory: join(folder, name, "backup") }),
    callbacks.earlyStopping({ patience: 4, restoreBestWeights: true, minDelta: 0.01 }),
    callbacks.csvLogger({ path: join(folder, `${name}.csv`) }),
    callbacks.modelCheckpoint({ directory: join(folder, name, "kept-{epoch}"), keepLast: 2, keepBest: true }),
  ];
  const options = (name: string, ...more: callbacks.Callback[]): FitOptions => ({
    epochs: 7,
    batchSize: 8,
    validationSplit: 0.2,
    callbacks: [...everything(name), ...more],
  });

  test.each([0, 1, 3])("after a crash in epoch %i everything comes out as without one", async (epoch) => {
    const whole = makeModel();
    const expected = await whole.fit(data, options("whole"));
    const expectedTraces = await traces(whole);
    await expect(makeModel().fit(data, options("crashed", crash(epoch)))).rejects.toThrow("power cut");
    const again = makeModel();
    const { history, epoch: epochs } = await again.fit(data, options("crashed"));
    expect(epochs).toEqual(expected.epoch);
    expect(history).toEqual(expected.history);
    expect(await traces(again)).toEqual(expectedTraces);
    const csv = (name: string) => readFile(join(folder, `${name}.csv`), "utf8");
    expect(await csv("crashed")).toBe(await csv("whole"));
    expect((await readdir(join(folder, "crashed"))).sort()).toEqual((await readdir(join(folder, "whole"))).sort());
  });

  test("a limit of time leaves the backup, and the next call goes on with the epoch cut short", async () => {
    const limited = () => ({ epochs: 4, batchSize: 8, seed: 1, callbacks: [backup()] });
    const backup = () => callbacks.backupAndRestore({ directory: join(folder, "b") });
    const whole = makeModel();
    const expected = await whole.fit(data, { epochs: 4, batchSize: 8, seed: 1 });
    const model = makeModel();
    const limit = callbacks.timeLimit({ seconds: 1e-9, verbose: 0 });
    // The limit passes in the midst of the second epoch.
    const stopper: callbacks.Callback & { interrupted: boolean } = {
      interrupted: false,
      setModel: (trained) => limit.setModel(trained),
      onBatchEnd: (progress) => {
        if (progress.epoch < 1) return;
        limit.onBatchEnd(progress);
        stopper.interrupted = limit.interrupted;
      },
    };
    const first = await model.fit(data, { ...limited(), callbacks: [backup(), stopper] });
    expect(first.epoch).toEqual([0, 1]);
    expect(await readdir(join(folder, "b"))).toEqual(["epoch-1"]);
    const again = makeModel();
    const { history } = await again.fit(data, limited());
    expect(history).toEqual(expected.history);
    await expect(readdir(join(folder, "b"))).rejects.toThrow("ENOENT");
  });

  test("a backup that was not finished does not count", async () => {
    const directory = join(folder, "backup");
    const callback = () => callbacks.backupAndRestore({ directory });
    await expect(makeModel().fit(data, { epochs: 4, callbacks: [callback(), crash(2)] })).rejects.toThrow("power cut");
    const { mkdir } = await import("node:fs/promises");
    await mkdir(join(directory, "epoch-3.partial"));
    await writeFile(join(directory, "epoch-3.partial", "model.json"), "{");
    const begun: number[] = [];
    const look = { onEpochBegin: (epoch: number) => void begun.push(epoch) };
    await makeModel().fit(data, { epochs: 4, callbacks: [callback(), look] });
    expect(begun).toEqual([2, 3]);
  });

  test("another model's backup is an error that names the difference", async () => {
    const directory = join(folder, "backup");
    const callback = () => callbacks.backupAndRestore({ directory });
    await expect(makeModel().fit(data, { epochs: 4, callbacks: [callback(), crash(1)] })).rejects.toThrow("power cut");
    const other = sequential([layers.dense({ units: 1, name: "only" })], { name: "other" });
    other.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    await expect(other.fit(data, { callbacks: [callback()] })).rejects.toThrow(
      /weights\.safetensors: holds "net\/first\/kernel", which the model "other" does not have/,
    );
  });
});

describe("modelCheckpoint", () => {
  const kept = async () => (await readdir(folder)).sort();
  const fitWith = (options: Omit<callbacks.ModelCheckpointOptions, "directory">, monitored: readonly number[]) => {
    const callback = callbacks.modelCheckpoint({ directory: join(folder, "{epoch:02d}"), ...options });
    const judge = {
      onEpochEnd(epoch: number, logs: callbacks.Logs) {
        logs.loss = monitored[epoch] as number;
      },
    };
    return makeModel().fit(data, { epochs: monitored.length, callbacks: [judge, callback] });
  };

  test("keeps the last few", async () => {
    await fitWith({ keepLast: 2 }, [1, 2, 3, 4]);
    expect(await kept()).toEqual(["03", "04"]);
    expect((await load(join(folder, "04"))).compiled).toBe(true);
  });

  test("keeps the best beside the last", async () => {
    await fitWith({ keepLast: 2, keepBest: true, monitor: "loss" }, [3, 1, 2, 2, 4]);
    expect(await kept()).toEqual(["02", "04", "05"]);
  });

  test("removes nothing that others put there", async () => {
    const others = { onEpochEnd: () => writeFile(join(folder, "01", "notes.txt"), "mine") };
    const callback = callbacks.modelCheckpoint({ directory: join(folder, "{epoch:02d}"), keepLast: 1 });
    await makeModel().fit(data, { epochs: 2, callbacks: [callback, others] });
    expect(await kept()).toEqual(["01", "02"]);
    expect(await readdir(join(folder, "01"))).toEqual(["notes.txt"]);
  });

  test("saves after so many batches, and weights alone if asked", async () => {
    const directory = join(folder, "{epoch}-{batch}");
    const callback = callbacks.modelCheckpoint({ directory, saveFreq: 1, saveWeightsOnly: true, keepLast: 1 });
    await makeModel().fit(data, { epochs: 1, batchSize: 20, callbacks: [callback] });
    expect(await kept()).toEqual(["1-3"]);
    const model = await load(join(folder, "1-3"));
    expect(model.compiled).toBe(false);
    const compiled = makeModel();
    await compiled.loadState(join(folder, "1-3"));
    expect(await compiled.getWeights()[0]?.array()).toEqual(await model.getWeights()[0]?.array());
  });
});

test("loadState takes weights and the optimizer's state", async () => {
  const model = makeModel();
  await model.fit(data, { epochs: 1 });
  await model.save(folder);
  const other = makeModel();
  expect(await other.loadState(folder)).toBeUndefined();
  expect(await traces(other)).toEqual(await traces(model));
});
