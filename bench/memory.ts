/** What a case takes besides time: the memory of its process at its highest, and the first step with its tracing and compiling. */
import { spawnSync } from "node:child_process";
import { type Case, runStep } from "./cases.ts";

const leastMilliseconds = 2000;

export interface Footprint {
  /** Of the whole process, in megabytes of 2²⁰ bytes. */
  readonly peakMegabytes: number;
  readonly firstStepMilliseconds: number;
}

/** For the process that runs one case and nothing else. */
export async function footprintHere(make: () => Case): Promise<Footprint> {
  const prepared = make();
  const start = performance.now();
  await runStep(prepared);
  const firstStepMilliseconds = performance.now() - start;
  // Long enough for the collector to come by, where a step is short.
  const end = performance.now() + leastMilliseconds;
  for (let step = 0; step < 20 || performance.now() < end; step++) await runStep(prepared);
  return { peakMegabytes: process.resourceUsage().maxRSS / 1024, firstStepMilliseconds };
}

/** Runs a case in a process of its own. @throws With the process's output if it fails. */
export function footprintOf(name: string): Footprint {
  const main = new URL("main.js", import.meta.url).pathname;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "--footprint", name], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the case "${name}" failed:\n${stderr}`);
  return JSON.parse(stdout) as Footprint;
}
