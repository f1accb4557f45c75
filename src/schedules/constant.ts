/** The schedule that does not change. */
import { checkNumber, checkOptions } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Schedule } from "./schedule.ts";

export interface ConstantScheduleOptions {
  /** At least 0. */
  learningRate: number;
}

/** The same learning rate always. */
export class ConstantSchedule extends Schedule {
  static readonly className = "constant";
  readonly className = ConstantSchedule.className;
  readonly learningRate: number;

  constructor(options: ConstantScheduleOptions) {
    super();
    checkOptions("constant", options, { learningRate: true });
    checkNumber("constant", "learningRate", options.learningRate, { minimum: 0 });
    this.learningRate = options.learningRate;
  }

  call(_iterations: Tensor): Tensor {
    return fill([], this.learningRate);
  }

  config(): Configuration {
    return { learningRate: this.learningRate };
  }
}
