/** What a model of one's own keeps in its fields: layers and other state, found and named after the fields that hold them. */
import { Layer } from "../../layers/layer.ts";
import { Metric } from "../../metrics/metric.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import { isOptimizer } from "../../optimizers/optimizer-registry.ts";
import { Generator } from "../../tensor/random.ts";
import { Variable } from "../../tensor/variable.ts";
import { Network } from "./network.ts";

/** By the names of the fields; what stands in an array, a Map or a plain object is `blocks/0` or `blocks/first`. */
export interface TrackedFields {
  /** A model in a field is one layer. */
  readonly layers: ReadonlyMap<string, Layer>;
  readonly optimizers: ReadonlyMap<string, Optimizer>;
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly generators: ReadonlyMap<string, Generator>;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Looks through an object's own public fields. What stands in two of them has the name of the first. */
export function trackedFields(owner: object): TrackedFields {
  const layers = new Map<string, Layer>();
  const optimizers = new Map<string, Optimizer>();
  const metrics = new Map<string, Metric>();
  const generators = new Map<string, Generator>();
  const variables = new Map<string, Variable>();
  const seen = new Set<unknown>([owner]);
  const visit = (name: string, value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Network) layers.set(name, value.asLayer());
    else if (value instanceof Layer) layers.set(name, value);
    else if (isOptimizer(value)) optimizers.set(name, value);
    else if (value instanceof Metric) metrics.set(name, value);
    else if (value instanceof Generator) generators.set(name, value);
    else if (value instanceof Variable) variables.set(name, value);
    else for (const [key, inner] of entriesOf(value)) visit(name === "" ? key : `${name}/${key}`, inner);
  };
  for (const [key, value] of Object.entries(owner)) visit(key, value);
  return { layers, optimizers, metrics, generators, variables };
}

function entriesOf(value: object): Iterable<[string, unknown]> {
  if (value instanceof Map) return [...value].map(([key, inner]) => [String(key), inner]);
  const prototype: unknown = Object.getPrototypeOf(value);
  // Data may stand in a field too: numbers are not looked through.
  if (Array.isArray(value)) return typeof value[0] === "object" ? Object.entries(value) : [];
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : [];
}
