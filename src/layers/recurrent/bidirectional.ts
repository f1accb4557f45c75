/**
 * Bidirectional: runs one recurrent layer forwards through time and another like it backwards, and merges what they give
 * (Schuster and Paliwal, 1997).
 *
 * Input `[batch, time, features]`, perhaps with the states to begin with, the forward layer's first; output that of the layer, twice as
 * wide where the two are concatenated; with the layer's `returnState` also both last states. Weights are those of the two,
 * `forward/kernel` …, `backward/kernel` …. Where the layer returns sequences, masked steps give zeros.
 */
import { checkChoice } from "../../graph/options.ts";
import { type Configuration, Registry, type SerializedObject, serialize } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { add, multiply } from "../../ops/elementwise.ts";
import { concatenate } from "../../ops/joining.ts";
import { flip } from "../../ops/slicing.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import type { Mask } from "../mask.ts";
import { cellClasses, recurrentData } from "./recurrent-data.ts";
import type { RecurrentLayer } from "./recurrent-layer.ts";
import { RNN } from "./rnn.ts";

const recurrentLayers = /* @__PURE__ */ new Registry<RecurrentLayer>("recurrent layer", [...cellClasses, RNN]);
const mergeModes = ["concat", "sum", "ave", "mul"] as const;
type MergeMode = (typeof mergeModes)[number];

export interface BidirectionalOptions extends LayerOptions {
  /** The recurrent layer that goes forwards, not built. */
  layer: RecurrentLayer | SerializedObject;
  /** The one that goes the other way, not built; by default one with the same options but for `goBackwards`. */
  backwardLayer?: RecurrentLayer | SerializedObject;
  /** How the two outputs become one; null leaves them two results. Default `"concat"`. */
  mergeMode?: MergeMode | null;
}

/** A recurrent layer in both directions. Made by `bidirectional`. */
export class Bidirectional extends Layer {
  static readonly className = "bidirectional";
  readonly className = Bidirectional.className;
  override readonly supportsMasking = true;
  readonly mergeMode: MergeMode | null;
  readonly forward: RecurrentLayer;
  readonly backward: RecurrentLayer;
  readonly #backwardGiven: boolean;

  constructor(options: BidirectionalOptions) {
    checkLayerOptions("bidirectional", options, { layer: true, backwardLayer: true, mergeMode: true });
    super("bidirectional", options);
    const { layer, backwardLayer, mergeMode = "concat" } = options;
    if (mergeMode !== null) checkChoice("bidirectional", "mergeMode", mergeMode, mergeModes);
    this.mergeMode = mergeMode;
    this.#backwardGiven = backwardLayer !== undefined;
    const forward = recurrentData("bidirectional", "layer", layer);
    this.forward = this.addSublayer("forward", recurrentLayers.create(withZeros(forward)));
    const { name, goBackwards } = this.forward;
    const backward = backwardLayer
      ? recurrentData("bidirectional", "backwardLayer", backwardLayer)
      : { ...forward, config: { ...forward.config, name: `${name}Backward`, goBackwards: !goBackwards } };
    this.backward = this.addSublayer("backward", recurrentLayers.create(withZeros(backward)));
    this.#checkPair();
  }

  #checkPair(): void {
    const { forward, backward } = this;
    if (forward.goBackwards === backward.goBackwards)
      throw new Error(
        `bidirectional: goBackwards is ${forward.goBackwards} in both layers; give backwardLayer ${!forward.goBackwards}`,
      );
    for (const option of ["returnSequences", "returnState", "stateful", "batchSize"] as const)
      if (forward[option] !== backward[option])
        throw new Error(
          `bidirectional: ${option} is ${forward[option]} in layer and ${backward[option]} in backwardLayer; give both the same`,
        );
    if (this.mergeMode !== "concat" && forward.units !== backward.units)
      throw new Error(
        `bidirectional: layer has ${forward.units} units and backwardLayer ${backward.units}; only mergeMode "concat" takes different ones`,
      );
  }

  override build(inputShape: Shape): void {
    this.buildAll([inputShape]);
  }

  override buildAll(inputShapes: readonly Shape[]): void {
    this.beginBuild(inputShapes);
    const { forward, backward } = this.#split(inputShapes);
    this.forward.buildAll(forward);
    this.backward.buildAll(backward);
  }

  /** The sequence with the states that each direction begins with, if there are any. */
  #split<T>([sequence, ...states]: readonly T[]): { readonly forward: readonly T[]; readonly backward: readonly T[] } {
    const { stateCount } = this.forward;
    if (sequence === undefined || (states.length > 0 && states.length !== stateCount + this.backward.stateCount))
      throw new Error(
        `${this.path}: got a sequence and ${states.length} initial states, expected none or ${stateCount} for the forward layer ` +
          `and ${this.backward.stateCount} for the backward one`,
      );
    return {
      forward: [sequence, ...states.slice(0, stateCount)],
      backward: [sequence, ...states.slice(stateCount)],
    };
  }

  /** Lets stateful layers begin anew, with states of zeros. */
  resetStates(): void {
    this.forward.resetStates();
    this.backward.resetStates();
  }

  override get fixedBatchSize(): number | undefined {
    return this.forward.fixedBatchSize;
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.callOutputs([x], context)[0] as Tensor;
  }

  override callAll(inputs: readonly Tensor[], context: CallContext): Tensor {
    return this.callOutputs(inputs, context)[0] as Tensor;
  }

  override callOutputs(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    this.checkedInput(inputs[0] as Tensor);
    const parts = this.#split(inputs);
    const [forward, ...forwardStates] = this.forward.callOutputs(parts.forward, context) as [Tensor, ...Tensor[]];
    const [reversed, ...backwardStates] = this.backward.callOutputs(parts.backward, context) as [Tensor, ...Tensor[]];
    const backward = this.backward.returnSequences ? flip(reversed, 1) : reversed;
    return [...this.#merge(forward, backward), ...forwardStates, ...backwardStates];
  }

  #merge(forward: Tensor, backward: Tensor): readonly Tensor[] {
    switch (this.mergeMode) {
      case "concat":
        return [concatenate([forward, backward], -1)];
      case "sum":
        return [add(forward, backward)];
      case "ave":
        return [multiply(add(forward, backward), 0.5)];
      case "mul":
        return [multiply(forward, backward)];
      case null:
        return [forward, backward];
    }
  }

  override computeMask(inputs: readonly Tensor[], masks: readonly Mask[]): Mask | readonly Mask[] {
    const mask = this.forward.computeMask(inputs, masks);
    return this.mergeMode === null ? [mask, mask] : mask;
  }

  /** The forward layer checks what comes. */
  protected override checkShape(shape: Shape): void {
    this.forward.outputShape(shape);
  }

  override outputShape(inputShape: Shape): Shape {
    return this.outputShapeAll([inputShape]);
  }

  override outputShapeAll(inputShapes: readonly Shape[]): Shape {
    return this.outputShapes(inputShapes)[0] as Shape;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const parts = this.#split(inputShapes);
    const [forward, ...forwardStates] = this.forward.outputShapes(parts.forward) as [Shape, ...Shape[]];
    const [backward, ...backwardStates] = this.backward.outputShapes(parts.backward) as [Shape, ...Shape[]];
    const width = (forward.at(-1) as number) + (backward.at(-1) as number);
    const merged =
      this.mergeMode === "concat"
        ? [forward.with(-1, width)]
        : this.mergeMode === null
          ? [forward, backward]
          : [forward];
    return [...merged, ...forwardStates, ...backwardStates];
  }

  override config(): Configuration {
    return {
      ...super.config(),
      layer: serialize(this.forward),
      ...(this.#backwardGiven && { backwardLayer: serialize(this.backward) }),
      mergeMode: this.mergeMode,
    };
  }
}

/** As in Keras: what a masked step shows of the one direction must not depend on the other. */
function withZeros({ className, config }: SerializedObject): SerializedObject {
  return { className, config: { ...config, zeroOutputForMask: config.returnSequences ?? false } };
}

/**
 * A recurrent layer in both directions: `[batch, time, features]` to `[batch, 2 · units]`, or `[batch, time, 2 · units]` where
 * the layer returns sequences.
 *
 * @throws If the layer is not a recurrent one or is built already, an option is unknown, or the two layers do not fit.
 * @example
 * layers.bidirectional({ layer: layers.lstm({ units: 32 }) }).outputShape([28, 8]); // [64]
 */
export function bidirectional(options: BidirectionalOptions): Bidirectional {
  return new Bidirectional(options);
}
