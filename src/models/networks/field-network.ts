/** FieldNetwork: a network with state of its own in its fields, beside what its layers have. */
import type { Metric } from "../../metrics/metric.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { Generator } from "../../tensor/random.ts";
import type { Variable } from "../../tensor/variable.ts";
import { Network } from "./network.ts";
import { trackedFields } from "./tracked-fields.ts";

export abstract class FieldNetwork extends Network {
  override get ownVariables(): ReadonlyMap<string, Variable> {
    const { variables, generators } = trackedFields(this);
    return new Map([...variables, ...[...generators].map(([name, { state }]) => [name, state] as const)]);
  }

  /** Metrics in the model's fields: `fit` and `evaluate` reset and report them, its own steps update them. */
  get ownMetrics(): readonly Metric[] {
    return [...trackedFields(this).metrics.values()];
  }

  /** Random generators in the model's fields: `fit` starts them by its seed, and their states are saved. */
  get ownGenerators(): readonly Generator[] {
    return [...trackedFields(this).generators.values()];
  }

  /** Optimizers in the model's fields, by the fields' names. */
  get ownOptimizers(): ReadonlyMap<string, Optimizer> {
    return trackedFields(this).optimizers;
  }
}
