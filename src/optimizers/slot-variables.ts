/** SlotVariables: the state that an optimizer keeps for each variable it trains, such as moments, under the variable's name. */
import type { Shape } from "../graph/shape.ts";
import { fill } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable } from "../tensor/variable.ts";

/** One piece of the state that an optimizer keeps for a variable. */
export interface Slot {
  readonly name: string;
  readonly shape: Shape;
  /** The value each of its elements starts from, or all of them. */
  readonly start: number | Tensor;
}

/** State by variables, made when it is first asked for. */
export class SlotVariables {
  readonly #owner: string;
  readonly #slotsFor: (variable: Variable) => readonly Slot[];
  readonly #slots = new Map<Variable, readonly { readonly kind: string; readonly state: Variable }[]>();

  /**
   * @param owner With what the names of the state begin: `adam` for `adam/m/dense/kernel`.
   * @param slotsFor What is kept for a variable.
   */
  constructor(owner: string, slotsFor: (variable: Variable) => readonly Slot[]) {
    this.#owner = owner;
    this.#slotsFor = slotsFor;
  }

  /** The state of one variable, in the order of its slots. */
  of(variable: Variable): readonly Variable[] {
    let slots = this.#slots.get(variable);
    if (!slots) {
      slots = this.#slotsFor(variable).map(({ name, shape, start }) => ({
        kind: name,
        state: new Variable(typeof start === "number" ? fill(shape, start) : start, { trainable: false }),
      }));
      this.#slots.set(variable, slots);
    }
    return slots.map(({ state }) => state);
  }

  /** The variables for which there is state. */
  get trained(): readonly Variable[] {
    return [...this.#slots.keys()];
  }

  /** All state, for saving. */
  get variables(): readonly Variable[] {
    // A variable's name may have changed since: a layer may be part of several models.
    for (const [variable, slots] of this.#slots)
      for (const { kind, state } of slots) state.name = `${this.#owner}/${kind}/${variable.name}`;
    return [...this.#slots.keys()].flatMap((variable) => this.of(variable));
  }
}
