/** The course of a training as a picture or as text. Pages fetch this when they draw one. */
import { type Course, type Curves, curvesOf } from "./curves.ts";
import {
  type ChartOptions,
  checkSvgOptions,
  checkTerminalOptions,
  logarithmicNames,
  type SvgOptions,
  type TerminalOptions,
} from "./options.ts";
import { drawSvg } from "./svg.ts";
import { drawTerminal } from "./terminal.ts";

/** What `History.toSvg` gives. */
export function svgOf(owner: string, course: Course, options: SvgOptions): string {
  checkSvgOptions(owner, options);
  const panels = panelsOf(owner, course, options);
  const columns = Math.min(2, panels.length);
  const { title = "", width = columns * 480, height = Math.ceil(panels.length / columns) * 300 } = options;
  return drawSvg(panels, { title, width, height, columns, isLogarithmic: logarithmicNames(options.logScale) });
}

/** What `History.toTerminal` gives. */
export function terminalTextOf(owner: string, course: Course, options: TerminalOptions): string {
  checkTerminalOptions(owner, options);
  const { width = 72, height = 14, color = false, logScale } = options;
  return drawTerminal(panelsOf(owner, course, options), {
    width,
    height,
    color,
    isLogarithmic: logarithmicNames(logScale),
  });
}

function panelsOf(owner: string, course: Course, { metrics }: ChartOptions): readonly Curves[] {
  if (course.epoch.length === 0) throw new Error(`${owner}: no epoch was trained, so there is nothing to draw`);
  return curvesOf(course, metrics, owner);
}
