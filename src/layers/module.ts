/** Module: what owns weights — their names, whether training changes them, and layers inside, whose weights count among its own. */
import type { Constraint } from "../constraints/constraint.ts";
import { checkBoolean, checkInteger, describe } from "../graph/options.ts";
import { philox4x32 } from "../graph/primitives/source.ts";
import type { Shape } from "../graph/shape.ts";
import type { Initializer } from "../initializers/initializer.ts";
import { add } from "../ops/elementwise.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";
import type { Layer } from "./layer.ts";

export interface WeightOptions {
  /** The weight's own name: `kernel`, `bias` … */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer | undefined;
  readonly constraint?: Constraint | undefined;
  /** False for state that is not learned by gradients, such as moving statistics; default true. */
  readonly trainable?: boolean;
}

const nameCounts = new Map<string, number>();

/** A name that no call before returned: `dense`, then `dense_1` … */
export function uniqueName(stem: string): string {
  const count = nameCounts.get(stem) ?? 0;
  nameCounts.set(stem, count + 1);
  return count === 0 ? stem : `${stem}_${count}`;
}

/** The part of a layer that holds its state; what it computes, `Layer` adds. */
export abstract class Module {
  readonly name: string;
  #path: string;
  #trainable: boolean;
  readonly #weights = new Map<string, Variable>();
  readonly #sublayers = new Map<string, Layer>();
  readonly #regularizers = new Map<Variable, Regularizer>();

  /** @throws TypeError If the name is no text or has a "/", or `trainable` is no boolean. */
  constructor(className: string, { name, trainable = true }: { readonly name?: string; readonly trainable?: boolean }) {
    if (name !== undefined && (typeof name !== "string" || name === "" || name.includes("/")))
      throw new TypeError(`${className}: name is ${describe(name)}, expected a text without "/"`);
    checkBoolean(className, "trainable", trainable);
    this.name = name ?? uniqueName(className);
    this.#path = this.name;
    this.#trainable = trainable;
  }

  /** Whether the weights exist. */
  abstract get built(): boolean;

  /** Where the layer is, for messages and the names of its weights: `sequential/dense_1`. Set by the model. */
  get path(): string {
    return this.#path;
  }
  set path(path: string) {
    this.#path = path;
    for (const [name, variable] of this.#weights) variable.name = `${path}/${name}`;
    for (const [name, layer] of this.sublayers) layer.path = `${path}/${name}`;
  }

  /** The layers inside this one, by the names under which their weights stand among its own; most layers have none. */
  get sublayers(): ReadonlyMap<string, Layer> {
    return this.#sublayers;
  }

  /**
   * Whether training changes the weights; a change holds for the layers inside as well. A frozen layer's weights are all
   * non-trainable; functions traced before a change keep the old.
   */
  get trainable(): boolean {
    return this.#trainable;
  }
  set trainable(trainable: boolean) {
    checkBoolean(this.#path, "trainable", trainable);
    this.#trainable = trainable;
    for (const layer of this.sublayers.values()) layer.trainable = trainable;
  }

  /**
   * All state: weights, moving statistics and random generators, by their own names `kernel`, `bias` … in order of creation;
   * then that of the layers inside, as `forward/kernel`.
   */
  get weights(): ReadonlyMap<string, Variable> {
    if (this.sublayers.size === 0) return this.#weights;
    const inner = [...this.sublayers].flatMap(([prefix, { weights }]) =>
      [...weights].map(([name, variable]) => [`${prefix}/${name}`, variable] as const),
    );
    return new Map([...this.#weights, ...inner]);
  }

  /** All state, in order of creation. */
  get variables(): readonly Variable[] {
    return [...new Set(this.weights.values())];
  }

  /** The weights that training changes: none where the layer is frozen. */
  get trainableVariables(): readonly Variable[] {
    if (!this.trainable) return [];
    const own = [...this.#weights.values()].filter((variable) => variable.trainable);
    return [...new Set([...own, ...[...this.sublayers.values()].flatMap((layer) => layer.trainableVariables)])];
  }

  /** The state that training by gradients leaves alone. */
  get nonTrainableVariables(): readonly Variable[] {
    const trainable = new Set(this.trainableVariables);
    return this.variables.filter((variable) => !trainable.has(variable));
  }

  /** The weights that are penalized, by what, with those of the layers inside. */
  get regularizers(): ReadonlyMap<Variable, Regularizer> {
    if (this.sublayers.size === 0) return this.#regularizers;
    return new Map([
      ...this.#regularizers,
      ...[...this.sublayers.values()].flatMap(({ regularizers }) => [...regularizers]),
    ]);
  }

  /** The sum of the weights' penalties, a scalar; undefined where no weight has a regularizer. */
  regularizationLoss(): Tensor | undefined {
    const penalties = [...this.regularizers].map(([variable, regularizer]) => regularizer.call(variable));
    return penalties.length === 0 ? undefined : penalties.reduce(add);
  }

  /** Starts the random generators of the layer, and of those inside, again. Give each layer of a model another seed. */
  reseed(seed: number): void {
    checkInteger(this.path, "seed", seed);
    // The last counter word keeps these numbers apart from those that models give their layers.
    for (const [index, layer] of [...this.sublayers.values()].entries())
      layer.reseed(philox4x32([index, 0, 0, 3], [seed | 0, 0])[0]);
  }

  /** Creates a weight, for `build`. */
  protected addWeight({
    name,
    shape,
    initializer,
    regularizer,
    constraint,
    trainable = true,
  }: WeightOptions): Variable {
    const variable = new Variable(initializer.call(shape), { name: `${this.path}/${name}`, trainable, constraint });
    this.addVariable(name, variable);
    if (regularizer) this.#regularizers.set(variable, regularizer);
    return variable;
  }

  /**
   * Makes another layer part of this one: its weights, penalties and random generators count among this one's, and freezing
   * this one freezes it. This layer builds it and calls it.
   *
   * @param name Under which its weights stand here: `forward` for `forward/kernel`.
   */
  protected addSublayer<Inner extends Layer>(name: string, layer: Inner): Inner {
    if (this.#sublayers.has(name)) throw new Error(`${this.path}: has two layers called "${name}"`);
    layer.path = `${this.path}/${name}`;
    if (!this.trainable) layer.trainable = false;
    this.#sublayers.set(name, layer);
    return layer;
  }

  /** Makes a Variable part of the layer's state, so that it is saved. */
  protected addVariable(name: string, variable: Variable): void {
    if (this.#weights.has(name)) throw new Error(`${this.path}: has two weights called "${name}"`);
    variable.name = `${this.path}/${name}`;
    this.#weights.set(name, variable);
  }

  /** A weight by its own name. @throws If the layer has none of that name, as before it is built. */
  weight(name: string): Variable {
    const variable = this.#weights.get(name) ?? this.weights.get(name);
    if (variable) return variable;
    throw new Error(
      this.built
        ? `${this.path}: has no weight "${name}"; it has ${[...this.weights.keys()].join(", ") || "none"}`
        : `${this.path}: has no weight "${name}" before it is built; call build(inputShape) or run the model once`,
    );
  }
}
