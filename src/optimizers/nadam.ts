/**
 * Nadam: Adam that looks ahead along its momentum as Nesterov's does (Dozat, 2016), with the paper's schedule of the momentum:
 *
 *   μ(t) = beta1 · (1 - 0.96ᵗ / 2),  p ← p · μ(t)
 *   m ← m + (1 - beta1) · (g - m)
 *   v ← v + (1 - beta2) · (g² - v)
 *   w ← w - learningRate · (μ(t + 1) · m / (1 - p · μ(t + 1)) + (1 - μ(t)) · g / (1 - p)) / (√(v / (1 - beta2ᵗ)) + epsilon)
 */
import { checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, exp, multiply, sqrt, square, subtract } from "../ops/elementwise.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import { oneMinusPower, towards } from "./moments.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";

export interface NadamOptions extends OptimizerOptions {
  /** The decay of the gradient's mean, in [0, 1); default 0.9. */
  beta1?: number;
  /** The decay of its square's mean, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite, above 0; default 1e-7. */
  epsilon?: number;
}

/** The factors of an update, the same for all weights; float32 scalars. */
interface NadamFactors {
  /** On the gradient's mean. */
  readonly ofMean: Tensor;
  /** On the gradient itself. */
  readonly ofGradient: Tensor;
  /** 1 / (1 - beta2ᵗ). */
  readonly ofSquare: Tensor;
}

/** Nadam. Made by `nadam`. */
export class Nadam extends Optimizer<NadamFactors> {
  static readonly className = "nadam";
  readonly className = Nadam.className;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  protected readonly slotNames = ["m", "v"];
  /** p, the product of all momenta so far. */
  readonly #product: Variable;
  protected override readonly sharedState: readonly Variable[];

  /** The default learning rate is 0.001. */
  constructor(options: NadamOptions = {}) {
    checkOptimizerOptions("nadam", options, { beta1: true, beta2: true, epsilon: true });
    super("nadam", 0.001, options);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
    checkNumber("nadam", "beta1", beta1, { minimum: 0, below: 1 });
    checkNumber("nadam", "beta2", beta2, { minimum: 0, below: 1 });
    checkNumber("nadam", "epsilon", epsilon, { above: 0 });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.#product = new Variable(fill([], 1), { name: `${this.name}/momentumProduct`, trainable: false });
    this.sharedState = [this.#product];
  }

  protected prepare({ learningRate, step }: UpdateContext): NadamFactors {
    const [momentum, next] = [this.#momentum(step), this.#momentum(add(step, 1))];
    const product = multiply(this.#product, momentum);
    return {
      ofMean: divide(multiply(learningRate, next), subtract(1, multiply(product, next))),
      ofGradient: divide(multiply(learningRate, subtract(1, momentum)), subtract(1, product)),
      ofSquare: divide(1, oneMinusPower(this.beta2, step)),
    };
  }

  protected override nextSharedState({ step }: UpdateContext): readonly Tensor[] {
    return [multiply(this.#product, this.#momentum(step))];
  }

  protected update(value: Tensor, gradient: Tensor, slots: readonly Tensor[], factors: NadamFactors) {
    const [m, v] = slots as readonly [Tensor, Tensor];
    const mean = towards(m, gradient, this.beta1);
    const meanSquare = towards(v, square(gradient), this.beta2);
    const ahead = add(multiply(mean, factors.ofMean), multiply(gradient, factors.ofGradient));
    const root = add(sqrt(multiply(meanSquare, factors.ofSquare)), this.epsilon);
    return { value: subtract(value, divide(ahead, root)), slots: [mean, meanSquare] };
  }

  /** μ(t). */
  #momentum(t: Tensor): Tensor {
    return multiply(subtract(1, multiply(exp(multiply(t, Math.log(0.96))), 0.5)), this.beta1);
  }

  override config(): Configuration {
    const { beta1, beta2, epsilon } = this;
    return { ...super.config(), beta1, beta2, epsilon };
  }
}
