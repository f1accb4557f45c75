/** NonNegative: weights of at least 0. */
import { checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { maximum } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Constraint } from "./constraint.ts";

/** max(w, 0). */
export class NonNegative extends Constraint {
  static readonly className = "nonNegative";
  readonly className = NonNegative.className;

  constructor(options: Record<never, never> = {}) {
    super();
    checkOptions("nonNegative", options, {});
  }

  call(value: Tensor): Tensor {
    return maximum(value, 0);
  }

  config(): Configuration {
    return {};
  }
}
