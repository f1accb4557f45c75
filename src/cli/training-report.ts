/** What lies beside a trained model: the report as JSON, and the curves of its training as a picture. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "../data/sources/atomic-file.node.ts";
import type { callbacks } from "../index.ts";
import type { ClassifierEvaluation } from "./evaluation.ts";
import type { TrainingSettings } from "./recipes/recipe.ts";

/** What `rappel train --json` prints. */
export interface TrainingReport {
  readonly dataset: string;
  /** [0, 1] */
  readonly testAccuracy: number;
  readonly testLoss: number;
  /** How many epochs were trained. */
  readonly epochs: number;
  /** The epoch whose weights were kept, counted from 1. */
  readonly bestEpoch: number;
  /** From the first batch to the last validation. */
  readonly trainingSeconds: number;
  /** Training images a second, validation not counted. */
  readonly imagesPerSecond: number;
  readonly device: string;
  readonly threads: number;
  readonly seed: number;
  readonly parameters: number;
  readonly settings: TrainingSettings;
  /** Whether Ctrl-C ended the training. */
  readonly interrupted: boolean;
  /** The folder of the model. */
  readonly out: string;
}

/** The report with the course of the training and every class's scores: what the file holds. */
export interface FullTrainingReport extends TrainingReport {
  /** A number an epoch for each loss and metric. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly evaluation: ClassifierEvaluation;
}

const fileName = "report.json";
const curvesName = "curves.svg";

export async function writeTrainingReport(directory: string, report: FullTrainingReport): Promise<void> {
  await writeFileAtomically(join(directory, fileName), `${JSON.stringify(report, undefined, 2)}\n`);
}

/** Draws losses and metrics, if any epoch was trained. */
export async function writeCurves(directory: string, title: string, history: callbacks.History): Promise<void> {
  if (history.epoch.length > 0) await writeFileAtomically(join(directory, curvesName), await history.toSvg({ title }));
}

/**
 * What `rappel evaluate` must know of a training: its data set, and the seed that divided it.
 *
 * @throws Error If the folder holds no such report; the message names the file and the mend.
 */
export async function readTrainingOrigin(directory: string): Promise<{ dataset: string; seed: number }> {
  const path = join(directory, fileName);
  const report = parseReport(await readReport(path), path);
  if (
    typeof report !== "object" ||
    report === null ||
    !("dataset" in report && typeof report.dataset === "string") ||
    !("seed" in report && typeof report.seed === "number")
  )
    throw new Error(`${path}: has no dataset and seed, which the report of \`rappel train\` has`);
  return { dataset: report.dataset, seed: report.seed };
}

async function readReport(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: expected the folder that \`rappel train --out\` wrote`, { cause: error });
  }
}

function parseReport(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is damaged: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
