/** Compiled programs of tensors evaluated outside `jit`, kept so that the same expression over new values is compiled once. */
import { type Graph, roots } from "../compiler/graph.ts";
import type { Device, Executable } from "../devices/device.ts";
import { attributesKey, type Node, topologicalOrder } from "../graph/node.ts";
import { isLeaf, parameter } from "../graph/primitives/leaf.ts";
import { rewrite } from "../graph/rewrite.ts";
import { getDevice } from "./storage.ts";

const capacity = 128;
const caches = new WeakMap<Device, Map<string, Executable>>();

/** A text that two graphs share exactly if they compute the same function of their parameters. */
function fingerprint(graph: Graph): string {
  const outputs = roots(graph);
  const order = topologicalOrder(outputs);
  const position = new Map(order.map((node, index) => [node, index]));
  const lines = order.map((node) =>
    isLeaf(node)
      ? `parameter${graph.parameters.indexOf(node)}:${node.dtype}${node.shape.join()}`
      : `${node.primitive.name}(${node.inputs.map((input) => position.get(input)).join()})${attributesKey(node.attributes)}`,
  );
  return `${lines.join(";")}->${outputs.map((output) => position.get(output)).join()}`;
}

/** The same graph over leaves that have no values: what is kept must not keep values alive. */
function withFreshLeaves({ parameters, outputs }: Graph): Graph {
  const fresh = new Map(parameters.map((leaf) => [leaf, parameter(leaf.shape, leaf.dtype)]));
  const rewritten = rewrite(outputs, (node) => fresh.get(node) ?? node);
  return {
    parameters: [...fresh.values()],
    outputs: outputs.map((output) => rewritten.get(output) as Node),
    updates: [],
  };
}

/** Compiles a graph for the current device, or finds the executable of an equal one. The oldest unused ones are released. */
export function compileCached(graph: Graph): Executable {
  const device = getDevice();
  let cache = caches.get(device);
  if (!cache) {
    cache = new Map();
    caches.set(device, cache);
  }
  const key = fingerprint(graph);
  let executable = cache.get(key);
  if (executable) cache.delete(key);
  else executable = device.compile(withFreshLeaves(graph));
  cache.set(key, executable);
  for (const [oldest, unused] of cache) {
    if (cache.size <= capacity) break;
    cache.delete(oldest);
    unused.release();
  }
  return executable;
}
