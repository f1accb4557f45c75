/** StepBatch: what a step of one's own is given, a batch on its way through a program. */
import type { Tensor } from "../../tensor/tensor.ts";

/** The mean values of a batch that a step reports, scalars by the names they have in logs. */
export type StepLogs = { readonly [name: string]: Tensor };

export class StepBatch {
  /** `[batch, ...]` for each of the model's inputs. */
  readonly inputs: readonly Tensor[];
  /** `[batch, ...]` for each of the model's outputs; none where `fit` was given no targets. */
  readonly targets: readonly Tensor[];
  /** float32 `[batch]`: the examples' weights, where there are some. */
  readonly sampleWeight: Tensor | undefined;

  constructor(inputs: readonly Tensor[], targets: readonly Tensor[], sampleWeight?: Tensor) {
    this.inputs = inputs;
    this.targets = targets;
    this.sampleWeight = sampleWeight;
  }

  /** The number of examples. */
  get size(): number {
    return this.x.shape[0] as number;
  }

  /** The first input, of most models the only one. */
  get x(): Tensor {
    return this.inputs[0] as Tensor;
  }

  /** The first target, of most models the only one. @throws If there are none. */
  get y(): Tensor {
    const [target] = this.targets;
    if (target) return target;
    throw new Error("batch.y: there are no targets; give fit { x, y } or x and y, or do without them in the step");
  }
}
