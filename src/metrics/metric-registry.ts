/** The registry of metrics, and what an option takes for one. In pages it holds those that were needed so far; `registry.ts` has all. */
import { type ConfigurableClass, Registry, type SerializedObject } from "../graph/registry.ts";
import type { Metric } from "./metric.ts";

/** What an option takes for a metric: one, the name of one, or one written down as data. */
export type MetricLike = Metric | string | SerializedObject;

/** The metrics that are known by name. */
export const metricRegistry: Registry<Metric> = /* @__PURE__ */ new Registry<Metric>("metric", []);

/** Makes a metric of one's own known to saved models. */
export function registerMetric(added: ConfigurableClass<Metric>): void {
  metricRegistry.register(added);
}
