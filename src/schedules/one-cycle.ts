/** OneCycle: from a low learning rate up to the highest and down to a very low one, for short trainings at high rates. */
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { add, cast, cos, divide, lessEqual, maximum, minimum, multiply, subtract, where } from "../ops/elementwise.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Schedule } from "./schedule.ts";

/** The shape of a rise or fall: half a cosine, or a straight line. */
export type AnnealStrategy = "cosine" | "linear";

export interface OneCycleOptions {
  /** The highest learning rate, above 0. */
  maxLearningRate: number;
  /** The number of updates of the cycle, at least 2; afterwards the rate stays. */
  totalSteps: number;
  /** The part of the cycle in which the rate rises, above 0 and below 1, with `threePhase` below 1/2; default 0.3. */
  pctStart?: number;
  /** Default `"cosine"`. */
  annealStrategy?: AnnealStrategy;
  /** The first rate is `maxLearningRate / divFactor`, above 0; default 25. */
  divFactor?: number;
  /** The last rate is the first one divided by this, above 0; default 10,000. */
  finalDivFactor?: number;
  /** Whether to fall back to the first rate as fast as it rose, and only then to the last one; default false. */
  threePhase?: boolean;
}

/** A rise or fall between two updates. */
interface Phase {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** The cycle of PyTorch's OneCycleLR, of the learning rate alone: Smith and Topin, "Super-Convergence" (2018). */
export class OneCycle extends Schedule {
  static readonly className = "oneCycle";
  readonly className = OneCycle.className;
  readonly maxLearningRate: number;
  readonly totalSteps: number;
  readonly pctStart: number;
  readonly annealStrategy: AnnealStrategy;
  readonly divFactor: number;
  readonly finalDivFactor: number;
  readonly threePhase: boolean;

  constructor(options: OneCycleOptions) {
    super();
    checkOptions("oneCycle", options, {
      maxLearningRate: true,
      totalSteps: true,
      pctStart: true,
      annealStrategy: true,
      divFactor: true,
      finalDivFactor: true,
      threePhase: true,
    });
    const { maxLearningRate, totalSteps, pctStart = 0.3, annealStrategy = "cosine", threePhase = false } = options;
    const { divFactor = 25, finalDivFactor = 1e4 } = options;
    checkNumber("oneCycle", "maxLearningRate", maxLearningRate, { above: 0 });
    checkInteger("oneCycle", "totalSteps", totalSteps, 2);
    checkBoolean("oneCycle", "threePhase", threePhase);
    checkNumber("oneCycle", "pctStart", pctStart, { above: 0, below: threePhase ? 0.5 : 1 });
    checkChoice("oneCycle", "annealStrategy", annealStrategy, ["cosine", "linear"]);
    checkNumber("oneCycle", "divFactor", divFactor, { above: 0 });
    checkNumber("oneCycle", "finalDivFactor", finalDivFactor, { above: 0 });
    this.maxLearningRate = maxLearningRate;
    this.totalSteps = totalSteps;
    this.pctStart = pctStart;
    this.annealStrategy = annealStrategy;
    this.divFactor = divFactor;
    this.finalDivFactor = finalDivFactor;
    this.threePhase = threePhase;
  }

  call(iterations: Tensor): Tensor {
    const step = cast(iterations, "float32");
    const phases = this.#phases();
    const rates = phases.map((phase, index) => this.#rate(step, phases[index - 1]?.end ?? 0, phase));
    const last = rates.pop() as Tensor;
    return rates.reduceRight(
      (rate, earlier, index) => where(lessEqual(step, phases[index]?.end ?? 0), earlier, rate),
      last,
    );
  }

  #phases(): readonly Phase[] {
    const { maxLearningRate: highest, totalSteps, pctStart, threePhase } = this;
    const first = highest / this.divFactor;
    const last = first / this.finalDivFactor;
    const peak = pctStart * totalSteps - 1;
    const rise = { end: peak, from: first, to: highest };
    return threePhase
      ? [rise, { end: 2 * peak, from: highest, to: first }, { end: totalSteps - 1, from: first, to: last }]
      : [rise, { end: totalSteps - 1, from: highest, to: last }];
  }

  #rate(step: Tensor, start: number, { end, from, to }: Phase): Tensor {
    // A rise that ends at or before update 0 is over at once.
    const elapsed = end > start ? divide(subtract(step, start), end - start) : add(multiply(step, 0), 1);
    const progress = minimum(maximum(elapsed, 0), 1);
    if (this.annealStrategy === "linear") return add(multiply(progress, to - from), from);
    return add(multiply(add(cos(multiply(progress, Math.PI)), 1), (from - to) / 2), to);
  }

  config(): Configuration {
    const { maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase } = this;
    return { maxLearningRate, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor, threePhase };
  }
}
