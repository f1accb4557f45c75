/** All schedules by name. A page that reads none from data does without. */
import type { ConfigurableClass, SerializedObject } from "../graph/registry.ts";
import { ConstantSchedule, PiecewiseConstant, StepDecay } from "./constant.ts";
import { CosineDecayRestarts } from "./cosine-restarts.ts";
import { CosineDecay, ExponentialDecay, InverseTimeDecay, PolynomialDecay } from "./decay.ts";
import { OneCycle } from "./one-cycle.ts";
import type { Schedule } from "./schedule.ts";
import { scheduleRegistry } from "./schedule-registry.ts";

const all: readonly ConfigurableClass<Schedule>[] = [
  ConstantSchedule,
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  OneCycle,
  PiecewiseConstant,
  PolynomialDecay,
  StepDecay,
];

/** Makes all schedules known, where that has not happened yet. */
export function registerSchedules(): void {
  for (const each of all) scheduleRegistry.register(each);
}

/** The schedule that was given or written down, whichever there is; `owner` names the option in messages. */
export function resolveSchedule(owner: string, value: Schedule | SerializedObject): Schedule {
  registerSchedules();
  return scheduleRegistry.resolve(owner, value);
}
