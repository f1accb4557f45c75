/** lambdaCallback: a callback from functions, with mistyped hooks found. */
import { checkOptions } from "../../graph/options.ts";
import type { Callback } from "./callback.ts";

/**
 * A callback made of the hooks given. A plain object of hooks works as well; this one refuses names that are no hooks.
 *
 * @throws TypeError If a name is no hook.
 * @example
 * callbacks.lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 */
export function lambdaCallback(hooks: Callback): Callback {
  checkOptions("lambdaCallback", hooks, {
    className: true,
    interrupted: true,
    getState: true,
    setState: true,
    resume: true,
    setModel: true,
    setParameters: true,
    onTrainBegin: true,
    onTrainEnd: true,
    onEpochBegin: true,
    onValidationBegin: true,
    onValidationEnd: true,
    onEpochEnd: true,
    afterEpoch: true,
    onBatchEnd: true,
    onNonFiniteLoss: true,
  });
  return { ...hooks };
}
