/** Every layer of several inputs, with options. Whoever adds one adds its samples here. */
import type { Configuration } from "../../src/graph/registry.ts";
import type { Shape } from "../../src/graph/shape.ts";

export interface MergeSample {
  readonly inputShapes: readonly Shape[];
  readonly config?: Configuration;
}

const one: Shape = [2, 3];

/** Options and shapes on which each merge layer is tried. */
export const mergeSamples: Readonly<Record<string, readonly MergeSample[]>> = {
  add: [{ inputShapes: [one, one, one] }, { inputShapes: [one, [1, 3]] }, { inputShapes: [one] }],
  average: [{ inputShapes: [one, one, one] }, { inputShapes: [[2, 1], one] }],
  concatenate: [
    { inputShapes: [[4], [3], [1]] },
    { inputShapes: [one, [4, 3]], config: { axis: 1 } },
    { inputShapes: [one] },
  ],
  dot: [
    { inputShapes: [[4], [4]], config: { axes: 1 } },
    { inputShapes: [one, [4, 3]], config: { axes: -1, normalize: true } },
    { inputShapes: [one, [4, 2]], config: { axes: [1, 2] } },
  ],
  maximum: [{ inputShapes: [one, one, one] }],
  minimum: [{ inputShapes: [one, one, one] }],
  multiply: [{ inputShapes: [one, one, one] }, { inputShapes: [one, [1, 1]] }],
  subtract: [{ inputShapes: [one, one] }],
};
