/** What losses and metrics are called in logs. */
import type { Metric } from "../../metrics/metric.ts";
import type { Compilation } from "./compilation.ts";

/** The name of one output's loss or metric among those of several: `ageLoss`. */
export function outputName(output: string, name: string): string {
  return `${output}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** All metrics by the names they have in logs: their own, and behind the output's where there are several. */
export function namedMetrics({ outputs }: Compilation, own: readonly Metric[]): [name: string, metric: Metric][] {
  const judging = outputs.flatMap(({ name, metrics, weightedMetrics }) =>
    [...metrics, ...weightedMetrics].map((metric): [string, Metric] => [
      outputs.length === 1 ? metric.name : outputName(name, metric.name),
      metric,
    ]),
  );
  return [...judging, ...own.map((metric): [string, Metric] => [metric.name, metric])];
}

/** The names of the means that every model's step reports: the loss, without penalties where there are some, and each output's. */
export function lossNames({ outputs }: Compilation, regularized: boolean): readonly string[] {
  const byOutput = outputs.length > 1 ? outputs.map(({ name }) => outputName(name, "loss")) : [];
  return ["loss", ...(regularized ? ["dataLoss"] : []), ...byOutput];
}
