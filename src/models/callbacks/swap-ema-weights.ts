/** swapEmaWeights: validates and saves the moving averages of the weights, and trains the weights themselves. */
import type { Callback, CallbackModel } from "./callback.ts";

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
export function swapEmaWeights(): Callback {
  let model: CallbackModel | undefined;
  return {
    setModel(trained) {
      model = trained;
    },
    onTrainBegin() {
      // There and back: without averages this is an error before any time is spent.
      model?.swapEmaWeights(true);
      model?.swapEmaWeights(false);
    },
    onEpochBegin() {
      model?.swapEmaWeights(false);
    },
    onValidationBegin() {
      model?.swapEmaWeights(true);
    },
    onEpochEnd() {
      model?.swapEmaWeights(true);
    },
  };
}
