/** The table that `model.summary()` gives: layers, output shapes and numbers of parameters. */
import type { Shape } from "../graph/shape.ts";

/** One line of the table. */
export interface SummaryRow {
  readonly name: string;
  /** The kind of layer: `dense`, `conv2d` … */
  readonly type: string;
  /** Without the batch axis; undefined before the model is built. */
  readonly outputShape: Shape | undefined;
  /** The number of weights; undefined before the model is built. */
  readonly parameters: number | undefined;
  /** What the layer is applied to, for the models whose table tells it. */
  readonly connectedTo?: string;
}

/** Numbers of weights. */
export interface ParameterCount {
  readonly total: number;
  readonly trainable: number;
  readonly nonTrainable: number;
}

const grouped = new Intl.NumberFormat("en-US");
const gap = "  ";

/** The table as text, without a newline at the end. `count` is undefined before the model is built. */
export function formatSummary(model: string, rows: readonly SummaryRow[], count: ParameterCount | undefined): string {
  const table = [
    ["Layer (type)", "Output shape", "Parameters"],
    ...rows.map(({ name, type, outputShape, parameters }) => [
      `${name} (${type})`,
      outputShape ? `[${["batch", ...outputShape].join(", ")}]` : "not built",
      parameters === undefined ? "not built" : grouped.format(parameters),
    ]),
  ] as [string, string, string][];
  const [first, second, third] = [0, 1, 2].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  ) as [number, number, number];
  const lines = table.map(([layer, shape, parameters]) =>
    [layer.padEnd(first), shape.padEnd(second), parameters.padStart(third)].join(gap),
  );
  const rule = "─".repeat(first + second + third + 2 * gap.length);
  const totals = count
    ? [
        `Parameters: ${grouped.format(count.total)}`,
        `  trainable: ${grouped.format(count.trainable)}`,
        `  not trainable: ${grouped.format(count.nonTrainable)}`,
      ]
    : ["Parameters: known when the model is built; give the first layer an inputShape, or call fit"];
  return [`Model "${model}"`, rule, ...lines.slice(0, 1), rule, ...lines.slice(1), rule, ...totals].join("\n");
}
