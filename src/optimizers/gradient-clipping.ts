/** GradientClipping: keeps gradients from being too large, element by element, each by its norm, or all by their joint norm. */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, clip, divide, maximum, multiply, sqrt, square } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface ClippingOptions {
  readonly clipNorm?: number;
  readonly clipValue?: number;
  readonly globalClipNorm?: number;
}

/** The way an optimizer limits its gradients, if it does; of the three options at most one is given. */
export class GradientClipping {
  readonly #options: ClippingOptions;

  /** @throws If a limit is not positive, or more than one is given. */
  constructor(className: string, { clipNorm, clipValue, globalClipNorm }: ClippingOptions) {
    const given = Object.entries({ clipNorm, clipValue, globalClipNorm }).filter(([, value]) => value !== undefined);
    for (const [option, value] of given) checkNumber(className, option, value as number, { above: 0 });
    if (given.length > 1)
      throw new TypeError(`${className}: clipNorm, clipValue and globalClipNorm exclude each other; give one of them`);
    this.#options = Object.fromEntries(given);
  }

  /** The gradients within the limit. */
  call(gradients: readonly Tensor[]): readonly Tensor[] {
    const { clipNorm, clipValue, globalClipNorm } = this.#options;
    if (clipValue !== undefined) return gradients.map((gradient) => clip(gradient, -clipValue, clipValue));
    if (clipNorm !== undefined)
      return gradients.map((gradient) => multiply(gradient, scaleDown(clipNorm, sum(square(gradient)))));
    if (globalClipNorm !== undefined && gradients.length > 0) {
      const scale = scaleDown(globalClipNorm, gradients.map((gradient) => sum(square(gradient))).reduce(add));
      return gradients.map((gradient) => multiply(gradient, scale));
    }
    return gradients;
  }

  config(): Configuration {
    return { ...this.#options };
  }
}

/** The factor that brings a norm down to a limit; 1 where it is below. */
function scaleDown(limit: number, squaredNorm: Tensor): Tensor {
  return divide(limit, maximum(sqrt(squaredNorm), limit));
}
