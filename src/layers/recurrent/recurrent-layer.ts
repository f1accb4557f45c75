/**
 * What layers that go through time share, of one cell or of several: the options of the sequence, states that come with the input and are
 * returned, and how the layer is called and built.
 */
import { checkBoolean, checkInteger } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, Layer } from "../layer.ts";
import type { Mask } from "../mask.ts";
import type { TimeOptions } from "./recurrent-options.ts";

/** A recurrent layer: `[batch, time, features]` to `[batch, units]`, or `[batch, time, units]` where it returns sequences. */
export abstract class RecurrentLayer extends Layer {
  override readonly supportsMasking = true;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly batchSize: number | undefined;
  readonly zeroOutputForMask: boolean;

  constructor(className: string, options: TimeOptions) {
    super(className, options);
    const { returnSequences = false, returnState = false, goBackwards = false } = options;
    const { stateful = false, batchSize, zeroOutputForMask = false } = options;
    const flags = { returnSequences, returnState, goBackwards, stateful, zeroOutputForMask };
    for (const [name, value] of Object.entries(flags)) checkBoolean(className, name, value);
    if (batchSize !== undefined) checkInteger(className, "batchSize", batchSize, 1);
    if (stateful && batchSize === undefined)
      throw new TypeError(
        `${className}: stateful keeps a state for each example of a batch; give batchSize, and every batch as many examples`,
      );
    this.returnSequences = returnSequences;
    this.returnState = returnState;
    this.goBackwards = goBackwards;
    this.stateful = stateful;
    this.batchSize = batchSize;
    this.zeroOutputForMask = zeroOutputForMask;
    this.setInputRequirement({ rank: 2, axes: "[time, features]" });
  }

  /** The width of the output. */
  abstract readonly units: number;
  /** How many tensors `[batch, …]` the states are. */
  abstract readonly stateCount: number;

  /** Lets a stateful layer begin anew, with states of zeros; without state there is nothing to do. */
  abstract resetStates(): void;

  override get fixedBatchSize(): number | undefined {
    return this.stateful ? this.batchSize : undefined;
  }

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  call(input: Tensor, context: CallContext): Tensor {
    return this.callOutputs([input], context)[0] as Tensor;
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.callOutputs(inputs, context)[0] as Tensor;
  }

  /** @param inputs The sequence, and perhaps the states to begin with. */
  abstract override callOutputs(inputs: readonly Tensor[], context: CallContext): readonly Tensor[];

  /** That of the sequence in the order in which it comes out; states have none. */
  abstract override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask;

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    return this.outputShapes(inputShapes)[0] as Shape;
  }

  abstract override outputShapes(inputShapes: readonly Shape[]): readonly Shape[];

  override config(): Configuration {
    const { returnSequences, returnState, goBackwards, stateful, batchSize, zeroOutputForMask } = this;
    return {
      ...super.config(),
      returnSequences,
      returnState,
      goBackwards,
      stateful,
      ...(batchSize !== undefined && { batchSize }),
      zeroOutputForMask,
    };
  }
}
