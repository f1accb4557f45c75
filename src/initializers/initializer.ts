/** Initializer: the values a new weight starts from. */
import { checkInteger } from "../graph/options.ts";
import type { Configurable, Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { defaultGenerator, Generator } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Makes the initial values of a weight. They are computed on the device, when they are first needed. */
export abstract class Initializer implements Configurable {
  abstract readonly className: string;

  /** float32 values of the given shape. */
  abstract call(shape: Shape): Tensor;

  /** The options, enough to make an equal initializer. */
  abstract config(): Configuration;
}

export interface SeedOptions {
  /**
   * An integer: every call then gives the same values for the same shape. Without it, values continue the sequence of the
   * default generator, which `setSeed` starts.
   */
  seed?: number;
}

/** An initializer that draws random numbers. */
export abstract class RandomInitializer extends Initializer {
  readonly seed: number | undefined;

  constructor(owner: string, seed: number | undefined) {
    super();
    if (seed !== undefined) checkInteger(owner, "seed", seed);
    this.seed = seed;
  }

  protected generator(): Generator {
    return this.seed === undefined ? defaultGenerator() : new Generator(this.seed);
  }

  config(): Configuration {
    return this.seed === undefined ? {} : { seed: this.seed };
  }
}
