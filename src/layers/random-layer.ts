/** What layers that draw random numbers in training share: a seed, and a generator whose state is saved with the weights. */
import { checkInteger } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import type { Generator } from "../tensor/random.ts";
import { Layer, type LayerOptions } from "./layer.ts";
import { layerGenerator } from "./layer-generator.ts";

/** Options of layers that draw random numbers. */
export interface RandomLayerOptions extends LayerOptions {
  /** An integer that fixes what is drawn; by default drawn from the default generator, which `setSeed` starts. */
  seed?: number;
}

/** A layer with a random generator of its own, whose state is the weight `generator` (int32 `[2]`: seed, draws so far). */
export abstract class RandomLayer extends Layer {
  readonly seed: number | undefined;
  protected readonly generator: Generator;

  constructor(className: string, options: RandomLayerOptions) {
    super(className, options);
    const { seed } = options;
    if (seed !== undefined) checkInteger(className, "seed", seed);
    this.seed = seed;
    this.generator = layerGenerator(seed);
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.addVariable("generator", this.generator.state);
  }

  override reseed(seed: number): void {
    super.reseed(seed);
    this.generator.reseed(seed);
  }

  override config(): Configuration {
    return { ...super.config(), ...(this.seed !== undefined && { seed: this.seed }) };
  }
}
