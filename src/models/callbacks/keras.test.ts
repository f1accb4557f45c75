/** What callbacks do with a course of monitored values, as in Keras. */
import { expect, test } from "vitest";
import { type GoldenCase, readGolden } from "../../../test/golden/golden.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { CallbackModel } from "./callback.ts";
import { type ModelCheckpointOptions, modelCheckpoint } from "./model-checkpoint.ts";
import { type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./reduce-learning-rate-on-plateau.ts";

/** Remembers its learning rate and in which epochs it was saved. */
class Recorder implements CallbackModel {
  readonly name = "recorder";
  readonly emaSwapped = false;
  stopTraining = false;
  rate = 1;
  epoch = 0;
  readonly saved: number[] = [];
  getWeights(): Tensor[] {
    return [];
  }
  setWeights(): void {}
  async getLearningRate(): Promise<number> {
    return this.rate;
  }
  setLearningRate(rate: number): void {
    this.rate = rate;
  }
  swapEmaWeights(): void {}
  async save(): Promise<void> {
    this.saved.push(this.epoch);
  }
  async loadState(): Promise<undefined> {}
}

type Course = { readonly monitored: readonly (number | "NaN")[] };
type RateCase = GoldenCase<
  Course & { readonly rate: number },
  ReduceLROnPlateauOptions,
  { readonly rates: readonly number[] }
>;
type SavingCase = GoldenCase<Course, ModelCheckpointOptions, { readonly saved: readonly number[] }>;

test.each(readGolden<RateCase>("learning-rates.keras.json").map((golden) => [golden.name, golden] as const))(
  "reduceLROnPlateau: %s",
  async (_, { inputs, options, outputs }) => {
    const model = new Recorder();
    model.rate = inputs.rate;
    const callback = reduceLROnPlateau(options);
    callback.setModel(model);
    callback.onTrainBegin();
    const rates: number[] = [];
    for (const [epoch, value] of inputs.monitored.entries()) {
      await callback.onEpochEnd(epoch, { valLoss: Number(value) });
      rates.push(model.rate);
    }
    for (const [epoch, rate] of outputs.rates.entries()) expect(rates[epoch], `epoch ${epoch}`).toBeCloseTo(rate, 7);
  },
);

test.each(readGolden<SavingCase>("checkpoints.keras.json").map((golden) => [golden.name, golden] as const))(
  "modelCheckpoint: %s",
  async (_, { inputs, options, outputs }) => {
    const model = new Recorder();
    const callback = modelCheckpoint({ ...options, directory: "kept" });
    callback.setModel(model);
    for (const [epoch, value] of inputs.monitored.entries()) {
      model.epoch = epoch;
      callback.onEpochBegin();
      await callback.onEpochEnd(epoch, { valLoss: Number(value) });
    }
    expect(model.saved).toEqual(outputs.saved);
  },
);
