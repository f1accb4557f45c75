/** terminateOnNaN: ends the training quietly when the loss is not finite. */
import { printLine } from "../print.ts";
import type { Callback } from "./callback.ts";

/**
 * Ends the training when the loss is NaN or infinite, with a printed line instead of the error that `fit` throws otherwise.
 *
 * @example
 * await model.fit(train, { epochs: 10, callbacks: [callbacks.terminateOnNaN()] });
 */
export function terminateOnNaN(): TerminateOnNaN {
  return new TerminateOnNaN();
}

export class TerminateOnNaN implements Callback {
  /** What was found; undefined while the loss is finite. */
  error: Error | undefined;

  onTrainBegin(): void {
    this.error = undefined;
  }

  onNonFiniteLoss(error: Error): void {
    this.error = error;
    printLine(`Training ended: ${error.message}`);
  }
}
