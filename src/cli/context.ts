/** What every command gets to know of its surroundings. */
import { createStyle, type Style, shadingOf } from "./style.ts";

/** A stream that text for people goes to. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface CommandContext {
  /** Where the text for people goes. */
  readonly output: OutputStream;
  /** What `output` can show. */
  readonly style: Style;
}

export function createContext(output: OutputStream): CommandContext {
  return { output, style: createStyle(shadingOf(output)) };
}
