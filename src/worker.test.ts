import { MessageChannel } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { connect, type MessageEnd, serve, type TaskContext } from "./worker.ts";

const tasks = {
  async count({ to }: { to: number }, { report, signal }: TaskContext<number>) {
    for (let index = 1; index <= to; index++) {
      if (signal.aborted) return "stopped";
      report(index);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return "done";
  },
  fail(message: string) {
    throw new RangeError(message);
  },
};

let close = () => {};
afterEach(() => close());

/** Both ends of a channel, one of which serves the tasks. */
function connected() {
  const { port1, port2 } = new MessageChannel();
  close = () => port1.close();
  const ends: readonly MessageEnd[] = [port1, port2];
  for (const port of [port1, port2]) port.start();
  serve(tasks, ends[1]);
  return connect<typeof tasks>(ends[0] as MessageEnd);
}

test("a task runs elsewhere, reports on its way and gives its result", async () => {
  const connection = connected();
  const reports: number[] = [];
  const [first, second] = await Promise.all([
    connection.run("count", { to: 3 }, { onReport: (value) => reports.push(value) }),
    connection.run("count", { to: 1 }),
  ]);
  expect([first, second, reports]).toEqual(["done", "done", [1, 2, 3]]);
});

test("a task is asked to end early", async () => {
  const controller = new AbortController();
  const onReport = (value: number) => value === 2 && controller.abort();
  const { signal } = controller;
  expect(await connected().run("count", { to: 1e6 }, { onReport, signal })).toBe("stopped");
  expect(await connected().run("count", { to: 1e6 }, { signal })).toBe("stopped");
});

test("what a task throws is thrown by run, and so is a wrong name", async () => {
  const connection = connected();
  await expect(connection.run("fail", "out of range")).rejects.toThrow(new RangeError("out of range"));
  // A page and a worker of different versions.
  const older = connection as unknown as { run(name: string, argument: unknown): Promise<unknown> };
  await expect(older.run("toString", 1)).rejects.toThrow(
    'there is no task "toString" in this worker; it serves count, fail',
  );
});

test("a worker that fails ends all its tasks", async () => {
  const listeners = new Map<string, (event: { readonly type: string }) => void>();
  const connection = connect<typeof tasks>({
    postMessage: () => {},
    addEventListener: (type, listener) => listeners.set(type, listener),
  });
  const waiting = connection.run("count", { to: 1 });
  listeners.get("error")?.({ type: "error" });
  await expect(waiting).rejects.toThrow("the worker failed: its script cannot be loaded");
});

test("serve outside of a worker says so", () => {
  expect(() => serve(tasks)).toThrow("serve: this is no worker");
});
