/** The course of a training as SVG: a panel for each loss or metric. */
import type { Curves } from "./curves.ts";
import { formatValue, linearScale, logarithmicScale, type Scale } from "./scale.ts";

export interface SvgLayout {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly isLogarithmic: (name: string) => boolean;
}

/** All of it stands out from white and from black; where the reader prefers dark pages it is brighter. */
const style = `
.t{fill:#6e7781;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.h{font-size:16px;font-weight:600}.n{font-size:13px;font-weight:600}
.g{stroke:#8c959f;stroke-opacity:.25}.a{stroke:#8c959f;stroke-opacity:.8}
.l{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.r{stroke:#1f77d0}.v{stroke:#e0700d;stroke-dasharray:6 4}.b{stroke:#8c959f;stroke-dasharray:2 3}
.dr{fill:#1f77d0}.dv{fill:#e0700d}.db{fill:none;stroke-width:2}.db.r,.db.v{stroke-dasharray:none}
@media(prefers-color-scheme:dark){.t{fill:#9aa4ae}.t.h,.t.n{fill:#e6edf3}.r{stroke:#4a9eff}.dr{fill:#4a9eff}.v{stroke:#ff9a3c}.dv{fill:#ff9a3c}}
`.trim();

const titleHeight = 34;
const margin = { top: 34, right: 18, bottom: 40, left: 56 };
/** With more epochs than this points are not drawn one by one. */
const mostPoints = 30;

/** Writes the picture. */
export function drawSvg(
  panels: readonly Curves[],
  { title, width, height, columns, isLogarithmic }: SvgLayout,
): string {
  const rows = Math.max(1, Math.ceil(panels.length / columns));
  const top = title === "" ? 0 : titleHeight;
  const size = { width: width / columns, height: (height - top) / rows };
  const drawn = panels.map((panel, index) => {
    const x = (index % columns) * size.width;
    const y = top + Math.floor(index / columns) * size.height;
    return `<g transform="translate(${round(x)} ${round(y)})">${drawPanel(panel, size, isLogarithmic(panel.name))}</g>`;
  });
  const heading = title === "" ? "" : text(width / 2, 23, title, "h", "middle");
  const label = escapeXml(title === "" ? "Training curves" : title);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">`,
    `<title>${label}</title>`,
    `<desc>${escapeXml(panels.map(describe).join(" "))}</desc>`,
    `<style>${style}</style>`,
    heading,
    ...drawn,
    "</svg>",
    "",
  ]
    .filter((line, index, lines) => line !== "" || index === lines.length - 1)
    .join("\n");
}

function drawPanel(
  curves: Curves,
  size: { readonly width: number; readonly height: number },
  isLogarithmic: boolean,
): string {
  const { name, epochs, training, validation, best } = curves;
  const plot = {
    left: margin.left,
    right: size.width - margin.right,
    top: margin.top,
    bottom: size.height - margin.bottom,
  };
  const values = [...training, ...(validation ?? [])];
  const count = Math.max(2, Math.round((plot.bottom - plot.top) / 45));
  const vertical = isLogarithmic ? logarithmicScale(values, count) : linearScale(values, count);
  const horizontal = linearScale(epochs, Math.max(2, Math.round((plot.right - plot.left) / 60)), true);
  const x = (epoch: number) => plot.left + horizontal.position(epoch) * (plot.right - plot.left);
  const y = (value: number) => plot.bottom - vertical.position(value) * (plot.bottom - plot.top);
  const parts = [
    text(plot.left, 20, name, "n"),
    legend(plot.right, validation !== undefined),
    ...vertical.ticks.flatMap((tick) => [
      line(plot.left, y(tick), plot.right, y(tick), "g"),
      text(plot.left - 8, y(tick) + 4, vertical.format(tick), "", "end"),
    ]),
    line(plot.left, plot.bottom, plot.right, plot.bottom, "a"),
    ...epochTicks(horizontal).flatMap((tick) => [
      line(x(tick), plot.bottom, x(tick), plot.bottom + 4, "a"),
      text(x(tick), plot.bottom + 17, horizontal.format(tick), "", "middle"),
    ]),
    text((plot.left + plot.right) / 2, size.height - 8, "epoch", "", "middle"),
    ...(best && Number.isFinite(y(best.value))
      ? markBest(best, x(best.epoch), y(best.value), plot, validation ? "v" : "r")
      : []),
    ...curve(epochs.map(x), training.map(y), "r"),
    ...(validation ? curve(epochs.map(x), validation.map(y), "v") : []),
  ];
  return parts.join("\n");
}

function epochTicks({ ticks }: Scale): readonly number[] {
  return ticks.filter(Number.isInteger);
}

/** A line through all points, broken where there is none, and the points themselves where they are few. */
function curve(xs: readonly number[], ys: readonly number[], kind: "r" | "v"): string[] {
  let path = "";
  let isDown = false;
  for (const [index, x] of xs.entries()) {
    const y = ys[index] as number;
    const isPoint = Number.isFinite(y);
    if (isPoint) path += `${isDown ? "L" : "M"}${round(x)} ${round(y)}`;
    isDown = isPoint;
  }
  const points = xs.length > mostPoints ? [] : xs.map((x, index) => [x, ys[index] as number] as const);
  return [
    `<path class="l ${kind}" d="${path}"/>`,
    ...points
      .filter(([, y]) => Number.isFinite(y))
      .map(([x, y]) => `<circle class="d${kind}" cx="${round(x)}" cy="${round(y)}" r="2.5"/>`),
  ];
}

function markBest(
  { epoch, value }: { readonly epoch: number; readonly value: number },
  x: number,
  y: number,
  plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
  kind: "r" | "v",
): string[] {
  const label = `best ${formatValue(value)}, epoch ${epoch}`;
  const anchor = x < plot.left + 70 ? "start" : x > plot.right - 70 ? "end" : "middle";
  // Beside the axis away from the curve's end, so that the label covers none of it.
  const labelY = y < (plot.top + plot.bottom) / 2 ? plot.bottom - 8 : plot.top + 12;
  const labelX = anchor === "start" ? x + 6 : anchor === "end" ? x - 6 : x;
  return [
    line(x, plot.top, x, plot.bottom, "b"),
    `<circle class="db ${kind}" cx="${round(x)}" cy="${round(y)}" r="6"/>`,
    text(labelX, labelY, label, "", anchor),
  ];
}

function legend(right: number, hasValidation: boolean): string {
  if (!hasValidation) return "";
  const entry = (x: number, kind: "r" | "v", label: string) =>
    `<path class="l ${kind}" d="M${round(x)} 16h22"/>${text(x + 28, 20, label, "")}`;
  return `${entry(right - 184, "r", "training")}\n${entry(right - 92, "v", "validation")}`;
}

/** What the picture shows, for who cannot see it. */
function describe({ name, epochs, training, validation, best }: Curves): string {
  const course = (values: readonly number[]) => `from ${say(values[0])} to ${say(values.at(-1))}`;
  const validated = validation ? `, in validation ${course(validation)}` : "";
  const found = best ? `; best ${formatValue(best.value)} in epoch ${best.epoch}` : "";
  return `${name} over ${epochs.length} epochs: ${course(training)}${validated}${found}.`;
}

function say(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? "no number" : formatValue(value);
}

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  kind: string,
  anchor: "start" | "middle" | "end" = "start",
): string {
  const placed = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${`t ${kind}`.trim()}" x="${round(x)}" y="${round(y)}"${placed}>${escapeXml(content)}</text>`;
}

/** Tenths of a pixel are enough. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(content: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return content.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
