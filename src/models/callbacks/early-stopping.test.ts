import { expect, test } from "vitest";
import { type GoldenCase, readGolden } from "../../../test/golden/golden.ts";
import { setDevice } from "../../tensor/storage.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import type { CallbackModel } from "./callback.ts";
import { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";

setDevice("reference");

/** A model whose only weight is the number of the epoch. */
class Counter implements CallbackModel {
  readonly name = "counter";
  stopTraining = false;
  epoch = 0;
  restored: Tensor | undefined;
  getWeights(): Tensor[] {
    return [tensor(this.epoch)];
  }
  setWeights([weight]: readonly Tensor[]): void {
    this.restored = weight;
  }
  async getLearningRate(): Promise<number> {
    return 1;
  }
  setLearningRate(): void {}
  readonly emaSwapped = false;
  swapEmaWeights(): void {}
  async save(): Promise<void> {}
  async loadState(): Promise<undefined> {}
}

type Case = GoldenCase<
  { readonly monitored: readonly (number | "NaN")[] },
  EarlyStoppingOptions,
  {
    readonly epochsRun: number;
    readonly stoppedEpoch: number | null;
    readonly best: number;
    readonly bestEpoch: number;
    readonly restoredEpoch: number | null;
  }
>;

test.each(readGolden<Case>("early-stopping.keras.json").map((golden) => [golden.name, golden] as const))(
  "as in Keras: %s",
  async (_, { inputs, options, outputs }) => {
    const model = new Counter();
    const callback = earlyStopping(options);
    callback.setModel(model);
    callback.onTrainBegin();
    let epochsRun = 0;
    for (const value of inputs.monitored.map(Number)) {
      model.epoch = epochsRun;
      callback.onEpochEnd(epochsRun++, { valLoss: value });
      if (model.stopTraining) break;
    }
    callback.onTrainEnd();
    expect({
      epochsRun,
      stoppedEpoch: callback.stoppedEpoch ?? null,
      best: callback.best,
      bestEpoch: callback.bestEpoch,
      restoredEpoch: (await model.restored?.item()) ?? null,
    }).toEqual(outputs);
  },
);

test("a second training starts afresh", () => {
  const callback = earlyStopping({ patience: 1 });
  callback.setModel(new Counter());
  callback.onTrainBegin();
  callback.onEpochEnd(0, { valLoss: 0.1 });
  callback.onTrainBegin();
  callback.onEpochEnd(0, { valLoss: 0.9 });
  expect(callback.best).toBe(0.9);
});

const parameters = (...names: string[]) => ({
  epochs: 1,
  initialEpoch: 0,
  steps: 1,
  examples: 1,
  batchSize: 1,
  logs: new Map(names.map((name) => [name, undefined])),
  callbacks: [],
  resumed: false,
});

test("a name that will not be in the logs is an error before training", () => {
  expect(() => earlyStopping().setParameters(parameters("loss", "accuracy"))).toThrow(
    'earlyStopping: there is no "valLoss" to monitor; known are loss, accuracy (values of the validation, such as valLoss, need validationData or validationSplit)',
  );
  expect(() => earlyStopping({ monitor: "valLos" }).setParameters(parameters("loss", "valLoss"))).toThrow(
    'earlyStopping: there is no "valLos" to monitor, did you mean "valLoss"?',
  );
});

test("a metric of unknown direction needs a mode", () => {
  expect(() => earlyStopping({ monitor: "valOdd" }).setParameters(parameters("valOdd"))).toThrow(/say mode: "min"/);
  earlyStopping({ monitor: "valOdd", mode: "max" }).setParameters(parameters("valOdd"));
});

test("wrong options are errors that name them", () => {
  expect(() => earlyStopping({ patience: -1 })).toThrow(/patience is -1/);
  const mistyped: object = { patiance: 3 };
  expect(() => earlyStopping(mistyped)).toThrow('unknown option "patiance", did you mean "patience"?');
});
