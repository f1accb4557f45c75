/** The size of what comes out where a window has slid over an example, for the layers that do so. */
import { formatShape, type Shape } from "../../graph/shape.ts";
import { slidingSize } from "../../ops/convolution.ts";
import type { WindowGeometry } from "../../ops/padding.ts";
import type { Sizes, Space } from "../../ops/spatial.ts";

/**
 * The number of places of a window along each axis of an example.
 *
 * @param path The layer, for the message.
 * @param what What slides: `the kernel`, `the pooling window`.
 * @param inputShape The example's axes, then its channels.
 * @throws If the window does not fit into the example at all.
 */
export function outputSize(
  path: string,
  what: string,
  inputShape: Shape,
  space: Space<Sizes>,
  geometry: WindowGeometry,
): number[] {
  const input = inputShape.slice(0, -1);
  const size = slidingSize(geometry, input);
  const axis = size.findIndex((places, at) => places === 0 && input[at] !== 0);
  if (axis >= 0)
    throw new Error(
      `${path}: ${what} reaches over ${(geometry.dilation[axis] as number) * ((geometry.window[axis] as number) - 1) + 1} ` +
        `${space.elements} of the ${space.axes[axis]}, but an example of the shape ${formatShape(inputShape)} has only ${input[axis]}; ` +
        `use padding "same", a smaller window, or ${space.larger}`,
    );
  return size;
}
