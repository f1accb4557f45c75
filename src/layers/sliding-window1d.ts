/** The length of a sequence after a window has slid along it, for the layers that do so. */
import { windowCount } from "../graph/primitives/convolution.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { explicitPadding } from "../ops/padding.ts";
import { imagePadding, type Padding1d } from "../ops/padding1d.ts";

/** How a window lies and moves. */
export interface SlidingGeometry1d {
  readonly window: number;
  readonly strides: number;
  readonly padding: Padding1d;
  readonly dilation: number;
}

/**
 * The number of places where a window lies along an example.
 *
 * @param path The layer, for the message.
 * @param what What slides: `the kernel`, `the pooling window`.
 * @throws If the window does not fit into the example at all.
 */
export function outputLength(path: string, what: string, inputShape: Shape, geometry: SlidingGeometry1d): number {
  const length = inputShape[0] as number;
  const { window, strides, padding, dilation } = geometry;
  const image = imagePadding(padding, window, dilation);
  const [, steps] = explicitPadding(image, [1, length], [1, window], [1, strides], [1, dilation]);
  const places = windowCount(length, window, strides, steps, dilation);
  if (places === 0 && length !== 0)
    throw new Error(
      `${path}: ${what} reaches over ${dilation * (window - 1) + 1} steps, but an example of the shape ${formatShape(inputShape)} ` +
        `has only ${length}; use padding "same", a smaller window, or longer sequences`,
    );
  return places;
}
