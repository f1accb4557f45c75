/** Colours for text on a terminal, and none elsewhere. */
import { styleText } from "node:util";

/** How much a stream can show: 256 colours, Unicode blocks without colour, or plain text. */
export type Shading = "color" | "blocks" | "plain";

export interface Style {
  readonly shading: Shading;
  bold(text: string): string;
  dim(text: string): string;
  /** What went well. */
  good(text: string): string;
  /** What went wrong. */
  bad(text: string): string;
  /** Text on one of the 256 colours; unchanged where there is no colour. */
  onColor(text: string, foreground: number, background: number): string;
}

/** What `stream` can show. Honours NO_COLOR (https://no-color.org) and FORCE_COLOR. */
export function shadingOf(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Shading {
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== "0") return "color";
  if (!stream.isTTY || environment.TERM === "dumb") return "plain";
  return environment.NO_COLOR ? "blocks" : "color";
}

export function createStyle(shading: Shading): Style {
  const colored = shading === "color";
  const apply = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colored ? styleText(format, text, { validateStream: false }) : text;
  return {
    shading,
    bold: apply("bold"),
    dim: apply("dim"),
    good: apply("green"),
    bad: apply("red"),
    onColor: (text, foreground, background) =>
      colored ? `\u001b[38;5;${foreground};48;5;${background}m${text}\u001b[0m` : text,
  };
}
