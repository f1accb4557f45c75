/** Classes by name, so that a layer, an optimizer or a loss can be written down as data and made again from it. */
import { describe, suggestion } from "./options.ts";

/** Plain data, as JSON holds it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The options of an object, enough to make an equal one. */
export type Configuration = { readonly [key: string]: Json };

/** An object as data: which class, and its options. The name is that of the function that makes it: `dense`, `adam` … */
export type SerializedObject = { readonly className: string; readonly config: Configuration };

/** Something that can be written down and made again. */
export interface Configurable {
  readonly className: string;
  config(): Configuration;
}

/** A class in a registry. Its constructor takes one object of options and checks them, for they may come from a file. */
export interface ConfigurableClass<T extends Configurable> {
  readonly className: string;
  new (options: never): T;
}

/** An object written down: its class's name and its options. */
export function serialize(object: Configurable): SerializedObject {
  return { className: object.className, config: object.config() };
}

/** The classes of one kind by name. Making an object from data runs nothing but the constructor of a registered class. */
export class Registry<T extends Configurable> {
  readonly #kind: string;
  readonly #classes: Map<string, ConfigurableClass<T>>;

  /** @param kind What the classes are, in the singular, for messages: `layer`, `optimizer` … */
  constructor(kind: string, classes: readonly ConfigurableClass<T>[]) {
    this.#kind = kind;
    this.#classes = new Map(classes.map((each) => [each.className, each]));
  }

  /** Adds a class of one's own. @throws If another class has its name. */
  register(added: ConfigurableClass<T>): void {
    const known = this.#classes.get(added.className);
    if (known && known !== added)
      throw new Error(`${this.#kind} "${added.className}" is already registered by ${known.name || "another class"}`);
    this.#classes.set(added.className, added);
  }

  /** Whether what a user gave for an object can be made of it at once: it is one, or the name or data of a known class. */
  knows(value: unknown): boolean {
    if (typeof value === "string") return this.#classes.has(value);
    if (typeof value !== "object" || value === null || !("className" in value) || !isSerialized(value)) return true;
    return this.#classes.has(value.className);
  }

  /** The names of all classes. */
  get names(): readonly string[] {
    return [...this.#classes.keys()];
  }

  /** Makes the object that was written down. @throws If the class is unknown, or its constructor refuses the options. */
  create({ className, config }: SerializedObject): T {
    const found = this.#classes.get(className);
    if (!found) {
      const name = typeof className === "string" ? className : "";
      throw new TypeError(
        `unknown ${this.#kind} ${describe(className)}${suggestion(name, this.names)}; a class of your own must be registered first`,
      );
    }
    // The types end here: what the options are is known to the constructor alone, which checks them.
    return new found(config as never);
  }

  /**
   * An object from what a user may give for one: the object itself, a name (an object with the options' defaults), or data.
   *
   * @param owner Whose option it is, for the message: `dense: kernelInitializer`.
   */
  resolve(owner: string, value: T | string | SerializedObject): T {
    if (typeof value === "string") {
      if (!this.#classes.has(value))
        throw new TypeError(`${owner}: unknown ${this.#kind} "${value}"${suggestion(value, this.names)}`);
      return this.create({ className: value, config: {} });
    }
    if (typeof value !== "object" || value === null || !("className" in value))
      throw new TypeError(
        `${owner}: got ${describe(value)}, expected a ${this.#kind}, or the name of one: ${this.names.join(", ")}`,
      );
    return isSerialized(value) ? this.create(value) : value;
  }
}

/** Whether an object is written down as data, rather than the object itself. */
export function isSerialized(value: object | SerializedObject): value is SerializedObject {
  return "className" in value && "config" in value && typeof value.config !== "function";
}
