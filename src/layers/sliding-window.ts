/** What layers share that slide a window over `[height, width, channels]`: their geometry and the size of their output. */
import type { Shape } from "../graph/shape.ts";
import { formatShape } from "../graph/shape.ts";
import { slidingSize } from "../ops/convolution.ts";
import type { Padding } from "../ops/padding.ts";

/** How a window lies and moves. */
export interface SlidingGeometry {
  readonly window: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilation: readonly [number, number];
}

/**
 * The height and width after a window has slid over an example.
 *
 * @param path The layer, for the message.
 * @param what What slides: `the kernel`, `the pooling window`.
 * @throws If the window does not fit into the example at all.
 */
export function outputSize(
  path: string,
  what: string,
  inputShape: Shape,
  geometry: SlidingGeometry,
): readonly [number, number] {
  const [height, width] = inputShape as readonly [number, number, number];
  const { window, strides, padding, dilation } = geometry;
  const size = slidingSize([height, width], window, strides, padding, dilation);
  const axis = size.indexOf(0);
  if (axis >= 0 && inputShape[axis] !== 0)
    throw new Error(
      `${path}: ${what} reaches over ${dilation[axis as 0 | 1] * (window[axis as 0 | 1] - 1) + 1} pixels of the ` +
        `${axis === 0 ? "height" : "width"}, but an example of the shape ${formatShape(inputShape)} has only ${inputShape[axis]}; ` +
        `use padding "same", a smaller window, or larger images`,
    );
  return size;
}
