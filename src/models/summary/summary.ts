/** The table that `model.summary()` gives: layers, output shapes, parameters, multiply-adds and memory. */
import { checkBoolean, checkInteger, checkOptions } from "../../graph/options.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { Variable } from "../../tensor/variable.ts";
import { ModelLayer } from "../networks/model-layer.ts";
import { type Network, sizesOf, weightsOf } from "../networks/network.ts";
import { printLine } from "../print.ts";
import { type Measure, measure } from "./measure.ts";

export interface SummaryOptions {
  /** `true` writes the text to the console; a function is given it. Default neither. */
  readonly print?: boolean | ((text: string) => void);
  /** The width of the table in characters, at least 40; longer names end in `…`. Default as wide as it must be. */
  readonly lineLength?: number;
  /** Whether the layers of models inside are listed, indented, below them. Default false. */
  readonly expandNested?: boolean;
  /** Whether a column tells which layers training changes. Default false. */
  readonly showTrainable?: boolean;
}

/** What a summary needs to know of a model. */
export interface SummarizedModel extends Network {
  /** What a layer is applied to, where the model's kind tells it. */
  connectedTo(layer: Layer): string | undefined;
  readonly optimizers: ReadonlyMap<string, Optimizer>;
}

interface Column {
  readonly title: string;
  readonly atRight?: boolean;
  /** Whether it gives way where the table must be narrower. */
  readonly shrinks?: boolean;
  readonly cellOf: (row: Row) => string;
}

interface Row {
  readonly name: string;
  readonly layer: Layer;
  /** How many models it is inside of. */
  readonly depth: number;
  readonly connectedTo: string | undefined;
}

const grouped = new Intl.NumberFormat("en-US");
const gap = "  ";

/** The table as text, without a newline at the end, printed where asked for. */
export function summarize(model: SummarizedModel, options: SummaryOptions): string {
  const owner = `${model.name}.summary`;
  checkOptions(owner, options, { print: true, lineLength: true, expandNested: true, showTrainable: true });
  const { print = false, lineLength, expandNested = false, showTrainable = false } = options;
  checkBoolean(owner, "expandNested", expandNested);
  checkBoolean(owner, "showTrainable", showTrainable);
  if (lineLength !== undefined) checkInteger(owner, "lineLength", lineLength, 40);
  const measured = measure(model);
  const rows = rowsOf(model, (layer) => model.connectedTo(layer), expandNested, 0);
  const table = formatTable(columnsOf(rows, measured, showTrainable), rows, lineLength);
  const text = [`Model "${model.name}"`, ...table, ...totalsOf(model, measured)].join("\n");
  if (print !== false) (print === true ? printLine : print)(text);
  return text;
}

function rowsOf(
  model: Network,
  connectedTo: (layer: Layer) => string | undefined,
  expand: boolean,
  depth: number,
): readonly Row[] {
  return [...model.namedLayers].flatMap(([name, layer]) => {
    const row = { name, layer, depth, connectedTo: connectedTo(layer) };
    if (!expand || !(layer instanceof ModelLayer)) return [row];
    return [row, ...rowsOf(layer.model, () => undefined, true, depth + 1)];
  });
}

function columnsOf(rows: readonly Row[], { layers }: Measure, showTrainable: boolean): readonly Column[] {
  const isConnected = rows.some(({ connectedTo }) => connectedTo !== undefined);
  const countOf = (layer: Layer, variables: readonly Variable[]) =>
    layer.built ? grouped.format(sizesOf(weightsOf(variables))) : "not built";
  const frozenOf = (layer: Layer) => weightsOf(layer.nonTrainableVariables);
  const hasFrozen = rows.some(({ layer }) => layer.built && frozenOf(layer).length > 0);
  return [
    {
      title: "Layer (type)",
      shrinks: true,
      cellOf: ({ name, layer, depth }) => `${"  ".repeat(depth)}${name} (${typeOf(layer)})`,
    },
    {
      title: "Output shape",
      cellOf: ({ layer }) => {
        const shapes = layers.get(layer)?.outputShapes;
        if (!shapes) return layer.built ? "unknown" : "not built";
        return shapes.map((shape) => `[${["batch", ...shape].join(", ")}]`).join(", ");
      },
    },
    { title: "Parameters", atRight: true, cellOf: ({ layer }) => countOf(layer, layer.variables) },
    ...(hasFrozen
      ? [{ title: "Frozen", atRight: true, cellOf: ({ layer }: Row) => countOf(layer, frozenOf(layer)) }]
      : []),
    {
      title: "Multiply-adds",
      atRight: true,
      cellOf: ({ layer }) => {
        const count = layers.get(layer)?.multiplyAdds;
        return count === undefined ? "" : grouped.format(count);
      },
    },
    ...(showTrainable ? [{ title: "Trainable", cellOf: ({ layer }: Row) => (layer.trainable ? "yes" : "no") }] : []),
    ...(isConnected
      ? [{ title: "Connected to", shrinks: true, cellOf: ({ connectedTo = "" }: Row) => connectedTo }]
      : []),
  ];
}

function typeOf(layer: Layer): string {
  return layer instanceof ModelLayer ? layer.model.className : layer.className;
}

function formatTable(columns: readonly Column[], rows: readonly Row[], lineLength: number | undefined): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cellOf }) => cellOf(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const total = () => widths.reduce((sum, width) => sum + width, (columns.length - 1) * gap.length);
  // The widest of the columns that may shrink gives way, a character at a time, down to what its title takes.
  for (let spare = (lineLength ?? total()) - total(); spare < 0; spare++) {
    const wide = columns
      .map(({ shrinks, title }, column) => ({ column, room: shrinks ? (widths[column] ?? 0) - title.length : 0 }))
      .reduce((a, b) => (b.room > a.room ? b : a));
    if (wide.room > 0) widths[wide.column] = (widths[wide.column] as number) - 1;
  }
  const lines = cells.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        const shown = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell;
        return columns[column]?.atRight ? shown.padStart(width) : shown.padEnd(width);
      })
      .join(gap)
      .trimEnd(),
  );
  const rule = "─".repeat(lineLength === undefined ? total() : Math.max(lineLength, total()));
  return [rule, ...lines.slice(0, 1), rule, ...lines.slice(1), rule];
}

function totalsOf(model: SummarizedModel, { multiplyAdds, activationBytes }: Measure): readonly string[] {
  if (!model.built)
    return ["Parameters: known when the model is built; give the first layer an inputShape, or call fit"];
  const total = model.countParameters();
  const trainable = sizesOf(weightsOf(model.trainableVariables));
  const optimizers = [...model.optimizers.values()];
  // The optimizer of `compile` trains all; one in a field trains what its steps give it.
  const ofOptimizers = optimizers.reduce(
    (sum, optimizer) =>
      sum + optimizer.stateSize(optimizers.length === 1 ? model.trainableVariables : optimizer.trainedVariables),
    0,
  );
  const state =
    optimizers.length > 0
      ? ` and state of ${optimizers.map(({ name }) => name).join(", ")} ${formatBytes(4 * ofOptimizers)}`
      : "";
  return [
    `Parameters: ${grouped.format(total)}`,
    `  trainable: ${grouped.format(trainable)}`,
    `  not trainable: ${grouped.format(total - trainable)}`,
    `Multiply-adds: ${grouped.format(multiplyAdds)} an example`,
    `Memory: weights ${formatBytes(4 * total)}; in training gradients ${formatBytes(4 * trainable)}${state}; ` +
      `activations ${formatBytes(activationBytes)} an example`,
  ];
}

/** `1.5 MB`, in powers of 1000. */
function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}
