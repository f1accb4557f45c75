/** The picture of a model as SVG: a box for each application of a layer, an arrow for each value that goes from one to another. */
import type { Layer } from "../../layers/layer.ts";
import { ModelLayer } from "../networks/model-layer.ts";
import type { Network } from "../networks/network.ts";
import { measure } from "./measure.ts";

/** One application of a layer. */
export interface PlotNode {
  readonly name: string;
  readonly layer: Layer;
  /** The places, in the list, of those whose results it takes; all before it. */
  readonly sources: readonly number[];
}

/** Readable on white and on black; where the reader prefers dark pages the text is brighter. */
const style = `
.t{fill:#24292f;font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;text-anchor:middle}
.s{fill:#6e7781;font-size:11px}.b{fill:#8c959f;fill-opacity:.08;stroke:#1f77d0}.f{stroke:#8c959f;stroke-dasharray:4 3}
.e{fill:none;stroke:#8c959f;stroke-width:1.5;marker-end:url(#arrow)}.p{fill:#8c959f}
@media(prefers-color-scheme:dark){.t{fill:#e6edf3}.s{fill:#9aa4ae}}
`.trim();

const lineHeight = 46;
const boxHeight = 44;
const [gapX, gapY, margin] = [28, 30, 16];
/** About what a character takes, in the largest of the fonts. */
const characterWidth = 7.2;

interface Box extends PlotNode {
  readonly lines: readonly [title: string, detail: string];
  readonly width: number;
  /** How far from the inputs: one below the lowest of its sources. */
  readonly rank: number;
  /** The box's middle. */
  x: number;
  readonly y: number;
}

/** Draws a model. @param nodes The applications of its layers, each behind its sources. */
export function plotModel(model: Network, nodes: readonly PlotNode[]): string {
  const { layers: measured } = measure(model);
  const boxes: Box[] = [];
  for (const node of nodes) {
    const { name, layer, sources } = node;
    const shape = measured.get(layer)?.outputShapes[0] ?? layer.inputShape;
    const type = layer instanceof ModelLayer ? layer.model.className : layer.className;
    const detail = shape && layer.built ? `${type}  [${["batch", ...shape].join(", ")}]` : type;
    const rank = Math.max(-1, ...sources.map((source) => boxes[source]?.rank ?? -1)) + 1;
    const width = Math.round(Math.max(name.length, detail.length * 0.88) * characterWidth) + 24;
    boxes.push({ ...node, lines: [name, detail], width, rank, x: 0, y: margin + rank * (lineHeight + gapY) });
  }
  const width = placeRows(boxes);
  const height = Math.max(0, ...boxes.map(({ y }) => y + boxHeight)) + margin;
  const label = escapeXml(`Model ${model.name}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">`,
    `<title>${label}</title>`,
    `<style>${style}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="p" d="M0 0L8 4L0 8z"/></marker></defs>',
    ...boxes.flatMap((box) => [...new Set(box.sources)].map((source) => arrow(boxes[source] as Box, box, boxes))),
    ...boxes.map(drawBox),
    "</svg>",
    "",
  ].join("\n");
}

/** Puts the boxes of a rank side by side, each near its sources, and the ranks below each other. @returns The width of all. */
function placeRows(boxes: readonly Box[]): number {
  const ranks = new Map<number, Box[]>();
  for (const box of boxes) ranks.set(box.rank, [...(ranks.get(box.rank) ?? []), box]);
  const widthOf = (row: readonly Box[]) => row.reduce((sum, { width }) => sum + width + gapX, -gapX);
  const widest = Math.max(0, ...[...ranks.values()].map(widthOf));
  for (const row of ranks.values()) {
    const wanted = new Map(row.map((box) => [box, middleOf(box.sources.map((source) => boxes[source]?.x ?? 0))]));
    const ordered = row.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    let left = margin + (widest - widthOf(row)) / 2;
    for (const box of ordered) {
      box.x = left + box.width / 2;
      left += box.width + gapX;
    }
  }
  return Math.ceil(widest + 2 * margin);
}

function middleOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** From the lower edge of one box to the upper edge of another; where ranks are skipped around the boxes that lie between. */
function arrow(from: Box, to: Box, boxes: readonly Box[]): string {
  const [startY, endY] = [from.y + boxHeight, to.y - 1];
  const middleY = (startY + endY) / 2;
  const between = boxes.filter(({ rank }) => rank > from.rank && rank < to.rank);
  if (between.length === 0) return curve(from.x, startY, from.x, middleY, to.x, middleY, to.x, endY);
  const left = Math.min(...between.map(({ x, width }) => x - width / 2)) - 12;
  const right = Math.max(...between.map(({ x, width }) => x + width / 2)) + 12;
  const middleX = (from.x + to.x) / 2;
  const side = middleX - left < right - middleX ? left : right;
  const enterX = to.x + Math.sign(side - to.x) * Math.min(24, to.width / 4);
  // In the middle the curve has the mean of its ends, an eighth each, and its two bends, three eighths each.
  const bend = (8 * side - from.x - enterX) / 6;
  return curve(from.x, startY, bend, startY + 12, bend, endY - 12, enterX, endY);
}

function curve(...points: readonly number[]): string {
  const [startX, startY, ...rest] = points.map((value) => Math.round(10 * value) / 10);
  return `<path class="e" d="M${startX} ${startY}C${rest.join(" ")}"/>`;
}

function drawBox({ x, y, width, lines, layer }: Box): string {
  const [title, detail] = lines;
  const frozen = layer.trainable ? "" : " f";
  return (
    `<rect class="b${frozen}" x="${x - width / 2}" y="${y}" width="${width}" height="${boxHeight}" rx="6"/>` +
    `<text class="t" x="${x}" y="${y + 18}">${escapeXml(title)}</text>` +
    `<text class="t s" x="${x}" y="${y + 35}">${escapeXml(detail)}</text>`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
