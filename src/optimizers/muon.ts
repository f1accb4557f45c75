/**
 * Muon: matrices move along their momentum made orthogonal, so that every direction is learned at one pace (Jordan et al., 2024):
 *
 *   m ← momentum · m + g,  d = m, or with Nesterov's momentum g + momentum · m
 *   w ← w - learningRate · rmsRate · √(max(rows, columns)) · orthogonal(d)
 *
 * `orthogonal` is Newton and Schulz's iteration x ← a · x + (b · xxᵀ + c · (xxᵀ)²) · x from d / ‖d‖, with a = 3.4445, b = -4.775,
 * c = 2.0315: five turns bring all singular values near 1. The factor √(max(rows, columns)) · rmsRate gives steps of AdamW's size
 * (Liu et al., 2025). Variables that are no matrices, and embeddings, move as with AdamW.
 */
import { checkBoolean, checkInteger, checkNumber } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, divide, multiply, sqrt, square, subtract } from "../ops/elementwise.ts";
import { matmul } from "../ops/linear.ts";
import { transpose } from "../ops/movement.ts";
import { sum } from "../ops/reduce.ts";
import { withPrecision } from "../tensor/precision.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Variable } from "../tensor/variable.ts";
import { oneMinusPower, towards } from "./moments.ts";
import { Optimizer, type UpdateContext } from "./optimizer.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "./optimizer-options.ts";
import type { Slot } from "./slot-variables.ts";
import { type NameSelection, NameSelector } from "./variable-names.ts";

export interface MuonOptions extends OptimizerOptions {
  /** How much of the momentum stays, in [0, 1]; default 0.95. */
  momentum?: number;
  /** Whether to look ahead along the momentum; default true. */
  nesterov?: boolean;
  /** The turns of Newton and Schulz's iteration, at least 1; default 5. */
  newtonSchulzSteps?: number;
  /** The root mean square of a step's elements, above 0; default 0.2. */
  rmsRate?: number;
  /** Matrices that AdamW moves all the same, such as an output layer: parts of names, or a function of a name; default none. */
  excludeFromMuon?: NameSelection;
  /** Whether AdamW moves the variables with "embedding" in their names; default true. */
  excludeEmbeddings?: boolean;
  /** AdamW's decay of the gradient's mean, in [0, 1); default 0.9. */
  adamBeta1?: number;
  /** AdamW's decay of its square's mean, in [0, 1); default 0.999. */
  adamBeta2?: number;
  /** AdamW's weight decay, at least 0; default 0.004. */
  adamWeightDecay?: number;
  /** A factor on the learning rate for AdamW, above 0; default 1. */
  adamLearningRateRatio?: number;
  /** Keeps AdamW's division finite, above 0; default 1e-7. */
  epsilon?: number;
}

/** The step sizes of an update. */
interface MuonFactors {
  readonly learningRate: Tensor;
  /** AdamW's, with both biases corrected. */
  readonly adam: Tensor;
}

/** Muon. Made by `muon`. */
export class Muon extends Optimizer<MuonFactors> {
  static readonly className = "muon";
  readonly className = Muon.className;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly newtonSchulzSteps: number;
  readonly rmsRate: number;
  readonly excludeEmbeddings: boolean;
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamWeightDecay: number;
  readonly adamLearningRateRatio: number;
  readonly epsilon: number;
  readonly #excluded: NameSelector;
  /** The variables met, by which a selection by a function is written down. */
  readonly #matrices = new Set<Variable>();
  protected readonly slotNames = ["momentum"];

  /** The default learning rate is 0.001, the default weight decay 0.004. */
  constructor(options: MuonOptions = {}) {
    checkOptimizerOptions("muon", options, {
      momentum: true,
      nesterov: true,
      newtonSchulzSteps: true,
      rmsRate: true,
      excludeFromMuon: true,
      excludeEmbeddings: true,
      adamBeta1: true,
      adamBeta2: true,
      adamWeightDecay: true,
      adamLearningRateRatio: true,
      epsilon: true,
    });
    super("muon", 0.001, { weightDecay: 0.004, ...options });
    const {
      momentum = 0.95,
      nesterov = true,
      newtonSchulzSteps = 5,
      rmsRate = 0.2,
      excludeEmbeddings = true,
    } = options;
    const { adamBeta1 = 0.9, adamBeta2 = 0.999, adamWeightDecay = 0.004 } = options;
    const { adamLearningRateRatio = 1, epsilon = 1e-7 } = options;
    checkNumber("muon", "momentum", momentum, { minimum: 0, maximum: 1 });
    checkBoolean("muon", "nesterov", nesterov);
    checkInteger("muon", "newtonSchulzSteps", newtonSchulzSteps, 1);
    checkNumber("muon", "rmsRate", rmsRate, { above: 0 });
    checkBoolean("muon", "excludeEmbeddings", excludeEmbeddings);
    checkNumber("muon", "adamBeta1", adamBeta1, { minimum: 0, below: 1 });
    checkNumber("muon", "adamBeta2", adamBeta2, { minimum: 0, below: 1 });
    checkNumber("muon", "adamWeightDecay", adamWeightDecay, { minimum: 0 });
    checkNumber("muon", "adamLearningRateRatio", adamLearningRateRatio, { above: 0 });
    checkNumber("muon", "epsilon", epsilon, { above: 0 });
    this.momentum = momentum;
    this.nesterov = nesterov;
    this.newtonSchulzSteps = newtonSchulzSteps;
    this.rmsRate = rmsRate;
    this.excludeEmbeddings = excludeEmbeddings;
    this.adamBeta1 = adamBeta1;
    this.adamBeta2 = adamBeta2;
    this.adamWeightDecay = adamWeightDecay;
    this.adamLearningRateRatio = adamLearningRateRatio;
    this.epsilon = epsilon;
    this.#excluded = new NameSelector("muon: excludeFromMuon", options.excludeFromMuon ?? []);
  }

  /** Whether a variable's steps are made orthogonal, rather than AdamW's. */
  isOrthogonalized({ shape, name }: Variable): boolean {
    if (shape.length !== 2 || this.#excluded.has(name)) return false;
    return !(this.excludeEmbeddings && name.toLowerCase().includes("embedding"));
  }

  protected override slotsFor(variable: Variable): readonly Slot[] {
    const { shape } = variable;
    if (shape.length === 2) this.#matrices.add(variable);
    const names = this.isOrthogonalized(variable) ? ["momentum"] : ["m", "v"];
    return names.map((name) => ({ name, shape, start: 0 }));
  }

  protected override weightDecayOf(variable: Variable): number {
    if (this.isOrthogonalized(variable)) return this.weightDecay;
    return this.adamWeightDecay;
  }

  protected prepare({ learningRate, step }: UpdateContext): MuonFactors {
    const correction = divide(sqrt(oneMinusPower(this.adamBeta2, step)), oneMinusPower(this.adamBeta1, step));
    return { learningRate, adam: multiply(multiply(learningRate, this.adamLearningRateRatio), correction) };
  }

  protected update(
    value: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    factors: MuonFactors,
    variable: Variable,
  ) {
    const [first, v] = slots as readonly [Tensor, Tensor?];
    if (v) {
      const mean = towards(first, gradient, this.adamBeta1);
      const meanSquare = towards(v, square(gradient), this.adamBeta2);
      const step = divide(multiply(mean, factors.adam), add(sqrt(meanSquare), this.epsilon));
      return { value: subtract(value, step), slots: [mean, meanSquare] };
    }
    const velocity = add(multiply(first, this.momentum), gradient);
    const direction = this.nesterov ? add(gradient, multiply(velocity, this.momentum)) : velocity;
    const size = Math.sqrt(Math.max(...variable.shape)) * this.rmsRate;
    const step = multiply(orthogonalize(direction, this.newtonSchulzSteps), multiply(factors.learningRate, size));
    return { value: subtract(value, step), slots: [velocity] };
  }

  override config(): Configuration {
    const { momentum, nesterov, newtonSchulzSteps, rmsRate, excludeEmbeddings } = this;
    const { adamBeta1, adamBeta2, adamWeightDecay, adamLearningRateRatio, epsilon } = this;
    return {
      ...super.config(),
      momentum,
      nesterov,
      newtonSchulzSteps,
      rmsRate,
      ...(!this.#excluded.isEmpty && { excludeFromMuon: this.#excluded.config([...this.#matrices]) }),
      excludeEmbeddings,
      adamBeta1,
      adamBeta2,
      adamWeightDecay,
      adamLearningRateRatio,
      epsilon,
    };
  }
}

/** A matrix with the same singular vectors and singular values near 1. */
function orthogonalize(matrix: Tensor, steps: number): Tensor {
  const [rows, columns] = matrix.shape as readonly [number, number];
  // The products are of the size of the shorter side.
  const isTall = rows > columns;
  let x = isTall ? transpose(matrix) : matrix;
  x = divide(x, add(sqrt(sum(square(x))), 1e-7));
  for (let step = 0; step < steps; step++) {
    x = withPrecision("float32", () => {
      const gram = matmul(x, transpose(x));
      const polynomial = add(multiply(gram, -4.775), multiply(matmul(gram, gram), 2.0315));
      return add(multiply(x, 3.4445), matmul(polynomial, x));
    });
  }
  return isTall ? transpose(x) : x;
}
