import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { Callback, CallbackModel, Logs } from "./callback.ts";
import { csvLogger } from "./csv-logger.ts";
import { History } from "./history.ts";
import { lambdaCallback } from "./lambda-callback.ts";
import { learningRateScheduler } from "./learning-rate-scheduler.ts";
import { modelCheckpoint } from "./model-checkpoint.ts";
import { progress } from "./progress.ts";
import { reduceLROnPlateau } from "./reduce-learning-rate-on-plateau.ts";
import { type TimeLimitOptions, timeLimit } from "./time-limit.ts";

setDevice("reference");

/** Stands in for a model: remembers its learning rate and where it was saved. */
class Recorder implements CallbackModel {
  readonly name = "recorder";
  stopTraining = false;
  rate = 1;
  saved: string[] = [];
  getWeights(): Tensor[] {
    return [tensor(0)];
  }
  setWeights(): void {}
  async getLearningRate(): Promise<number> {
    return this.rate;
  }
  setLearningRate(rate: number): void {
    this.rate = rate;
  }
  readonly emaSwapped = false;
  swapEmaWeights(): void {}
  async save(directory: string): Promise<void> {
    this.saved.push(directory);
  }
  async loadState(): Promise<undefined> {}
}

/** Calls the hooks as `fit` does, with one set of logs an epoch, and returns the logs as the callback left them. */
async function drive(callback: Callback, epochs: readonly Logs[], model = new Recorder()): Promise<Logs[]> {
  callback.setModel?.(model);
  await callback.onTrainBegin?.();
  for (const [epoch, logs] of epochs.entries()) {
    await callback.onEpochBegin?.(epoch);
    await callback.onEpochEnd?.(epoch, logs);
  }
  await callback.onTrainEnd?.(epochs.at(-1) ?? {});
  return [...epochs];
}

const losses = (...values: number[]): Logs[] => values.map((valLoss) => ({ valLoss }));
const rates = (logs: readonly Logs[]) => logs.map(({ learningRate }) => learningRate);

describe("reduceLROnPlateau", () => {
  test("lowers the rate after so many epochs without improvement", async () => {
    const logs = await drive(reduceLROnPlateau({ factor: 0.5, patience: 2 }), losses(1, 0.5, 0.5, 0.6, 0.5, 0.7, 0.4));
    expect(rates(logs)).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.25]);
  });

  test("waits after a change, and stops at the least rate", async () => {
    const model = new Recorder();
    const options = { factor: 0.1, patience: 1, cooldown: 2, minLearningRate: 0.05 };
    const logs = await drive(reduceLROnPlateau(options), losses(1, 1, 1, 1, 1, 1, 1), model);
    expect(rates(logs)).toEqual([1, 1, 0.1, 0.1, 0.05, 0.05, 0.05]);
    expect(model.rate).toBe(0.05);
  });

  test("refuses a factor that does not lower", () => {
    expect(() => reduceLROnPlateau({ factor: 1 })).toThrow(
      "reduceLROnPlateau: factor is 1, expected a finite number > 0 and < 1",
    );
  });
});

describe("learningRateScheduler", () => {
  test("sets the rate from the epoch and the rate before, and logs it", async () => {
    const logs = await drive(
      learningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2)),
      losses(1, 1, 1),
    );
    expect(rates(logs)).toEqual([1, 0.5, 0.25]);
  });

  test("refuses a rate that is none", async () => {
    await expect(
      drive(
        learningRateScheduler(() => Number.NaN),
        losses(1),
      ),
    ).rejects.toThrow("the schedule gave NaN for epoch 0");
  });
});

describe("modelCheckpoint", () => {
  test("saves after every epoch, into folders of their own if asked", async () => {
    const model = new Recorder();
    await drive(modelCheckpoint({ directory: "run/{epoch}-{valLoss}" }), losses(0.5, 0.25), model);
    expect(model.saved).toEqual(["run/1-0.5000", "run/2-0.2500"]);
  });

  test("saves only the best", async () => {
    const model = new Recorder();
    const callback = modelCheckpoint({ directory: "best/{epoch}", saveBestOnly: true, initialValueThreshold: 0.9 });
    await drive(callback, losses(1, 0.8, 0.85, 0.7), model);
    expect(model.saved).toEqual(["best/2", "best/4"]);
  });

  test("knows what it is given", async () => {
    await expect(drive(modelCheckpoint({ directory: "{acc}" }), losses(1))).rejects.toThrow(
      'modelCheckpoint: {acc} in "{acc}" is no name of the logs; known are epoch, valLoss',
    );
    expect(() => modelCheckpoint({ directory: "" })).toThrow('directory is "", expected the path of a folder');
  });
});

test("patterns take widths and decimals, and refuse other formats", async () => {
  const model = new Recorder();
  await drive(modelCheckpoint({ directory: "run/{epoch:03d}-{valLoss:.2f}" }), losses(0.456), model);
  expect(model.saved).toEqual(["run/001-0.46"]);
  expect(() => modelCheckpoint({ directory: "run/{epoch:x}" })).toThrow(
    'modelCheckpoint: {epoch:x} in "run/{epoch:x}" has a format that is not known; use a width with zeros, {epoch:03d}, or decimals',
  );
  expect(() => modelCheckpoint({ directory: "run", keepLast: 2 })).toThrow(
    'keepLast is 2, but each saving replaces the one before in "run"; name folders of their own, such as "run/{epoch}"',
  );
});

describe("timeLimit", () => {
  const progressAt = (epoch: number, step: number) => ({
    epoch,
    epochs: 3,
    step,
    steps: 10,
    examples: 100,
    loss: 1,
    metrics: {},
    examplesPerSecond: 1,
    secondsLeft: 1,
  });
  const begun = (options: TimeLimitOptions) => {
    const model = new Recorder();
    const callback = timeLimit({ verbose: 0, ...options });
    callback.setModel(model);
    callback.setParameters({ epochs: 3 });
    callback.onTrainBegin();
    return { model, callback };
  };

  test("stops once the time has passed, and says where", () => {
    const { model, callback } = begun({ seconds: 1e-9 });
    callback.onBatchEnd(progressAt(1, 4));
    expect(model.stopTraining).toBe(true);
    expect(callback.interrupted).toBe(true);
    expect(callback.reason).toBe("the time limit of 1e-9 s passed in epoch 2 of 3, after step 4 of 10");
  });

  test("units add up, and what is in time goes on", () => {
    const { model, callback } = begun({ minutes: 30, hours: 1 });
    callback.onBatchEnd(progressAt(1, 4));
    callback.onEpochEnd(1);
    expect(model.stopTraining).toBe(false);
    expect(callback.reason).toBeUndefined();
  });

  test("needs a time above 0", () => {
    expect(() => timeLimit({})).toThrow("timeLimit: no time is given; give seconds, minutes or hours");
    expect(() => timeLimit({ minutes: 0 })).toThrow("timeLimit: minutes is 0, expected a finite number > 0");
  });
});

describe("csvLogger", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rappel-csv-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("writes a line an epoch, and replaces an older file", async () => {
    const path = join(folder, "log.csv");
    await drive(csvLogger({ path }), losses(9));
    await drive(csvLogger({ path }), [
      { loss: 1, valLoss: 2 },
      { loss: 0.5, valLoss: 1.5 },
    ]);
    expect(await readFile(path, "utf8")).toBe("epoch,loss,valLoss\n0,1,2\n1,0.5,1.5\n");
  });

  test("continues a file, in its columns", async () => {
    const path = join(folder, "log.csv");
    await drive(csvLogger({ path, separator: ";", append: true }), [{ loss: 1, valLoss: 2 }]);
    await drive(csvLogger({ path, separator: ";", append: true }), [{ valLoss: 3, other: 4 }]);
    expect(await readFile(path, "utf8")).toBe("epoch;loss;valLoss\n0;1;2\n0;;3\n");
  });

  test("finds out before training that it cannot write", async () => {
    await expect(drive(csvLogger({ path: join(folder, "none", "log.csv") }), [])).rejects.toThrow("ENOENT");
  });
});

test("progress prints a line an epoch, and some inside long ones", () => {
  const lines: string[] = [];
  const callback = progress({ print: (line) => lines.push(line), secondsBetweenLines: 0 });
  callback.setParameters({
    epochs: 2,
    initialEpoch: 0,
    steps: 10,
    examples: 100,
    batchSize: 10,
    logs: new Map(),
    callbacks: [],
    resumed: false,
  });
  callback.onEpochBegin();
  const half = {
    epoch: 0,
    epochs: 2,
    step: 5,
    steps: 10,
    examples: 50,
    loss: 0.5,
    examplesPerSecond: 25,
    secondsLeft: 2,
  };
  callback.onBatchEnd({ ...half, metrics: { loss: 0.5, accuracy: 0.75 } });
  callback.onEpochEnd(0, { loss: 0.25, tiny: 1e-7 });
  expect(lines[0]).toBe("Epoch 1/2  step 5/10  loss 0.5000  accuracy 0.7500  25 examples/s  2 s left");
  expect(lines[1]).toMatch(/^Epoch 1\/2 {2}loss 0\.2500 {2}tiny 1\.00e-7 {2}\d+\.\d+ s$/);
});

test("a history keeps names that come later", async () => {
  const history = new History();
  await drive(history, [{ loss: 1 }, { loss: 2, valLoss: 3 }]);
  expect(history.history).toEqual({ loss: [1, 2], valLoss: [3] });
  expect(history.epoch).toEqual([0, 1]);
});

test("lambdaCallback refuses what is no hook", () => {
  const mistyped: object = { onEpochEnds: () => {} };
  expect(() => lambdaCallback(mistyped)).toThrow(
    'lambdaCallback: unknown option "onEpochEnds", did you mean "onEpochEnd"?',
  );
});
