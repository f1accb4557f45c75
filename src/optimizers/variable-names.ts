/** Choosing variables by their names: which ones weight decay spares, and whose learning rate has a factor. */
import { checkNumber, describe } from "../graph/options.ts";
import type { Configuration } from "../graph/registry.ts";

/** Texts of which one is part of a variable's name, such as `"bias"`, or a function that says whether a name is chosen. */
export type NameSelection = readonly string[] | ((name: string) => boolean);

/** The variables that a selection chooses. */
export class NameSelector {
  readonly #selection: NameSelection;

  /** @throws TypeError If the selection is neither a function nor an array of texts. */
  constructor(owner: string, selection: NameSelection) {
    const isList = Array.isArray(selection) && selection.every((part) => typeof part === "string" && part !== "");
    if (!isList && typeof selection !== "function")
      throw new TypeError(
        `${owner} is ${describe(selection)}, expected an array of parts of names, such as ["bias"], or a function of a name`,
      );
    this.#selection = typeof selection === "function" ? selection : [...selection];
  }

  /** Whether no variable can be chosen. */
  get isEmpty(): boolean {
    return this.#selection.length === 0 && typeof this.#selection !== "function";
  }

  has(name: string): boolean {
    const selection = this.#selection;
    return typeof selection === "function" ? selection(name) : selection.some((part) => name.includes(part));
  }

  /** The selection as data. A function cannot be written down: in its place stand the names it chose. */
  config(variables: readonly { readonly name: string }[]): readonly string[] {
    const selection = this.#selection;
    return typeof selection === "function" ? variables.map(({ name }) => name).filter(selection) : selection;
  }
}

/** Factors on the learning rate, by parts of variables' names. */
export class RateMultipliers {
  readonly #multipliers: readonly (readonly [part: string, factor: number])[];

  /** @throws If the option is no object of numbers of at least 0. */
  constructor(owner: string, multipliers: Readonly<Record<string, number>>) {
    if (typeof multipliers !== "object" || multipliers === null || Array.isArray(multipliers))
      throw new TypeError(
        `${owner}: learningRateMultipliers is ${describe(multipliers)}, expected parts of names with factors, such as { "encoder/": 0.1 }`,
      );
    this.#multipliers = Object.entries(multipliers);
    for (const [part, factor] of this.#multipliers)
      checkNumber(owner, `learningRateMultipliers[${describe(part)}]`, factor, { minimum: 0 });
  }

  /** The factor of a variable; 1 where no key is part of its name. */
  of(name: string): number {
    return this.#multipliers.find(([part]) => name.includes(part))?.[1] ?? 1;
  }

  /** The keys that are part of none of the names, and so have no effect. */
  unused(names: readonly string[]): readonly string[] {
    return this.#multipliers.map(([part]) => part).filter((part) => !names.some((name) => name.includes(part)));
  }

  config(): Configuration {
    return this.#multipliers.length > 0 ? { learningRateMultipliers: Object.fromEntries(this.#multipliers) } : {};
  }
}
