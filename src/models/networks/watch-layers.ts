/** Watching the layers of a model while it computes, however it calls them: to build them at their first input, or to see results. */
import type { Layer } from "../../layers/layer.ts";
import type { Tensor } from "../../tensor/tensor.ts";

export interface LayerWatcher {
  /** Before a layer computes. */
  readonly before?: (layer: Layer, inputs: readonly Tensor[]) => void;
  /** After a layer has computed; a layer inside another comes before that. */
  readonly after?: (layer: Layer, outputs: readonly Tensor[], inputs: readonly Tensor[]) => void;
}

/** Runs `body`; the watcher is told of each call of one of the layers in it. */
export function watchLayers<T>(layers: Iterable<Layer>, watcher: LayerWatcher, body: () => T): T {
  const restore: (() => void)[] = [];
  try {
    for (const layer of new Set(layers)) restore.push(watchLayer(layer, watcher));
    return body();
  } finally {
    for (const each of restore.reverse()) each();
  }
}

/** Puts functions of the layer's own before those of its class. @returns What takes them away again. */
function watchLayer(layer: Layer, { before, after }: LayerWatcher): () => void {
  const call = layer.call.bind(layer);
  const callAll = layer.callAll.bind(layer);
  const callOutputs = layer.callOutputs.bind(layer);
  const run = layer.run.bind(layer);
  let inside = false; // One of the methods may call another.
  const around = <T>(inputs: readonly Tensor[], compute: () => T, outputsOf: (result: T) => readonly Tensor[]): T => {
    if (inside) return compute();
    inside = true;
    try {
      before?.(layer, inputs);
      const result = compute();
      after?.(layer, outputsOf(result), inputs);
      return result;
    } finally {
      inside = false;
    }
  };
  const one = (output: Tensor) => [output];
  return replaceMethods(layer, {
    call: (x, context) => around([x], () => call(x, context), one),
    callAll: (inputs, context) => around(inputs, () => callAll(inputs, context), one),
    callOutputs: (inputs, context) =>
      around(
        inputs,
        () => callOutputs(inputs, context),
        (outputs) => outputs,
      ),
    run: (inputs, context) =>
      around(
        inputs,
        () => run(inputs, context),
        ({ outputs }) => outputs,
      ),
  });
}

/** Puts functions of an object's own before those of its class, or before others of its own. @returns What puts the old ones back. */
export function replaceMethods<T extends object>(target: T, methods: Partial<T>): () => void {
  const before = Object.keys(methods).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  Object.assign(target, methods);
  return () => {
    for (const [name, descriptor] of before)
      if (descriptor) Object.defineProperty(target, name, descriptor);
      else Reflect.deleteProperty(target, name);
  };
}
