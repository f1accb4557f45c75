/**
 * Times training steps.
 *
 *   npm run --silent bench -- [case…] [--threads=N] [--json]   one line a case
 *   npm run bench -- --roofline [case…]                        time against what the hardware can do, and an elementwise chain against a copy
 *   npm run bench -- --memory [case…]                          peak memory, and the first step with its compilation
 *   npm run bench -- --scaling                                 how time grows with batch, length and width
 *   npm run bench -- --precision bfloat16 [case…]              with products in bfloat16; also with the other modes
 *   npm run bench -- --browser [case…] [--threads=N] [--json]  the cases in headless Chromium, as WebAssembly in a worker
 *   npm run bench -- --first-step [--json]                     how soon a page in Chromium takes its first training step
 *   npm run bench -- --accuracy [wide-mlp] [gpt]               the loss after 200 steps in float32 and in bfloat16
 *   npm run bench -- --profile CASE                            time per instruction
 *   npm run bench -- --explain CASE                            the compiled program
 */
import { parseArgs } from "node:util";
import { getDevice, ops, type Precision } from "rappel";
import { type Case, cases, runStep } from "./cases.ts";
import { footprintHere, footprintOf } from "./memory.ts";
import { accuracyTasks, comparePrecisions } from "./precision.ts";
import { profile } from "./profile.ts";
import { microsecondsPerStep } from "./protocol.ts";
import { measureChain, measureMachine, rooflineOf } from "./roofline.ts";
import { printScaling } from "./scaling.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string" },
    json: { type: "boolean", default: false },
    profile: { type: "string" },
    precision: { type: "string", default: "float32" },
    explain: { type: "string" },
    roofline: { type: "boolean", default: false },
    memory: { type: "boolean", default: false },
    scaling: { type: "boolean", default: false },
    accuracy: { type: "boolean", default: false },
    browser: { type: "boolean", default: false },
    "first-step": { type: "boolean", default: false },
    footprint: { type: "string" }, // for --memory, which starts a process a case
  },
});

function makeCase(name: string) {
  const make = cases[name];
  if (!make) throw new RangeError(`there is no case "${name}"; there are ${Object.keys(cases).join(", ")}`);
  return inPrecision(make());
}

/** The case with its matrix products in the precision that was asked for. */
function inPrecision(made: Case): Case {
  const { precision } = values;
  if (precision !== "float32" && precision !== "bfloat16")
    throw new RangeError(`--precision is "${precision}", expected float32 or bfloat16`);
  const within = <T>(body: () => T): T => ops.withPrecision<T>(precision satisfies Precision, body);
  return {
    ...made,
    run: () => within(made.run),
    explain: () => within(made.explain),
    profile: (times) => within(() => made.profile(times)),
  };
}

/** A line for people, or one that the comparison with other frameworks reads. */
function printTime(name: string, microseconds: number): void {
  const us = Math.round(microseconds * 100) / 100;
  console.log(
    values.json
      ? JSON.stringify({ peer: "rappel", case: name, us })
      : `${name.padEnd(10)} ${us.toFixed(1).padStart(10)} µs`,
  );
}

const threads = values.threads === undefined ? undefined : Number(values.threads);
if (values.threads) process.env.RAPPEL_THREADS = values.threads;
// Cases of the suite that have no parts yet are passed over when all are asked for by name.
const wanted = positionals.length > 0 ? positionals.filter((name) => name in cases) : Object.keys(cases);
const inPages = values.browser || values["first-step"];
if (!values.json && !values.footprint && !inPages) console.log(getDevice().description);
if (values.profile) console.log(await profile(makeCase(values.profile)));
else if (values.explain) console.log(makeCase(values.explain).explain());
else if (values.footprint) {
  const name = values.footprint;
  console.log(JSON.stringify(await footprintHere(() => makeCase(name))));
} else if (values.roofline) {
  const machine = await measureMachine();
  const [gflops, gigabytes] = [machine.flopsPerSecond / 1e9, machine.bytesPerSecond / 1e9];
  console.log(`peak ${gflops.toFixed(0)} GFLOP/s, memory ${gigabytes.toFixed(1)} GB/s`);
  const { chain, copy } = await measureChain();
  const beside = (kind: "best" | "middle") =>
    `${(chain[kind] / 1e9).toFixed(1)} GB/s, ${((100 * chain[kind]) / copy[kind]).toFixed(0)} % of a copy's`;
  console.log(`fused chain over 128 MB into new tensors: at best ${beside("best")}; in the middle ${beside("middle")}`);
  console.log(
    `${"".padEnd(10)} ${"GFLOP".padStart(8)} ${"floor".padStart(13)} ${"time".padStart(13)} ${"of floor".padStart(9)} ${"between steps".padStart(14)}`,
  );
  for (const name of wanted) {
    const { gflop, floorMicroseconds, warmFloorMicroseconds, microseconds } = await rooflineOf(makeCase(name), machine);
    const times = [floorMicroseconds, microseconds].map((us) => `${us.toFixed(1)} µs`.padStart(13)).join(" ");
    const share = (floor: number, width: number) => `${((100 * floor) / microseconds).toFixed(0)} %`.padStart(width);
    console.log(
      `${name.padEnd(10)} ${gflop.toFixed(4).padStart(8)} ${times} ${share(floorMicroseconds, 9)} ${share(warmFloorMicroseconds, 14)}`,
    );
  }
} else if (values.memory) {
  console.log(`${"".padEnd(10)} ${"peak".padStart(10)} ${"first step".padStart(11)}`);
  for (const name of wanted) {
    const { peakMegabytes, firstStepMilliseconds } = footprintOf(name);
    const columns = [
      `${peakMegabytes.toFixed(0)} MB`.padStart(10),
      `${firstStepMilliseconds.toFixed(0)} ms`.padStart(11),
    ];
    console.log(`${name.padEnd(10)} ${columns.join(" ")}`);
  }
} else if (values.scaling) await printScaling();
else if (values.accuracy) {
  const names = positionals.length > 0 ? positionals : accuracyTasks;
  for (const name of names) console.log(await comparePrecisions(name));
} else if (values["first-step"]) {
  const { firstSteps } = await import("./browser.ts");
  for (const { isolated, afterScript, afterVisit } of await firstSteps()) {
    const summary = (times: readonly number[]) =>
      `${times[0]?.toFixed(0)} ms (median ${times[Math.floor(times.length / 2)]?.toFixed(0)})`;
    console.log(
      values.json
        ? JSON.stringify({ peer: "rappel", isolated, afterScript, afterVisit })
        : `${isolated ? "isolated" : "not isolated"}: the first step is done ${summary(afterScript)} after the page's script began, ` +
            `${summary(afterVisit)} after the page was asked for`,
    );
  }
} else if (values.browser) {
  const { timeInBrowser } = await import("./browser.ts");
  let described = values.json;
  for await (const { name, microseconds, description } of timeInBrowser(wanted, threads)) {
    if (!described) console.log(description);
    described = true;
    printTime(name, microseconds);
  }
} else {
  for (const name of wanted) {
    const prepared = makeCase(name);
    printTime(name, await microsecondsPerStep(() => runStep(prepared)));
  }
}
