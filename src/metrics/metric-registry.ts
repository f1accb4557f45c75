/** The registry of metrics, and what an option takes for one. In pages it holds those that were needed so far; `registry.ts` has all. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import { lossRegistry } from "../losses/loss-registry.ts";
import type { Metric } from "./metric.ts";

/** What an option takes for a metric: one, the name of one or of a loss whose mean is meant, or one written down as data. */
export type MetricLike = Metric | string | SerializedObject;

/** The metrics that are known by name. */
export const metricRegistry: Registry<Metric> = /* @__PURE__ */ new Registry<Metric>("metric", []);

/** Of the metrics that are known so far, the one that an option's value stands for; `owner` names the option in messages. */
export function resolveKnownMetric(owner: string, value: MetricLike): Metric {
  if (typeof value === "string" && !metricRegistry.knows(value) && lossRegistry.knows(value))
    return metricRegistry.create({ className: "meanLoss", config: { loss: value } });
  return metricRegistry.resolve(owner, value);
}

/** Makes a metric of one's own known to saved models. */
export function registerMetric(added: ConfigurableClass<Metric>): void {
  metricRegistry.register(added);
}
