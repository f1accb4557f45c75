/** The options of the pictures of a history. */
import { checkBoolean, checkInteger, checkOptions, describe } from "../../graph/options.ts";

export interface ChartOptions {
  /** Which losses and metrics to draw, without the prefix `val`, such as `["loss", "accuracy"]`; default all. */
  readonly metrics?: readonly string[];
  /** Whether values are drawn on a logarithmic scale: all, or those of the names given. Default false. */
  readonly logScale?: boolean | readonly string[];
}

export interface SvgOptions extends ChartOptions {
  /** Above the panels; default none. */
  readonly title?: string;
  /** In pixels; default 480 for each of up to two panels side by side. */
  readonly width?: number;
  /** In pixels; default 300 for each row of panels. */
  readonly height?: number;
}

export interface TerminalOptions extends ChartOptions {
  /** In characters, at least 20; default 72. */
  readonly width?: number;
  /** Lines of each panel, at least 6; default 14. */
  readonly height?: number;
  /** Whether to tell the curves apart by colours too; default false. */
  readonly color?: boolean;
}

/** @throws If an option is unknown or out of range. */
export function checkSvgOptions(owner: string, options: SvgOptions): void {
  checkOptions(owner, options, { metrics: true, logScale: true, title: true, width: true, height: true });
  const { title, width, height } = options;
  checkChartOptions(owner, options);
  if (title !== undefined && typeof title !== "string")
    throw new TypeError(`${owner}: title is ${describe(title)}, expected a text`);
  if (width !== undefined) checkInteger(owner, "width", width, 160);
  if (height !== undefined) checkInteger(owner, "height", height, 120);
}

/** @throws If an option is unknown or out of range. */
export function checkTerminalOptions(owner: string, options: TerminalOptions): void {
  checkOptions(owner, options, { metrics: true, logScale: true, width: true, height: true, color: true });
  const { width, height, color } = options;
  checkChartOptions(owner, options);
  if (width !== undefined) checkInteger(owner, "width", width, 20);
  if (height !== undefined) checkInteger(owner, "height", height, 6);
  if (color !== undefined) checkBoolean(owner, "color", color);
}

function checkChartOptions(owner: string, { metrics, logScale }: ChartOptions): void {
  for (const [name, value] of Object.entries({ metrics, logScale }))
    if (value !== undefined && typeof value !== "boolean" && !Array.isArray(value))
      throw new TypeError(`${owner}: ${name} is ${describe(value)}, expected an array of names`);
  if (typeof metrics === "boolean" || metrics?.length === 0)
    throw new TypeError(`${owner}: metrics is ${describe(metrics)}, expected an array of names such as ["loss"]`);
}

/** Whether the values of a name are drawn on a logarithmic scale. */
export function logarithmicNames(logScale: ChartOptions["logScale"]): (name: string) => boolean {
  return (name) => (typeof logScale === "object" ? logScale.includes(name) : logScale === true);
}
