/** The course of a training for a terminal: curves of Braille dots, a panel for each loss or metric. */
import type { Curves } from "./curves.ts";
import { formatValue, linearScale, logarithmicScale } from "./scale.ts";

export interface TerminalLayout {
  /** Characters of a line. */
  readonly width: number;
  /** Lines of each panel, with its title and its axis. */
  readonly height: number;
  readonly color: boolean;
  readonly isLogarithmic: (name: string) => boolean;
}

const blue = "\u001b[34m";
const orange = "\u001b[33m";
const plain = "\u001b[39m";

/** Writes the picture, a line an entry. */
export function drawTerminal(panels: readonly Curves[], layout: TerminalLayout): string {
  return panels.map((panel) => drawPanel(panel, layout).join("\n")).join("\n\n");
}

function drawPanel(
  { name, epochs, training, validation, best }: Curves,
  { width, height, color, isLogarithmic }: TerminalLayout,
): string[] {
  const rows = height - 3;
  const values = [...training, ...(validation ?? [])];
  const count = Math.max(2, Math.min(6, Math.floor(rows / 2)));
  const vertical = isLogarithmic(name) ? logarithmicScale(values, count) : linearScale(values, count);
  const labels = vertical.ticks.map(vertical.format);
  const gutter = Math.max(...labels.map(({ length }) => length)) + 2;
  const columns = Math.max(8, width - gutter);
  const horizontal = linearScale(epochs, Math.max(2, Math.floor(columns / 12)), true);
  const canvas = new BrailleCanvas(columns, rows);
  const points = (series: readonly number[]) =>
    series.map((value, index) => ({
      x: Math.round(horizontal.position(epochs[index] as number) * (canvas.width - 1)),
      y: Math.round((1 - vertical.position(value)) * (canvas.height - 1)),
    }));
  canvas.draw(points(training), false, blue);
  if (validation) canvas.draw(points(validation), true, orange);

  const paint = (text: string, ink: string) => (color ? `${ink}${text}${plain}` : text);
  const notes = [
    ...(validation ? [{ text: `${paint("⠤⠤⠤", blue)} training  ${paint("⠤ ⠤", orange)} validation`, length: 29 }] : []),
    ...(best ? [`best ${formatValue(best.value)}, epoch ${best.epoch}`] : []).map((text) => ({
      text,
      length: text.length,
    })),
  ];
  // What does not fit into the line is left out.
  let heading = `${" ".repeat(gutter)}${name}`;
  let left = width - heading.length;
  for (const { text, length } of notes) {
    left -= length + 2;
    if (left >= 0) heading += `  ${text}`;
  }
  const tickRows = new Map(
    vertical.ticks.map((tick, index) => [
      Math.round((1 - vertical.position(tick)) * (rows - 1)),
      labels[index] as string,
    ]),
  );
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = tickRows.get(row);
    return `${(label ?? "").padStart(gutter - 2)} ${label === undefined ? "│" : "┤"}${canvas.line(row, color ? paint : undefined)}`.trimEnd();
  });
  const axis = Array.from({ length: columns }, () => "─");
  const numbers = Array.from({ length: gutter + columns + 8 }, () => " ");
  for (const tick of horizontal.ticks.filter(Number.isInteger)) {
    const column = Math.round(horizontal.position(tick) * (columns - 1));
    axis[column] = "┬";
    const label = horizontal.format(tick);
    const start = Math.min(
      gutter + columns - label.length,
      Math.max(0, gutter + column - Math.floor((label.length - 1) / 2)),
    );
    if (numbers.slice(Math.max(0, start - 1), start + label.length + 1).some((each) => each !== " ")) continue;
    for (const [index, character] of [...label].entries()) numbers[start + index] = character;
  }
  return [heading, ...lines, `${" ".repeat(gutter - 1)}└${axis.join("")}`, numbers.join("").trimEnd()];
}

/** The bit of each dot of a Braille character, by row and column. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A picture of 2 × 4 dots a character. */
class BrailleCanvas {
  /** In dots. */
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Uint8Array;
  readonly #inks: (string | undefined)[];

  constructor(columns: number, rows: number) {
    this.width = columns * 2;
    this.height = rows * 4;
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
    this.#inks = Array.from({ length: columns * rows });
  }

  /** Draws lines from point to point, dashed or not, with gaps where a point is not a number. */
  draw(points: readonly { readonly x: number; readonly y: number }[], dashed: boolean, ink: string): void {
    let drawn = 0;
    for (const [index, to] of points.entries()) {
      if (Number.isNaN(to.y)) continue;
      const before = points[index - 1];
      const from = before && !Number.isNaN(before.y) ? before : to;
      const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
      for (let step = from === to ? steps : 0; step <= steps; step++) {
        const isVertex = points.length <= this.#columns / 2 && step === steps;
        if (!dashed || isVertex || drawn % 6 < 3)
          this.#set(
            Math.round(from.x + ((to.x - from.x) * step) / steps),
            Math.round(from.y + ((to.y - from.y) * step) / steps),
            ink,
          );
        drawn++;
      }
    }
  }

  /** A line of characters. */
  line(row: number, paint: ((text: string, ink: string) => string) | undefined): string {
    return Array.from({ length: this.#columns }, (_, column) => {
      const cell = row * this.#columns + column;
      const bits = this.#cells[cell] as number;
      if (bits === 0) return " ";
      const character = String.fromCharCode(0x2800 + bits);
      const ink = this.#inks[cell];
      return paint && ink ? paint(character, ink) : character;
    }).join("");
  }

  #set(x: number, y: number, ink: string): void {
    const cell = Math.floor(y / 4) * this.#columns + Math.floor(x / 2);
    this.#cells[cell] = (this.#cells[cell] as number) | (dots[y % 4]?.[x % 2] ?? 0);
    this.#inks[cell] = ink;
  }
}
