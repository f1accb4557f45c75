/** Functions by name, so that what is made of them can be written down as data: what is saved is the name, never code. */
import { describe, suggestion } from "./options.ts";

/** The functions of one kind, in both directions. */
export class NamedFunctions<F extends (...args: never[]) => unknown> {
  readonly #register: string;
  readonly #kind: string;
  readonly #byName = new Map<string, F>();
  readonly #names = new Map<F, string>();

  /**
   * @param register What a user calls to name a function, for messages: `registerFunction`.
   * @param kind What the functions are, for messages: `a function of a tensor`.
   * @param known Those that have a name from the start.
   */
  constructor(register: string, kind: string, known: Readonly<Record<string, F>> = {}) {
    this.#register = register;
    this.#kind = kind;
    for (const [name, each] of Object.entries(known)) this.register(name, each);
  }

  /** Gives a function a name. @returns The function. @throws If another function has the name. */
  register(name: string, added: F): F {
    if (typeof name !== "string" || name === "")
      throw new TypeError(`${this.#register}: the name is ${describe(name)}, expected a text`);
    if (typeof added !== "function")
      throw new TypeError(`${this.#register}: "${name}" is ${describe(added)}, expected ${this.#kind}`);
    const known = this.#byName.get(name);
    if (known && known !== added)
      throw new Error(`${this.#register}: another function is registered as "${name}" already`);
    this.#byName.set(name, added);
    this.#names.set(added, name);
    return added;
  }

  /** The name under which a function is registered. */
  nameOf(known: F): string | undefined {
    return this.#names.get(known);
  }

  /** The function of a name. @throws If there is none; the message suggests the nearest. */
  of(owner: string, name: string): F {
    const known = this.#byName.get(name);
    if (known) return known;
    throw new TypeError(
      `${owner}: no function is registered as "${name}"${suggestion(name, [...this.#byName.keys()])}; ` +
        `call ${this.#register}("${name}", …) before`,
    );
  }
}
