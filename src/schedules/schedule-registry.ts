/** The schedules that are known by name; index.ts enters all of Rappel's. Like layer-registry.ts, it keeps bundled pages small. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import type { Schedule } from "./schedule.ts";

export const scheduleRegistry = /* @__PURE__ */ new Registry<Schedule>("schedule", []);

/** The schedule that an option's value stands for; `owner` names the option in messages. */
export function resolveKnownSchedule(owner: string, value: Schedule | SerializedObject): Schedule {
  return scheduleRegistry.resolve(owner, value);
}

/** Makes a schedule of one's own known to saved models. */
export function registerSchedule(added: ConfigurableClass<Schedule>): void {
  scheduleRegistry.register(added);
}
