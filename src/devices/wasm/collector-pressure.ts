/**
 * Makes the garbage collector look for buffers and programs that nothing refers to any more. It knows nothing of the engine's memory: to it a tensor of
 * 100 MB is an object of 50 bytes, and a loop that makes one a turn would end the memory before the collector sees a reason to begin.
 */

/** They may grow by this many bytes, or by a quarter of those that stay, before the collector is called. */
const leastGrowth = 64e6;
/** So many bytes make every collector begin at once. They are never touched, so the system hardly notices. */
const weight = 256e6;

export class CollectorPressure {
  /** Where the collector is called next: a growth above the least there was since the last time. */
  #limit = leastGrowth;
  /** Whether the collector was called and nothing has come back since. */
  #isAwaited = false;

  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** @param liveBytes What all of them hold now, one more than before. */
  allocated(liveBytes: number): void {
    if (liveBytes <= this.#limit) return;
    this.#limit = liveBytes + growth(liveBytes);
    this.#isAwaited = true;
    press(weight);
  }

  /** @param liveBytes What all of them hold now, one fewer than before. */
  released(liveBytes: number): void {
    this.#isAwaited = false;
    this.#limit = Math.min(this.#limit, liveBytes + growth(liveBytes));
  }
}

function growth(liveBytes: number): number {
  return Math.max(leastGrowth, liveBytes / 4);
}

/** Memory that the collector does know of, gone at once. */
function press(bytes: number): void {
  try {
    new ArrayBuffer(bytes);
  } catch (error) {
    // Where there is too little for that, less will do.
    if (error instanceof RangeError && bytes > 1e6) press(bytes / 2);
  }
}
