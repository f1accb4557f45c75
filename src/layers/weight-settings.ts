/** WeightSettings: what a layer's options say of one of its weights — as what it begins, what is penalized, what it is kept to. */
import type { Constraint } from "../constraints/constraint.ts";
import { type ConstraintLike, resolveConstraint } from "../constraints/index.ts";
import { type Configuration, serialize } from "../graph/registry.ts";
import { type InitializerLike, resolveInitializer } from "../initializers/index.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { type RegularizerLike, resolveRegularizer } from "../regularizers/index.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import { serializeOptional } from "./layer.ts";

type Named<Name extends string, Kind extends string, Value> = {
  readonly [Option in `${Name}${Kind}`]?: Value | undefined;
};

/** The options of a weight: `kernelInitializer`, `kernelRegularizer` and `kernelConstraint` of the name `kernel`. */
export type WeightSettingsOptions<Name extends string> = Named<Name, "Initializer", InitializerLike> &
  Named<Name, "Regularizer", RegularizerLike> &
  Named<Name, "Constraint", ConstraintLike>;

/** In the form in which `addWeight` takes it. */
export class WeightSettings<Name extends string = string> {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;
  readonly #name: Name;

  /**
   * @param name With what the names of the weight's options begin.
   * @param initializer The default.
   * @throws If an option names none that is known.
   */
  constructor(className: string, name: Name, options: WeightSettingsOptions<Name>, initializer: InitializerLike) {
    const initializers: Named<Name, "Initializer", InitializerLike> = options;
    const regularizers: Named<Name, "Regularizer", RegularizerLike> = options;
    const constraints: Named<Name, "Constraint", ConstraintLike> = options;
    const constraint = constraints[`${name}Constraint` as const];
    const owner = `${className}: ${name}`;
    this.#name = name;
    this.initializer = resolveInitializer(
      `${owner}Initializer`,
      initializers[`${name}Initializer` as const] ?? initializer,
    );
    this.regularizer = optionalRegularizer(`${owner}Regularizer`, regularizers[`${name}Regularizer` as const]);
    this.constraint = constraint === undefined ? undefined : resolveConstraint(`${owner}Constraint`, constraint);
  }

  /** The options as data. */
  config(): Configuration {
    return {
      [`${this.#name}Initializer`]: serialize(this.initializer),
      ...serializeOptional(`${this.#name}Regularizer`, this.regularizer),
      ...serializeOptional(`${this.#name}Constraint`, this.constraint),
    };
  }
}

/** The regularizer that an option's value stands for, if there is one; `owner` names the option in messages. */
export function optionalRegularizer(owner: string, value: RegularizerLike | undefined): Regularizer | undefined {
  return value === undefined ? undefined : resolveRegularizer(owner, value);
}
