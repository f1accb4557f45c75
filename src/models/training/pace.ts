/** Pace: how many steps one submission to the device takes, so that it lasts long enough to be cheap and short enough to be polite. */

/** Between two submissions the event loop runs: servers answer, progress is shown, Ctrl-C is heard. */
const targetMilliseconds = 50;
/** A first measurement holds the compilation and later ones vary, so that the number of steps grows no faster than this. */
const largestGrowth = 8;

export class Pace {
  #steps = 1;
  #lastPause = performance.now();

  /** The steps of the next submission, at least 1 and no more than are left. */
  next(left: number): number {
    return Math.min(this.#steps, left);
  }

  /** Takes what a submission took into account. */
  record(steps: number, milliseconds: number): void {
    const fitting = Math.round((targetMilliseconds * steps) / Math.max(milliseconds, 1e-3));
    // A short last submission of an epoch says little: its overhead is not shared by many steps.
    const limit = Math.max(this.#steps, steps * largestGrowth);
    this.#steps = Math.max(1, Math.min(fitting, limit));
  }

  /** Lets other tasks of the event loop run, where a device that computes synchronously has not done so for a while. */
  async pause(): Promise<void> {
    if (performance.now() - this.#lastPause < targetMilliseconds) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#lastPause = performance.now();
  }
}
