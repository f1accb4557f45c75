/** Which runs happen at once and which in the queue, with an engine that only takes its time. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as graph from "../../graph/primitives/index.ts";
import type { Engine } from "./engine.ts";
import { EngineDevice } from "./engine-device.ts";

/** A program that should take a second, and what its runs were: at once, or queued and so many milliseconds long, or cancelled soon. */
function makeProgram(takes: number, isCancelled = false) {
  const runs: string[] = [];
  const engine: Partial<Engine> = {
    allocate: () => 1,
    load: () => 1,
    describe: () => [{ opcode: "Map", flops: 2e10, bytes: 0, tasks: 1 }],
    run: (_program, _handles, times) => {
      runs.push(`${times} at once`);
      return times;
    },
    runAsync: async (_program, _handles, times) => {
      runs.push(`${times} queued`);
      await new Promise((resolve) => setTimeout(resolve, times * takes));
      return isCancelled ? 0 : times;
    },
  };
  const device = new EngineDevice("fake", "an engine", engine as Engine, "a test made it");
  const x = graph.parameter([2], "float32");
  const executable = device.compile({ parameters: [x], outputs: [graph.negative(x)], updates: [] });
  const buffers = [device.allocate("float32", 2), device.allocate("float32", 2)];
  return { runs, run: (times: number) => executable.run(buffers, times) };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a program that was soon done runs at once the next time, but not many times", async () => {
  const { runs, run } = makeProgram(0.2);
  run(10);
  await vi.runAllTimersAsync();
  run(1);
  run(10);
  run(1);
  await vi.runAllTimersAsync();
  expect(runs).toEqual(["10 queued", "1 at once", "10 queued", "1 queued"]);
});

test("one that took long, or whose time nobody knows for others were before it, stays in the queue", async () => {
  const { runs, run } = makeProgram(2);
  run(1);
  run(1);
  await vi.runAllTimersAsync();
  run(1);
  await vi.runAllTimersAsync();
  expect(runs).toEqual(["1 queued", "1 queued", "1 queued"]);
});

test("one that was cancelled tells nothing of its time", async () => {
  const { runs, run } = makeProgram(0, true);
  run(1);
  await vi.runAllTimersAsync();
  run(1);
  await vi.runAllTimersAsync();
  expect(runs).toEqual(["1 queued", "1 queued"]);
});
