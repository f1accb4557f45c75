/** Regularizers by the sum of magnitudes (L1), of squares (L2), or both. */
import { checkNumber, checkOptions } from "../graph/options.ts";
import { type ConfigurableClass, type Configuration, Registry, type SerializedObject } from "../graph/registry.ts";
import { abs, add, multiply, square } from "../ops/elementwise.ts";
import { sum } from "../ops/reduce.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Regularizer } from "./regularizer.ts";

export { Regularizer } from "./regularizer.ts";

export interface L1Options {
  /** The factor on the sum of magnitudes, at least 0; default 0.01. */
  l1?: number;
}
export interface L2Options {
  /** The factor on the sum of squares, at least 0; default 0.01. */
  l2?: number;
}

const absolute = (x: Tensor, factor: number): Tensor => multiply(sum(abs(x)), factor);
const squared = (x: Tensor, factor: number): Tensor => multiply(sum(square(x)), factor);

/** l1 · Σ |x|: drives small weights to exactly 0. */
export class L1 extends Regularizer {
  static readonly className = "l1";
  readonly className = L1.className;
  readonly l1: number;

  constructor(options: L1Options = {}) {
    super();
    checkOptions("l1", options, { l1: true });
    this.l1 = options.l1 ?? 0.01;
    checkNumber("l1", "l1", this.l1, { minimum: 0 });
  }

  call(x: Tensor): Tensor {
    return absolute(x, this.l1);
  }

  config(): Configuration {
    return { l1: this.l1 };
  }
}

/** l2 · Σ x²: keeps weights small. */
export class L2 extends Regularizer {
  static readonly className = "l2";
  readonly className = L2.className;
  readonly l2: number;

  constructor(options: L2Options = {}) {
    super();
    checkOptions("l2", options, { l2: true });
    this.l2 = options.l2 ?? 0.01;
    checkNumber("l2", "l2", this.l2, { minimum: 0 });
  }

  call(x: Tensor): Tensor {
    return squared(x, this.l2);
  }

  config(): Configuration {
    return { l2: this.l2 };
  }
}

/** l1 · Σ |x| + l2 · Σ x². Both factors are 0 by default. */
export class L1L2 extends Regularizer {
  static readonly className = "l1l2";
  readonly className = L1L2.className;
  readonly l1: number;
  readonly l2: number;

  constructor(options: L1Options & L2Options = {}) {
    super();
    checkOptions("l1l2", options, { l1: true, l2: true });
    this.l1 = options.l1 ?? 0;
    this.l2 = options.l2 ?? 0;
    checkNumber("l1l2", "l1", this.l1, { minimum: 0 });
    checkNumber("l1l2", "l2", this.l2, { minimum: 0 });
  }

  call(x: Tensor): Tensor {
    return add(absolute(x, this.l1), squared(x, this.l2));
  }

  config(): Configuration {
    return { l1: this.l1, l2: this.l2 };
  }
}

const registry = new Registry<Regularizer>("regularizer", [L1, L2, L1L2]);

/** What an option takes for a regularizer: one, the name of one, or one written down as data. */
export type RegularizerLike = Regularizer | "l1" | "l2" | "l1l2" | SerializedObject;

/** Makes a regularizer of one's own known to saved models. */
export function registerRegularizer(added: ConfigurableClass<Regularizer>): void {
  registry.register(added);
}

/** The regularizer that an option's value stands for; `owner` names the option in messages. */
export function resolveRegularizer(owner: string, value: RegularizerLike): Regularizer {
  return registry.resolve(owner, value);
}

/** l1 · Σ |x|, by default with 0.01. */
export const l1 = (options?: L1Options): L1 => new L1(options);
/** l2 · Σ x², by default with 0.01. */
export const l2 = (options?: L2Options): L2 => new L2(options);
/** l1 · Σ |x| + l2 · Σ x². */
export const l1l2 = (options?: L1Options & L2Options): L1L2 => new L1L2(options);
