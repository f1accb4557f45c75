/**
 * Layers that merge their inputs element by element: Add, Subtract, Multiply, Average, Maximum and Minimum.
 *
 * Inputs of one shape `[batch, ...]`, where an axis of 1 stretches; output float32 of that shape; no weights.
 */
import * as ops from "../../ops/elementwise.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { LayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import { ElementwiseMergeLayer } from "./merge-layer.ts";

/** out = in₀ + in₁ + … */
export class Add extends ElementwiseMergeLayer {
  static readonly className = "add";
  readonly className = Add.className;

  constructor(options: LayerOptions = {}) {
    super("add", options);
  }

  protected combine(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce(ops.add);
  }
}

/** out = in₀ - in₁, of exactly two inputs. */
export class Subtract extends ElementwiseMergeLayer {
  static readonly className = "subtract";
  readonly className = Subtract.className;

  constructor(options: LayerOptions = {}) {
    super("subtract", options, 2);
  }

  protected combine(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce(ops.subtract);
  }
}

/** out = in₀ · in₁ · … */
export class Multiply extends ElementwiseMergeLayer {
  static readonly className = "multiply";
  readonly className = Multiply.className;

  constructor(options: LayerOptions = {}) {
    super("multiply", options);
  }

  /** A masked step is a factor of 1, and 0 where it is masked in all inputs. */
  protected combine(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor {
    const factors = inputs.map((x, index) => {
      const mask = masks[index];
      return mask ? ops.where(mask, x, 1) : x;
    });
    const product = factors.reduce(ops.multiply);
    const all = masks.reduce((any, mask) => any && mask && ops.logicalOr(any, mask));
    return all ? ops.where(all, product, 0) : product;
  }
}

/** out = (in₀ + in₁ + …) / the number of inputs. */
export class Average extends ElementwiseMergeLayer {
  static readonly className = "average";
  readonly className = Average.className;

  constructor(options: LayerOptions = {}) {
    super("average", options);
  }

  protected combine(inputs: readonly Tensor[]): Tensor {
    return ops.divide(inputs.reduce(ops.add), inputs.length);
  }
}

/** out = max(in₀, in₁, …). */
export class Maximum extends ElementwiseMergeLayer {
  static readonly className = "maximum";
  readonly className = Maximum.className;

  constructor(options: LayerOptions = {}) {
    super("maximum", options);
  }

  protected combine(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor {
    return reduceUnmasked(inputs, masks, ops.maximum);
  }
}

/** out = min(in₀, in₁, …). */
export class Minimum extends ElementwiseMergeLayer {
  static readonly className = "minimum";
  readonly className = Minimum.className;

  constructor(options: LayerOptions = {}) {
    super("minimum", options);
  }

  protected combine(inputs: readonly Tensor[], masks: readonly Mask[]): Tensor {
    return reduceUnmasked(inputs, masks, ops.minimum);
  }
}

/** Combines inputs one after the other, each only where its steps count; where one side does not, the other stands. */
function reduceUnmasked(
  [first, ...others]: readonly Tensor[],
  [firstMask, ...otherMasks]: readonly Mask[],
  combine: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  let result = first as Tensor;
  let known = firstMask;
  for (const [index, x] of others.entries()) {
    const mask = otherMasks[index];
    const right = mask ? ops.where(mask, x, result) : x;
    const left = known ? ops.where(known, result, right) : result;
    known = known && mask && ops.logicalOr(known, mask);
    result = combine(left, right);
  }
  return result;
}

/** The sum of the inputs, as in a residual connection. @example layers.add().apply([block, shortcut]); */
export function add(options?: LayerOptions): Add {
  return new Add(options);
}

/** The first input minus the second. @example layers.subtract().apply([a, b]); */
export function subtract(options?: LayerOptions): Subtract {
  return new Subtract(options);
}

/** The product of the inputs, as in a gate. @example layers.multiply().apply([values, gate]); */
export function multiply(options?: LayerOptions): Multiply {
  return new Multiply(options);
}

/** The mean of the inputs. @example layers.average().apply([a, b, c]); */
export function average(options?: LayerOptions): Average {
  return new Average(options);
}

/** The largest of the inputs at each place. @example layers.maximum().apply([a, b]); */
export function maximum(options?: LayerOptions): Maximum {
  return new Maximum(options);
}

/** The smallest of the inputs at each place. @example layers.minimum().apply([a, b]); */
export function minimum(options?: LayerOptions): Minimum {
  return new Minimum(options);
}
