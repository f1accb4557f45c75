/** The worker of the page in which the cases are timed. */
import { getDevice, setDevice } from "rappel";
import { serve } from "rappel/worker";
import { cases, runStep } from "../cases.ts";
import { microsecondsPerStep } from "../protocol.ts";

export interface Timed {
  readonly microseconds: number;
  /** Of the device that computed. */
  readonly description: string;
}

const tasks = {
  async time({ name, threads }: { readonly name: string; readonly threads?: number }): Promise<Timed> {
    if (threads !== undefined) setDevice("wasm", { threads });
    const make = cases[name];
    if (!make) throw new RangeError(`there is no case "${name}"`);
    const prepared = make();
    const microseconds = await microsecondsPerStep(() => runStep(prepared));
    return { microseconds, description: getDevice().description };
  },
};
export type TimingTasks = typeof tasks;
serve(tasks);
