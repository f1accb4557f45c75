/** The engine's threads as WebAssembly: workers that hold an instance of its module over the same memory. */

/** What a worker needs, all of which can be posted to it. */
export interface WorkerTask {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the engine's description of the thread. */
  readonly thread: number;
  /** Where its stack ends, from which it grows downwards. */
  readonly stackEnd: number;
}

/** A worker that was started and can be ended at any moment. */
export interface StartedWorker {
  terminate(): unknown;
}

/** Starts a worker that calls `computeFor(task)` and never returns; it must not keep the program alive. @throws Where none can be started. */
export type StartWorker = (task: WorkerTask) => StartedWorker;

/**
 * `computeFor` as text, for a worker without a file of its own: bundlers and Node's type stripping never see it. It never returns,
 * so the worker hears no message after the one that calls it; between programs it sleeps in the engine.
 */
export const workerSource = `
"use strict";
function computeFor({ module, memory, thread, stackEnd }) {
  const imports = { memory, milliseconds: () => performance.now(), maySleep: () => 1, startWorker: () => 0 };
  const { exports } = new WebAssembly.Instance(module, { rappel: imports });
  exports.__stack_pointer.value = stackEnd;
  exports.runThread(thread);
}
`;
