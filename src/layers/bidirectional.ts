/**
 * Bidirectional: runs one recurrent layer forwards through time and another like it backwards, and merges what they give
 * (Schuster and Paliwal, 1997).
 *
 * Input `[batch, time, features]`; output that of the layer, twice as wide where the two are concatenated. Weights are those of
 * the two, `forward/kernel` …, `backward/kernel` ….
 */
import { checkChoice } from "../graph/options.ts";
import { type Configuration, Registry, type SerializedObject, serialize } from "../graph/registry.ts";
import type { Shape } from "../graph/shape.ts";
import { add, multiply } from "../ops/elementwise.ts";
import { concatenate, flip } from "../ops/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { GRU } from "./gru.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "./layer.ts";
import { LSTM } from "./lstm.ts";
import { RecurrentLayer } from "./recurrent-layer.ts";
import { SimpleRNN } from "./simple-rnn.ts";

const mergeModes = ["concat", "sum", "ave", "mul"] as const;
const recurrentLayers = new Registry<RecurrentLayer>("recurrent layer", [GRU, LSTM, SimpleRNN]);

export interface BidirectionalOptions extends LayerOptions {
  /** The recurrent layer that goes forwards, not built; the one that goes backwards has its options. */
  layer: RecurrentLayer | SerializedObject;
  /** How the two outputs become one; default `"concat"`. */
  mergeMode?: (typeof mergeModes)[number];
}

/** A recurrent layer in both directions. Made by `bidirectional`. */
export class Bidirectional extends Layer {
  static readonly className = "bidirectional";
  readonly className = Bidirectional.className;
  readonly mergeMode: (typeof mergeModes)[number];
  readonly forward: RecurrentLayer;
  readonly backward: RecurrentLayer;

  constructor(options: BidirectionalOptions) {
    checkLayerOptions("bidirectional", options, { layer: true, mergeMode: true });
    super("bidirectional", options);
    const { layer, mergeMode = "concat" } = options;
    checkChoice("bidirectional", "mergeMode", mergeMode, mergeModes);
    if (layer instanceof RecurrentLayer && layer.built)
      throw new Error(`bidirectional: ${layer.path} is built already; give a new layer`);
    const { className, config } = layer instanceof RecurrentLayer ? serialize(layer) : layer;
    this.mergeMode = mergeMode;
    this.forward = this.addSublayer("forward", recurrentLayers.create({ className, config }));
    const reversed = { name: `${this.forward.name}Backward`, goBackwards: !this.forward.goBackwards };
    this.backward = this.addSublayer(
      "backward",
      recurrentLayers.create({ className, config: { ...config, ...reversed } }),
    );
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    this.forward.build(inputShape);
    this.backward.build(inputShape);
  }

  call(x: Tensor, context: CallContext): Tensor {
    const input = this.checkedInput(x);
    const forward = this.forward.call(input, context);
    const reversed = this.backward.call(input, context);
    const backward = this.backward.returnSequences ? flip(reversed, 1) : reversed;
    switch (this.mergeMode) {
      case "concat":
        return concatenate([forward, backward], -1);
      case "sum":
        return add(forward, backward);
      case "ave":
        return multiply(add(forward, backward), 0.5);
      case "mul":
        return multiply(forward, backward);
    }
  }

  protected override checkShape(shape: Shape): void {
    this.forward.outputShape(shape);
  }

  override outputShape(inputShape: Shape): Shape {
    const shape = this.forward.outputShape(inputShape);
    return this.mergeMode === "concat" ? shape.with(-1, 2 * (shape.at(-1) as number)) : shape;
  }

  override config(): Configuration {
    return { ...super.config(), layer: serialize(this.forward), mergeMode: this.mergeMode };
  }
}

/**
 * A recurrent layer in both directions: `[batch, time, features]` to `[batch, 2 · units]`, or `[batch, time, 2 · units]` where
 * the layer returns sequences.
 *
 * @throws If the layer is not a recurrent one or is built already, or an option is unknown.
 * @example
 * layers.bidirectional({ layer: layers.lstm({ units: 32 }) }).outputShape([28, 8]); // [64]
 */
export function bidirectional(options: BidirectionalOptions): Bidirectional {
  return new Bidirectional(options);
}
