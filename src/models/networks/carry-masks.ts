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
    const call = model.call.bind(model);
    const callAll = model.callAll.bind(model);
    const run = model.run.bind(model);
    const carried = through(run);
    const outputsOf = (inputs: readonly Tensor[], context?: CallContext) => carried(inputs, context).outputs;
    return replaceMethods(model, {
      call: (x, context) =>
        outermost(
          () => outputsOf([x], context)[0] as Tensor,
          () => call(x, context),
        ),
      callAll: (inputs, context) =>
        outermost(
          () => outputsOf(inputs, context),
          () => callAll(inputs, context),
        ),
      run: (inputs, context) =>
        outermost(
          () => carried(inputs, context),
          () => run(inputs, context),
        ),
    });
  }
  const call = layer.call.bind(layer);
  const callAll = layer.callAll.bind(layer);
  const run = layer.run.bind(layer);
  const callOutputs = layer.callOutputs.bind(layer);
  const carried = through(run);
  const outputsOf = (inputs: readonly Tensor[], context: CallContext) => carried(inputs, context).outputs;
  return replaceMethods(layer, {
    call: (x, context) =>
      outermost(
        () => outputsOf([x], context)[0] as Tensor,
        () => call(x, context),
      ),
    callAll: (inputs, context) =>
      outermost(
        () => outputsOf(inputs, context)[0] as Tensor,
        () => callAll(inputs, context),
      ),
    callOutputs: (inputs, context) =>
      outermost(
        () => outputsOf(inputs, context),
        () => callOutputs(inputs, context),
      ),
    run: (inputs, context) =>
      outermost(
        () => carried(inputs, context),
        () => run(inputs, context),
      ),
  });
}

/** Tells the first call from those that it makes of the same layer. */
function guard() {
  let inside = false;
  return <T>(first: () => T, within: () => T): T => {
    if (inside) return within();
    inside = true;
    try {
      return first();
    } finally {
      inside = false;
    }
  };
}
