/** Compiled programs of tensors evaluated outside `jit`, kept so that the same expression over new values is compiled once. */
import { type Graph, roots } from "../compiler/graph.ts";
import type { Device, Executable } from "../devices/device.ts";
import { fingerprint } from "../graph/fingerprint.ts";
import type { Node } from "../graph/node.ts";
import { parameter } from "../graph/primitives/leaf.ts";
import { rewrite } from "../graph/rewrite.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { getDevice } from "./storage.ts";

const capacity = 128;
const caches = new WeakMap<Device, BoundedCache<Executable>>();

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

/** Compiles a graph for the current device, or finds the executable of an equal one. Those not used the longest are released. */
export function compileCached(graph: Graph): Executable {
  const device = getDevice();
  let cache = caches.get(device);
  if (!cache) {
    cache = new BoundedCache(capacity, (executable) => executable.release());
    caches.set(device, cache);
  }
  const key = fingerprint(graph.parameters, roots(graph));
  let executable = cache.get(key);
  if (!executable) {
    executable = device.compile(withFreshLeaves(graph));
    cache.set(key, executable);
  }
  return executable;
}
