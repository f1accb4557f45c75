/** The schedules that are known by name; index.ts enters all of Rappel's. Like layer-registry.ts, it keeps bundled pages small. */
import { Registry, type SerializedObject } from "../graph/registry.ts";
import type { Schedule } from "./schedule.ts";

export const scheduleRegistry = new Registry<Schedule>("schedule", []);

/** The schedule that an option's value stands for; `owner` names the option in messages. */
export function resolveSchedule(owner: string, value: Schedule | SerializedObject): Schedule {
  return scheduleRegistry.resolve(owner, value);
}
