/**
 * TimeDistributed applies one layer to each step of a sequence by itself, with the same weights:
 *
 *   out[b, t] = layer(in[b, t])
 *
 * Input `[batch, time, ...]`, output `[batch, time, ...]` with the shape that the layer makes of a step. Weights are the
 * layer's, `layer/kernel` …. The steps of all examples are one batch to it, so that batch normalization takes its statistics over all.
 *
 * A mask `[batch, time]` is handed on. One with further axes, `[batch, time, ...]`, goes to the layer step by step; where the layer
 * uses it up, a step counts if anything in it does.
 */

import { describe } from "../../graph/options.ts";
import { type Configuration, isSerialized, type SerializedObject } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { reshape } from "../../ops/movement.ts";
import { any } from "../../ops/reduce.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type CallContext, checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { knownLayerFromConfig } from "../layer-registry.ts";
import { checkedMask, type Mask, type Results } from "../mask.ts";
import { serializeLayer } from "../sharing.ts";

export interface TimeDistributedOptions extends LayerOptions {
  /** What is applied to each step; not built. */
  layer: Layer | SerializedObject;
}

/** A layer for each step of a sequence. Made by `timeDistributed`. */
export class TimeDistributed extends Layer {
  static readonly className = "timeDistributed";
  readonly className = TimeDistributed.className;
  override readonly supportsMasking = true;
  readonly layer: Layer;

  constructor(options: TimeDistributedOptions) {
    checkLayerOptions("timeDistributed", options, { layer: true });
    super("timeDistributed", options);
    const { layer } = options;
    const isObject = typeof layer === "object" && layer !== null;
    const inner = isObject && isSerialized(layer) ? knownLayerFromConfig(layer) : layer;
    if (!(inner instanceof Layer))
      throw new TypeError(
        `timeDistributed: layer is ${describe(layer)}, expected a layer such as layers.dense({ units: 10 })`,
      );
    this.layer = this.addSublayer("layer", inner);
    this.setInputRequirement({ minimumRank: 2, axes: "[time, ...]" });
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    if (!this.layer.built) this.layer.build(inputShape.slice(1));
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.#apply(this.checkedInput(x), context).outputs[0] as Tensor;
  }

  override run([input]: readonly Tensor[], context: CallContext): Results {
    return this.#apply(this.checkedInput(input as Tensor), context);
  }

  #apply(x: Tensor, context: CallContext): Results {
    const [batch, time, ...step] = x.shape as [number, number, ...number[]];
    const { masks: [given] = [], ...others } = context;
    const mask = checkedMask(this.path, given, x);
    const ofSteps = mask && mask.rank > 2 ? mask : undefined;
    const { outputs, masks } = this.layer.run([reshape(x, [batch * time, ...step])], {
      ...others,
      masks: [ofSteps && reshape(ofSteps, [batch * time, ...ofSteps.shape.slice(2)])],
    });
    const unfold = (folded: Tensor) => reshape(folded, [batch, time, ...folded.shape.slice(1)]);
    const [inner] = masks;
    return {
      outputs: [unfold(outputs[0] as Tensor)],
      masks: [inner ? unfold(inner) : ofSteps ? anyOf(ofSteps) : mask],
    };
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return [inputShape[0] as number, ...this.layer.outputShape(inputShape.slice(1))];
  }

  override config(): Configuration {
    return { ...super.config(), layer: serializeLayer(this.layer) };
  }
}

/** `[batch, time, ...]` to `[batch, time]`. */
function anyOf(mask: Tensor): Mask {
  return any(mask, { axis: mask.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis])) });
}

/**
 * Applies a layer to each step of a sequence: `[batch, time, ...]` to `[batch, time, ...]`.
 *
 * @throws If what is given is no layer.
 * @example
 * layers.timeDistributed({ layer: layers.conv2d({ filters: 8, kernelSize: 3 }) }).outputShape([5, 28, 28, 1]); // [5, 26, 26, 8]
 */
export function timeDistributed(options: TimeDistributedOptions): TimeDistributed {
  return new TimeDistributed(options);
}
