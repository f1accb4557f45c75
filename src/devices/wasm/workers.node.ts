/** The engine's threads as WebAssembly in Node. */
import { Worker } from "node:worker_threads";
import { type StartedWorker, type WorkerTask, workerSource } from "./workers.ts";

/** Starts a worker thread of Node, which ends with the process and does not keep it alive. @throws Where Node permits none. */
export function startNodeWorker(task: WorkerTask): StartedWorker {
  const worker = new Worker(`${workerSource} computeFor(require("node:worker_threads").workerData);`, {
    eval: true,
    execArgv: [], // what the process was started with, loaders for one, is not meant for it
    name: "rappel",
    workerData: task,
  });
  worker.unref();
  return worker;
}
