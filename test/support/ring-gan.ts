/** A generative adversarial network for a ring of Gaussians: a model of one's own with two optimizers, as a user would write it. */
import type { Configuration, SerializedObject } from "../../src/graph/registry.ts";
import { Dense } from "../../src/layers/core/dense.ts";
import { BinaryCrossentropy } from "../../src/losses/binary-crossentropy.ts";
import { Model, type ModelSettings } from "../../src/models/model.ts";
import { registerModel } from "../../src/models/networks/model-kinds.ts";
import { Sequential } from "../../src/models/networks/sequential.ts";
import type { CompileOptions } from "../../src/models/training/compilation.ts";
import type { StepBatch } from "../../src/models/training/step-batch.ts";
import { add } from "../../src/ops/elementwise.ts";
import { concatenate } from "../../src/ops/joining.ts";
import { Adam } from "../../src/optimizers/adam.ts";
import type { Optimizer } from "../../src/optimizers/optimizer.ts";
import { ones, zeros } from "../../src/tensor/creation.ts";
import { Generator, randomNormal } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { numbers } from "./samples.ts";

interface GanOptions extends ModelSettings {
  readonly latentSize?: number;
}

interface GanCompileOptions extends Partial<CompileOptions> {
  readonly discriminatorOptimizer: Optimizer;
  readonly generatorOptimizer: Optimizer;
}

export class RingGan extends Model {
  static readonly className = "ringGan";
  readonly latentSize: number;
  readonly generator: Sequential;
  readonly discriminator: Sequential;
  readonly noise = new Generator(1);
  discriminatorOptimizer: Optimizer = new Adam();
  generatorOptimizer: Optimizer = new Adam();
  readonly #criterion = new BinaryCrossentropy({ fromLogits: true });

  constructor({ latentSize = 8, ...settings }: GanOptions = {}) {
    super(settings);
    this.latentSize = latentSize;
    const network = (name: string, inputs: number, outputs: number) =>
      new Sequential(
        [
          new Dense({ units: 48, activation: "relu", inputShape: [inputs], name: "first" }),
          new Dense({ units: 48, activation: "relu", name: "second" }),
          new Dense({ units: outputs, name: "last" }),
        ],
        { name },
      );
    this.generator = network("generator", latentSize, 2);
    this.discriminator = network("discriminator", 2, 1);
  }

  override compile({ discriminatorOptimizer, generatorOptimizer, ...options }: GanCompileOptions): void {
    this.discriminatorOptimizer = discriminatorOptimizer;
    this.generatorOptimizer = generatorOptimizer;
    super.compile(options);
  }

  /** Points for latent vectors. */
  override call(latent: Tensor): Tensor {
    return this.generator.call(latent);
  }

  override trainStep({ x: real, size }: StepBatch) {
    const training = { training: true };
    const draw = () => this.generator.call(randomNormal([size, this.latentSize], { generator: this.noise }), training);
    const verdicts = this.discriminator.call(concatenate([real, draw()], 0), training);
    const truth = concatenate([ones([size, 1]), zeros([size, 1])], 0);
    const discriminatorLoss = this.#criterion.call(truth, verdicts);
    this.discriminatorOptimizer.minimize(discriminatorLoss, this.discriminator.trainableVariables);
    const generatorLoss = this.#criterion.call(ones([size, 1]), this.discriminator.call(draw(), training));
    this.generatorOptimizer.minimize(generatorLoss, this.generator.trainableVariables);
    return { discriminatorLoss, generatorLoss, loss: add(discriminatorLoss, generatorLoss) };
  }

  override config(): SerializedObject {
    const { className, config } = super.config();
    const options: Configuration = { ...config, latentSize: this.latentSize };
    return { className, config: options };
  }
}

registerModel(RingGan);

export const ringModes = Array.from({ length: 8 }, (_, mode) => {
  const angle = (mode * Math.PI) / 4;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** Points of eight narrow Gaussians on the unit circle, `[count, 2]`. */
export function ringOfGaussians(count: number, seed: number) {
  const random = numbers(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const data = new Float32Array(2 * count);
  for (let index = 0; index < count; index++) {
    const [x, y] = ringModes[Math.floor(8 * random())] as readonly [number, number];
    data.set([x + 0.05 * normal(), y + 0.05 * normal()], 2 * index);
  }
  return { data, shape: [count, 2] };
}
