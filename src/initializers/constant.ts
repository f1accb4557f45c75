/** Initializers of known values: zeros, ones, a constant, the identity. */
import { checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { formatShape, type Shape } from "../graph/shape.ts";
import { multiply } from "../ops/elementwise.ts";
import { eye, fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Initializer } from "./initializer.ts";

/** All zeros: the usual start of a bias. */
export class Zeros extends Initializer {
  static readonly className = "zeros";
  readonly className = Zeros.className;

  constructor(options: Record<string, never> = {}) {
    super();
    checkOptions("zeros", options, {});
  }

  call(shape: Shape): Tensor {
    return fill(shape, 0);
  }

  config(): Configuration {
    return {};
  }
}

/** All ones: the usual start of a scale. */
export class Ones extends Initializer {
  static readonly className = "ones";
  readonly className = Ones.className;

  constructor(options: Record<string, never> = {}) {
    super();
    checkOptions("ones", options, {});
  }

  call(shape: Shape): Tensor {
    return fill(shape, 1);
  }

  config(): Configuration {
    return {};
  }
}

export interface ConstantOptions {
  /** Every element's value; default 0. */
  value?: number;
}

/** One value everywhere. */
export class Constant extends Initializer {
  static readonly className = "constant";
  readonly className = Constant.className;
  readonly value: number;

  constructor(options: ConstantOptions = {}) {
    super();
    checkOptions("constant", options, { value: true });
    const { value = 0 } = options;
    checkNumber("constant", "value", value);
    this.value = value;
  }

  call(shape: Shape): Tensor {
    return fill(shape, this.value);
  }

  config(): Configuration {
    return { value: this.value };
  }
}

export interface IdentityOptions {
  /** The factor on the diagonal; default 1. */
  gain?: number;
}

/** The identity matrix times `gain`, for weights with two axes. */
export class Identity extends Initializer {
  static readonly className = "identity";
  readonly className = Identity.className;
  readonly gain: number;

  constructor(options: IdentityOptions = {}) {
    super();
    checkOptions("identity", options, { gain: true });
    const { gain = 1 } = options;
    checkNumber("identity", "gain", gain);
    this.gain = gain;
  }

  call(shape: Shape): Tensor {
    if (shape.length !== 2)
      throw new RangeError(`identity: the weight's shape is ${formatShape(shape)}, expected two axes, a matrix`);
    const [rows, columns] = shape as [number, number];
    return multiply(eye(rows, columns), this.gain);
  }

  config(): Configuration {
    return { gain: this.gain };
  }
}
