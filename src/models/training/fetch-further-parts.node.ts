/** What few trainings need beside `fit`, outside of pages: there from the start. */
import * as parts from "./further-parts.ts";

/** What few trainings need beside `fit`. */
export function furtherParts(): typeof parts {
  return parts;
}
