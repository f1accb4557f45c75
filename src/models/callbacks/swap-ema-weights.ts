/** swapEmaWeights: validates and saves the moving averages of the weights, and trains the weights themselves. */
import { checkBoolean, checkOptions } from "../../graph/options.ts";
import type { Callback, CallbackModel } from "./callback.ts";

export interface SwapEmaWeightsOptions {
  /**
   * Whether the averages stay in place at the end of an epoch too, for the callbacks after this one. Default true; with false
   * they are there for the validation alone.
   */
  readonly swapOnEpoch?: boolean;
}

/**
 * Puts the moving averages that an optimizer with `useEma` keeps in the place of the weights while an epoch is validated and the
 * callbacks after this one see its end; when the next epoch begins, the weights are back. What a `modelCheckpoint` after it saves
 * are the averages: for predictions rather than for going on with the training.
 *
 * @throws Before training, if the optimizer keeps no moving averages.
 * @example
 * model.compile({ optimizer: optimizers.adam({ useEma: true }), loss: "meanSquaredError" });
 * await model.fit(train, { callbacks: [callbacks.swapEmaWeights(), callbacks.modelCheckpoint({ directory: "averaged" })] });
 */
export function swapEmaWeights(options: SwapEmaWeightsOptions = {}): Callback {
  checkOptions("swapEmaWeights", options, { swapOnEpoch: true });
  const { swapOnEpoch = true } = options;
  checkBoolean("swapEmaWeights", "swapOnEpoch", swapOnEpoch);
  let model: CallbackModel | undefined;
  const swap = (averaged: boolean) => model?.swapEmaWeights(averaged);
  return {
    setModel(trained) {
      model = trained;
    },
    onTrainBegin() {
      // There and back: without averages this is an error before any time is spent.
      swap(true);
      swap(false);
    },
    onEpochBegin: () => swap(false),
    onValidationBegin: () => swap(true),
    onValidationEnd: () => swap(swapOnEpoch),
    onEpochEnd: () => swap(swapOnEpoch),
  };
}
