/** The page: starts the training in a worker and shows how it goes. */
import { connect } from "rappel/worker";
import { drawCurve } from "./curve.ts";
import { showDigits } from "./digits.ts";
import type { Progress, TrainingTasks } from "./train.worker.ts";

const epochs = 30;

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} with the id "${id}"`);
}

const start = element("start", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const status = element("status", HTMLOutputElement);
const curve = element("curve", HTMLCanvasElement);
const digits = element("digits", HTMLDivElement);

const trainer = connect<TrainingTasks>(
  new Worker(new URL("./train.worker.ts", import.meta.url), { type: "module", name: "training" }),
);

async function train(): Promise<void> {
  const controller = new AbortController();
  stop.onclick = () => controller.abort();
  start.disabled = true;
  stop.disabled = false;
  status.value = "the network is being set up";
  const history: Progress[] = [];
  const onReport = (progress: Progress) => {
    history.push(progress);
    drawCurve(curve, history, epochs);
    const { epoch, loss, accuracy } = progress;
    status.value = `epoch ${epoch + 1} of ${epochs}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(3)}`;
  };
  try {
    const { examples, device } = await trainer.run("train", { epochs }, { onReport, signal: controller.signal });
    showDigits(digits, examples);
    status.value = `${history.length} epochs, accuracy ${history.at(-1)?.accuracy.toFixed(3)} (${device})`;
    document.body.dataset.state = "trained";
  } catch (error) {
    status.value = String(error);
    document.body.dataset.state = "failed";
  } finally {
    start.disabled = false;
    stop.disabled = true;
  }
}

start.onclick = train;
