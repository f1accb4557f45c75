/** Watching the layers of a model while it computes, however it calls them: to build them at their first input, or to see results. */
import type { Layer } from "../layers/layer.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Is called in a layer's place. @param compute What the layer itself would do. */
export type LayerWatcher = (layer: Layer, inputs: readonly Tensor[], compute: () => Tensor) => Tensor;

/** Runs `body`; each call of one of the layers in it goes through `watch`. */
export function watchLayers<T>(layers: Iterable<Layer>, watch: LayerWatcher, body: () => T): T {
  const restore: (() => void)[] = [];
  try {
    for (const layer of new Set(layers)) restore.push(watchLayer(layer, watch));
    return body();
  } finally {
    for (const each of restore.reverse()) each();
  }
}

/** Puts functions of the layer's own before those of its class. @returns What takes them away again. */
function watchLayer(layer: Layer, watch: LayerWatcher): () => void {
  const before = (["call", "callAll", "callOutputs"] as const).map((name) => ({
    name,
    own: Object.hasOwn(layer, name),
  }));
  const [call, callAll] = [layer.call.bind(layer), layer.callAll.bind(layer)];
  const callOutputs = layer.callOutputs.bind(layer);
  let inside = false; // One of the methods may call another.
  const around = (inputs: readonly Tensor[], compute: () => Tensor): Tensor => {
    if (inside) return compute();
    inside = true;
    try {
      return watch(layer, inputs, compute);
    } finally {
      inside = false;
    }
  };
  layer.call = (x, context) => around([x], () => call(x, context));
  layer.callAll = (inputs, context) => around(inputs, () => callAll(inputs, context));
  layer.callOutputs = (inputs, context) => {
    let others: readonly Tensor[] = [];
    const first = around(inputs, () => {
      const [output, ...rest] = callOutputs(inputs, context);
      others = rest;
      return output as Tensor;
    });
    return [first, ...others];
  };
  return () => {
    for (const { name, own } of before) if (!own) Reflect.deleteProperty(layer, name);
    if (before[0]?.own) layer.call = call;
    if (before[1]?.own) layer.callAll = callAll;
    if (before[2]?.own) layer.callOutputs = callOutputs;
  };
}
