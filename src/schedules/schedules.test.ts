import { expect, test } from "vitest";
import { tensor } from "../tensor/tensor.ts";
import * as schedules from "./index.ts";

const at = (schedule: schedules.Schedule, steps: number[]) =>
  Promise.all(steps.map((step) => schedule.call(tensor(step, { dtype: "int32" })).item()));

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 6);
}

test("each follows its formula", async () => {
  const rate = { initialLearningRate: 0.8, decaySteps: 10, decayRate: 0.5 };
  expectClose(await at(schedules.constant({ learningRate: 0.3 }), [0, 99]), [0.3, 0.3]);
  expectClose(await at(schedules.exponentialDecay(rate), [0, 5, 10, 20]), [0.8, 0.8 * Math.SQRT1_2, 0.4, 0.2]);
  expectClose(await at(schedules.exponentialDecay({ ...rate, staircase: true }), [9, 10, 19]), [0.8, 0.4, 0.4]);
  expectClose(await at(schedules.inverseTimeDecay(rate), [0, 10, 20]), [0.8, 0.8 / 1.5, 0.4]);
  const line = { initialLearningRate: 1, endLearningRate: 0.2, decaySteps: 4 };
  expectClose(await at(schedules.polynomialDecay(line), [0, 1, 4, 9]), [1, 0.8, 0.2, 0.2]);
  expectClose(await at(schedules.polynomialDecay({ ...line, power: 2 }), [2]), [0.4]);
  expectClose(await at(schedules.polynomialDecay({ ...line, cycle: true }), [0, 4, 6]), [1, 0.2, 0.4]);
  expectClose(
    await at(schedules.piecewiseConstant({ boundaries: [2, 5], values: [3, 2, 1] }), [0, 2, 3, 5, 6]),
    [3, 3, 2, 2, 1],
  );
  const cosine = { initialLearningRate: 1, decaySteps: 10, alpha: 0.1 };
  expectClose(await at(schedules.cosineDecay(cosine), [0, 5, 10, 15]), [1, 0.55, 0.1, 0.1]);
  const warm = schedules.cosineDecay({ initialLearningRate: 0, decaySteps: 10, warmupTarget: 2, warmupSteps: 4 });
  expectClose(await at(warm, [0, 1, 4, 9, 14, 20]), [0, 0.5, 2, 1, 0, 0]);
});

test("each is made again by its configuration", () => {
  for (const schedule of [
    schedules.constant({ learningRate: 0.3 }),
    schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5, staircase: true }),
    schedules.inverseTimeDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }),
    schedules.polynomialDecay({ initialLearningRate: 1, decaySteps: 2, power: 2, cycle: true }),
    schedules.piecewiseConstant({ boundaries: [1], values: [1, 2] }),
    schedules.cosineDecay({ initialLearningRate: 0, decaySteps: 2, warmupTarget: 1, warmupSteps: 3 }),
    schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 2, tMul: 1.5, mMul: 0.5, alpha: 0.1 }),
    schedules.oneCycle({
      maxLearningRate: 1,
      totalSteps: 20,
      pctStart: 0.2,
      annealStrategy: "linear",
      threePhase: true,
    }),
    schedules.stepDecay({ initialLearningRate: 1, stepSize: 3, gamma: 0.5 }),
  ]) {
    const config = JSON.parse(JSON.stringify(schedule.config()));
    expect(schedules.resolveSchedule("test", { className: schedule.className, config })).toEqual(schedule);
  }
});

test("what does not go together is an error", () => {
  expect(() => schedules.piecewiseConstant({ boundaries: [5], values: [1] })).toThrow(
    "piecewiseConstant: got 1 values for 1 boundaries, expected 2",
  );
  expect(() => schedules.piecewiseConstant({ boundaries: [5, 5], values: [1, 2, 3] })).toThrow(
    "piecewiseConstant: boundaries[1] is 5, expected an integer of at least 6",
  );
  expect(() => schedules.cosineDecay({ initialLearningRate: 0, decaySteps: 5, warmupSteps: 2 })).toThrow(
    "a warm-up needs both warmupTarget and warmupSteps",
  );
});

test("a period begins at its very first update, however late, and periods may be of fractional length", async () => {
  const first = 3;
  const doubling = schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: first });
  const starts = Array.from({ length: 12 }, (_, index) => first * (2 ** index - 1));
  expectClose(
    await at(doubling, starts),
    starts.map(() => 1),
  );
  const before = await at(
    doubling,
    starts.slice(1).map((start) => start - 1),
  );
  for (const rate of before) expect(rate).toBeLessThan(0.3);
  const growing = schedules.cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5, tMul: 1.5, mMul: 0.5 });
  // Periods begin at 0, 5 and 12.5.
  const wave = (elapsed: number) => (1 + Math.cos(Math.PI * elapsed)) / 2;
  expectClose(await at(growing, [5, 12, 13]), [0.5, 0.5 * wave(7 / 7.5), 0.25 * wave(0.5 / 11.25)]);
});

test("one cycle ends at its lowest rate and stays there", async () => {
  const cycle = schedules.oneCycle({ maxLearningRate: 1, totalSteps: 10, divFactor: 4, finalDivFactor: 5 });
  expectClose(await at(cycle, [0, 2, 9, 10, 1000]), [0.25, 1, 0.05, 0.05, 0.05]);
  expect(() => schedules.oneCycle({ maxLearningRate: 1, totalSteps: 10, pctStart: 0.6, threePhase: true })).toThrow(
    "oneCycle: pctStart is 0.6, expected a finite number > 0 and < 0.5",
  );
});
