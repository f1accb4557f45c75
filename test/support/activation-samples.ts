/** Activations with options of their own. */
import type { LayerSample } from "./layer-samples.ts";

export const activationSamples: Readonly<Record<string, readonly LayerSample[]>> = {
  celu: [{ inputShape: [5] }, { inputShape: [2, 3], config: { alpha: 0.5 } }],
  hardShrink: [{ inputShape: [5] }, { inputShape: [2, 3], config: { threshold: 0.25 } }],
  hardTanh: [{ inputShape: [5] }, { inputShape: [2, 3], config: { minValue: -0.5, maxValue: 1.5 } }],
  softplus: [{ inputShape: [5] }, { inputShape: [2, 3], config: { beta: 3 } }],
  softShrink: [{ inputShape: [5] }, { inputShape: [2, 3], config: { threshold: 0.25 } }],
  threshold: [{ inputShape: [5] }, { inputShape: [2, 3], config: { threshold: -0.5, value: 2 } }],
};
