import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { BatchProgress } from "../models/callbacks/callback.ts";
import { ProgressBar } from "./progress.ts";
import { createStyle } from "./style.ts";

/** A bar on a stream that remembers, with a clock that the test turns, at the start of a training of ten epochs. */
function startTraining({ isTTY, columns = 120 }: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const output = { isTTY, columns, write: (text: string) => written.push(text) };
  const progress = new ProgressBar({ output, style: createStyle("plain") }, () => clock.milliseconds);
  progress.setParameters({
    epochs: 10,
    initialEpoch: 0,
    steps: 4,
    examples: 1000,
    batchSize: 250,
    logs: new Map(),
    callbacks: [],
    resumed: false,
  });
  progress.onTrainBegin();
  progress.onEpochBegin();
  return { written, clock, progress };
}

function batch(step: number, steps: number, metrics: Readonly<Record<string, number>>): BatchProgress {
  const rest = { epoch: 0, epochs: 10, examples: step * 250, loss: 1, examplesPerSecond: 250, secondsLeft: 1 };
  return { ...rest, step, steps, metrics };
}

test("away from a terminal there is one plain line an epoch", () => {
  const { written, clock, progress } = startTraining({ isTTY: false });
  clock.milliseconds = 2000;
  progress.onBatchEnd(batch(4, 4, { loss: 0.4 }));
  progress.onEpochEnd(2, { loss: 0.4, valAccuracy: 0.875 });
  progress.onTrainEnd();
  expect(written).toEqual(["Epoch  3/10  loss 0.4000  valAccuracy 0.8750  250 images/s  2.0 s\n"]);
});

test("on a terminal the bar shows share, values, speed and the time left of all epochs", () => {
  const { written, clock, progress } = startTraining({ isTTY: true });
  clock.milliseconds = 1000;
  progress.onBatchEnd(batch(1, 4, { loss: 0.5, accuracy: 0.75 }));
  expect(written).toEqual([
    "\rEpoch  1/10  ━━━━━━──────────────────   25 %  loss 0.5000  accuracy 0.7500  250 images/s  39 s left\u001b[K",
  ]);
});

test("the bar is drawn at most ten times a second, and the last batch always", () => {
  const { written, clock, progress } = startTraining({ isTTY: true });
  for (let step = 1; step <= 1000; step++) {
    clock.milliseconds = step;
    progress.onBatchEnd(batch(step, 1000, { loss: 1 }));
  }
  expect(written.length).toBeGreaterThan(8);
  expect(written.length).toBeLessThan(14);
  expect(written.at(-1)).toContain("100 %");
});

test("the bar never wraps: what does not fit is left out from the end", () => {
  for (const columns of [20, 50, 60, 70, 90]) {
    const { written, clock, progress } = startTraining({ isTTY: true, columns });
    clock.milliseconds = 1000;
    progress.onBatchEnd(batch(1, 4, { loss: 0.5, accuracy: 0.75 }));
    expect(stripVTControlCharacters(written.join("")).trim().length).toBeLessThan(columns);
  }
});

test("the epoch's line takes the bar's place, and nothing of it is left at the end", () => {
  const { written, clock, progress } = startTraining({ isTTY: true });
  clock.milliseconds = 1000;
  progress.onBatchEnd(batch(4, 4, { loss: 0.5 }));
  progress.onEpochEnd(0, { loss: 0.5 });
  progress.onBatchEnd(batch(4, 4, { loss: 0.5 }));
  progress.onTrainEnd();
  expect(written.slice(1, 3)).toEqual(["\r\u001b[K", "Epoch  1/10  loss 0.5000  250 images/s  1.0 s\n"]);
  expect(written.at(-1)).toBe("\r\u001b[K");
});
