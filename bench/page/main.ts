/** The page in which the cases are timed: `globalThis.time(name, threads)` does so in a worker. */
import { connect, type MessageEnd } from "rappel/worker";
import type { TimingTasks } from "./worker.ts";

/** As pages have it. */
declare const Worker: new (address: URL, options: { readonly type: "module" }) => MessageEnd;

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const tasks = connect<TimingTasks>(worker);
Object.assign(globalThis, {
  time: (name: string, threads: number | undefined) =>
    tasks.run("time", { name, ...(threads !== undefined && { threads }) }),
});
