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
/** The one column that stands at the right. */
const numbersColumn = 2;

/** The table as text, without a newline at the end. `count` is undefined before the model is built. */
export function formatSummary(model: string, rows: readonly SummaryRow[], count: ParameterCount | undefined): string {
  const isConnected = rows.some(({ connectedTo }) => connectedTo !== undefined);
  const table: readonly (readonly string[])[] = [
    ["Layer (type)", "Output shape", "Parameters", ...(isConnected ? ["Connected to"] : [])],
    ...rows.map(({ name, type, outputShape, parameters, connectedTo = "" }) => [
      `${name} (${type})`,
      outputShape ? `[${["batch", ...outputShape].join(", ")}]` : "not built",
      parameters === undefined ? "not built" : grouped.format(parameters),
      ...(isConnected ? [connectedTo] : []),
    ]),
  ];
  const columns = isConnected ? [0, 1, 2, 3] : [0, 1, 2];
  const widths = columns.map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) =>
        column === numbersColumn ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join(gap)
      .trimEnd(),
  );
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width, (columns.length - 1) * gap.length));
  const totals = count
    ? [
        `Parameters: ${grouped.format(count.total)}`,
        `  trainable: ${grouped.format(count.trainable)}`,
        `  not trainable: ${grouped.format(count.nonTrainable)}`,
      ]
    : ["Parameters: known when the model is built; give the first layer an inputShape, or call fit"];
  return [`Model "${model}"`, rule, ...lines.slice(0, 1), rule, ...lines.slice(1), rule, ...totals].join("\n");
}
