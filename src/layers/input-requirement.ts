/** What a layer demands of the shape of its input. */
import { formatShape, type Shape } from "../graph/shape.ts";

/** What a layer demands of its input, all without the batch axis. */
export interface InputRequirement {
  /** The exact number of axes. */
  readonly rank?: number;
  /** The least number of axes; default 0. */
  readonly minimumRank?: number;
  /** The axes' meaning, for messages: `[height, width, channels]`. */
  readonly axes?: string;
  /** The size of the last axis. */
  readonly lastAxis?: number;
}

/** @throws If a shape does not meet the requirement; the message names the layer, the axis, the sizes and the mend. */
export function checkRequirement(path: string, requirement: InputRequirement, shape: Shape): void {
  const { rank, minimumRank = 0, axes = "", lastAxis } = requirement;
  const shown = formatShape(shape);
  if (rank !== undefined ? shape.length !== rank : shape.length < minimumRank)
    throw new Error(
      `${path}: an example has the shape ${shown} with ${count(shape.length, "axis", "axes")}, but the layer takes ` +
        `${rank === undefined ? `at least ${minimumRank}` : rank}${axes && ` ${axes}`}, besides the batch axis; ` +
        (shape.length > (rank ?? minimumRank)
          ? "put a flatten or reshape before it"
          : "reshape the data or put a reshape before it"),
    );
  const last = shape.at(-1);
  if (lastAxis !== undefined && last !== lastAxis)
    throw new Error(
      `${path}: the last axis is ${last}, but the layer was built for ${lastAxis} (an example has the shape ${shown}); ` +
        `give inputs with ${lastAxis}, or make a new layer for ${last}`,
    );
}

function count(number: number, singular: string, plural: string): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
