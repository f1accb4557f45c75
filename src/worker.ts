/** Work in a worker, so that a page stays smooth: tasks are served there and run from the page, with reports on the way and an end. */

/** What a task may do beside computing its result. */
export interface TaskContext<Report = unknown> {
  /** Tells the page how far the task is; the value is copied as `postMessage` copies. */
  report(value: Report): void;
  /** Aborted when the page asks the task to end early. */
  readonly signal: AbortSignal;
}

/** A task: takes one argument, which is copied into the worker, and gives a result, which is copied back. */
export type Task = (argument: never, context: TaskContext<never>) => unknown;
export type Tasks = Readonly<Record<string, Task>>;

type ArgumentOf<T extends Task> = Parameters<T>[0];
type ReportOf<T extends Task> = Parameters<T>[1] extends TaskContext<infer Report> ? Report : never;
type ResultOf<T extends Task> = Awaited<ReturnType<T>>;

/** The end of a channel: a `Worker`, a worker's `globalThis`, a `MessagePort`. */
export interface MessageEnd {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: { readonly type: string }) => void): void;
}

type Request =
  | { readonly rappel: "run"; readonly id: number; readonly task: string; readonly argument: unknown }
  | { readonly rappel: "abort"; readonly id: number };
type Answer = {
  readonly rappel: "report" | "result" | "error";
  readonly id: number;
  readonly value: unknown;
};

/**
 * Serves tasks in a worker, to be run by `connect` in the page.
 *
 * @param tasks By name.
 * @param end Where requests come in; default the worker's own.
 * @example
 * // train.worker.ts
 * const tasks = {
 *   async train({ epochs }: { epochs: number }, { report, signal }: TaskContext<{ epoch: number; loss: number }>) {
 *     const model = sequential([layers.flatten(), layers.dense({ units: 10 })]);
 *     model.compile({ optimizer: "adam", loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }) });
 *     signal.addEventListener("abort", () => { model.stopTraining = true; });
 *     await model.fit(await datasets.digits(), {
 *       epochs,
 *       callbacks: [{ onEpochEnd: (epoch, { loss = 0 }) => report({ epoch, loss }) }],
 *     });
 *     return model.toFiles();
 *   },
 * };
 * export type TrainingTasks = typeof tasks;
 * serve(tasks);
 */
export function serve(tasks: Tasks, end: MessageEnd = ownEnd()): void {
  const running = new Map<number, AbortController>();
  const answer = (kind: Answer["rappel"], id: number, value: unknown) => end.postMessage({ rappel: kind, id, value });

  async function perform(id: number, name: string, argument: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
      if (!task)
        throw new TypeError(`there is no task "${name}" in this worker; it serves ${Object.keys(tasks).join(", ")}`);
      const report = (value: unknown) => answer("report", id, value);
      answer("result", id, await task(argument as never, { report, signal: controller.signal }));
    } catch (error) {
      answer("error", id, error instanceof Error ? error : new Error(String(error)));
    } finally {
      running.delete(id);
    }
  }

  end.addEventListener("message", (event) => {
    const data = partOf(event, "data");
    if (!isRequest(data)) return;
    if (data.rappel === "run") void perform(data.id, data.task, data.argument);
    else running.get(data.id)?.abort();
  });
}

/** How a page runs a task. */
export interface RunOptions<Report> {
  /** Called with each value that the task reports, in order. */
  readonly onReport?: (value: Report) => void;
  /** Asks the task to end early when aborted; what it gives then is up to it. */
  readonly signal?: AbortSignal;
}

/** The tasks of a worker, from outside. */
export interface Connection<T extends Tasks> {
  /**
   * Runs a task.
   *
   * @throws What the task threw, or that the worker could not be loaded.
   */
  run<Name extends keyof T & string>(
    name: Name,
    argument: ArgumentOf<T[Name]>,
    options?: RunOptions<ReportOf<T[Name]>>,
  ): Promise<ResultOf<T[Name]>>;
}

/**
 * Connects a page to a worker that serves tasks.
 *
 * @example
 * const worker = new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module" });
 * const trainer = connect<TrainingTasks>(worker);
 * const files = await trainer.run("train", { epochs: 10 }, { onReport: ({ loss }) => curve.add(loss) });
 * const model = await load(files);
 */
export function connect<T extends Tasks>(end: MessageEnd): Connection<T> {
  interface Waiting {
    report(value: unknown): void;
    resolve(value: unknown): void;
    reject(error: unknown): void;
  }
  const waiting = new Map<number, Waiting>();
  let next = 1;

  end.addEventListener("message", (event) => {
    const data = partOf(event, "data");
    if (!isAnswer(data)) return;
    const task = waiting.get(data.id);
    if (data.rappel === "report") return task?.report(data.value);
    waiting.delete(data.id);
    if (data.rappel === "result") task?.resolve(data.value);
    else task?.reject(data.value);
  });
  const failAll = (message: string) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  end.addEventListener("error", (event) => {
    const reason =
      partOf(event, "message") || "its script cannot be loaded; is its address right, and is it of the type module?";
    failAll(`the worker failed: ${reason}`);
  });
  end.addEventListener("messageerror", () => failAll("the worker sent something that cannot be copied to this page"));

  // The types end here: what a task takes and gives is known to whoever wrote it.
  const run = (name: string, argument: unknown, { onReport, signal }: RunOptions<never> = {}) =>
    new Promise<never>((resolve, reject) => {
      const id = next++;
      const abort = () => end.postMessage({ rappel: "abort", id });
      const settle = (end: (value: never) => void) => (value: unknown) => {
        signal?.removeEventListener("abort", abort);
        end(value as never);
      };
      const report = (value: unknown) => onReport?.(value as never);
      waiting.set(id, { report, resolve: settle(resolve), reject: settle(reject) });
      end.postMessage({ rappel: "run", id, task: name, argument });
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    });
  return { run };
}

function partOf(event: object, name: string): unknown {
  return Reflect.get(event, name);
}

function ownEnd(): MessageEnd {
  const scope: object = globalThis;
  if ("postMessage" in scope && "addEventListener" in scope && !("document" in scope)) return scope as MessageEnd;
  throw new Error("serve: this is no worker; call it in the script that new Worker(...) was given");
}

function isMessage(value: unknown): value is { readonly rappel: unknown; readonly id: number } {
  return (
    typeof value === "object" && value !== null && "rappel" in value && "id" in value && typeof value.id === "number"
  );
}

function isRequest(value: unknown): value is Request {
  return isMessage(value) && (value.rappel === "run" || value.rappel === "abort");
}

function isAnswer(value: unknown): value is Answer {
  return isMessage(value) && (value.rappel === "report" || value.rappel === "result" || value.rappel === "error");
}
