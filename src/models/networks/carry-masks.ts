/**
 * Masks in models whose class says how they compute: a call of a layer takes the masks of its inputs along and notes those of its
 * results, so that a `call` written as if there were no masks hands them on.
 */
import type { CallContext, Layer } from "../../layers/layer.ts";
import type { Mask, Results } from "../../layers/mask.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ModelLayer } from "./model-layer.ts";
import { replaceMethods } from "./watch-layers.ts";

/** Which mask goes with which tensor, while a model computes. */
export type MasksByTensor = Map<Tensor, Mask>;

/** Runs `body`; each call of one of the layers in it finds the masks of its inputs in `masks`, and enters those of its results. */
export function carryingMasks<T>(layers: Iterable<Layer>, masks: MasksByTensor, body: () => T): T {
  const restore = [...new Set(layers)].map((layer) => carryThrough(layer, masks));
  try {
    return body();
  } finally {
    for (const each of restore.reverse()) each();
  }
}

/** @returns What undoes it. */
function carryThrough(layer: Layer, masks: MasksByTensor): () => void {
  const outermost = guard();
  /** `run`, with the masks that are known of the inputs, noting those of the results. */
  const through =
    (run: (inputs: readonly Tensor[], context: CallContext) => Results) =>
    (inputs: readonly Tensor[], context: CallContext = { training: false }): Results => {
      const results = run(inputs, { masks: inputs.map((x) => masks.get(x)), ...context });
      for (const [index, output] of results.outputs.entries()) masks.set(output, results.masks[index]);
      return results;
    };
  // A model in a field is called itself, not the layer that it is to others.
  if (layer instanceof ModelLayer) {
    const { model } = layer;
    const carried = through(model.run.bind(model));
    return replaceMethods(model, {
      call: outermost((x, context) => carried([x], context).outputs[0] as Tensor, model.call.bind(model)),
      callAll: outermost((inputs, context) => carried(inputs, context).outputs, model.callAll.bind(model)),
      run: outermost(carried, model.run.bind(model)),
    });
  }
  const carried = through(layer.run.bind(layer));
  return replaceMethods(layer, {
    call: outermost((x, context) => carried([x], context).outputs[0] as Tensor, layer.call.bind(layer)),
    callAll: outermost((inputs, context) => carried(inputs, context).outputs[0] as Tensor, layer.callAll.bind(layer)),
    callOutputs: outermost((inputs, context) => carried(inputs, context).outputs, layer.callOutputs.bind(layer)),
    run: outermost(carried, layer.run.bind(layer)),
  });
}

/** Makes one method of two: the first for a call from outside, the second for those that such a call makes of the same layer. */
function guard() {
  let inside = false;
  return <Given extends readonly unknown[], T>(first: (...given: Given) => T, within: (...given: Given) => T) =>
    (...given: Given): T => {
      if (inside) return within(...given);
      inside = true;
      try {
        return first(...given);
      } finally {
        inside = false;
      }
    };
}
