import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { Progress } from "./progress.ts";
import { createStyle } from "./style.ts";

/** A progress display on a stream that remembers, with a clock that the test turns. */
function display({ isTTY, columns = 120 }: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const clock = { milliseconds: 0 };
  const progress = new Progress({
    output: { isTTY, columns, write: (text) => written.push(text) },
    style: createStyle("plain"),
    epochs: 10,
    examples: 1000,
    now: () => clock.milliseconds,
  });
  return { written, clock, progress };
}

test("away from a terminal there is one plain line an epoch", () => {
  const { written, clock, progress } = display({ isTTY: false });
  progress.beginEpoch(2);
  clock.milliseconds = 500;
  progress.endBatch(1, 2, { loss: 0.5 });
  clock.milliseconds = 2000;
  progress.endBatch(2, 2, { loss: 0.4 });
  progress.endEpoch({ loss: 0.4, valAccuracy: 0.875 });
  progress.close();
  expect(written).toEqual(["Epoch  3/10  loss 0.4000  valAccuracy 0.8750  500 images/s  2.0 s\n"]);
});

test("on a terminal the bar shows share, values, speed and the time left of all epochs", () => {
  const { written, clock, progress } = display({ isTTY: true });
  progress.beginEpoch(0);
  clock.milliseconds = 1000;
  progress.endBatch(1, 4, { loss: 0.5, accuracy: 0.75 });
  expect(written).toEqual([
    "\rEpoch  1/10  ━━━━━━──────────────────   25 %  loss 0.5000  accuracy 0.7500  250 images/s  39 s left\u001b[K",
  ]);
});

test("the bar is drawn at most ten times a second, and the last batch always", () => {
  const { written, clock, progress } = display({ isTTY: true });
  progress.beginEpoch(0);
  for (let step = 1; step <= 1000; step++) {
    clock.milliseconds = step;
    progress.endBatch(step, 1000, { loss: 1 });
  }
  expect(written.length).toBeGreaterThan(8);
  expect(written.length).toBeLessThan(14);
  expect(written.at(-1)).toContain("100 %");
});

test("the bar never wraps: what does not fit is left out from the end", () => {
  for (const columns of [20, 50, 60, 70, 90]) {
    const { written, clock, progress } = display({ isTTY: true, columns });
    progress.beginEpoch(0);
    clock.milliseconds = 1000;
    progress.endBatch(1, 4, { loss: 0.5, accuracy: 0.75 });
    expect(stripVTControlCharacters(written.join("")).trim().length).toBeLessThan(columns);
  }
});

test("the epoch's line takes the bar's place", () => {
  const { written, clock, progress } = display({ isTTY: true });
  progress.beginEpoch(0);
  clock.milliseconds = 1000;
  progress.endBatch(4, 4, { loss: 0.5 });
  progress.endEpoch({ loss: 0.5 });
  progress.close();
  expect(written.slice(1)).toEqual(["\r\u001b[K", "Epoch  1/10  loss 0.5000  1,000 images/s  1.0 s\n"]);
});
