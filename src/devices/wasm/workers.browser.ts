/** The engine's threads as WebAssembly in a page or one of its workers. */
import { type StartedWorker, type WorkerTask, workerSource } from "./workers.ts";

/** Starts a web worker. @throws Where the page's content security policy forbids workers from `blob:`. */
export function startWebWorker(task: WorkerTask): StartedWorker {
  const source = `${workerSource} onmessage = ({ data }) => computeFor(data);`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "rappel" });
  worker.postMessage(task);
  // Only when the worker has its source for certain; it is short, so this costs nothing meanwhile.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return worker;
}
