/** Schedules: functions that make them, and their names. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import { ConstantSchedule, type ConstantScheduleOptions } from "./constant.ts";
import type { Schedule } from "./schedule.ts";

export { Schedule } from "./schedule.ts";

const registry = new Registry<Schedule>("schedule", [ConstantSchedule]);

/** Makes a schedule of one's own known to saved models. */
export function registerSchedule(added: ConfigurableClass<Schedule>): void {
  registry.register(added);
}

/** The schedule that an option's value stands for; `owner` names the option in messages. */
export function resolveSchedule(owner: string, value: Schedule | SerializedObject): Schedule {
  return registry.resolve(owner, value);
}

/** The same learning rate always. */
export const constant = (options: ConstantScheduleOptions): Schedule => new ConstantSchedule(options);
