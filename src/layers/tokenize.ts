/** How texts become tokens: standardized, split, and joined to n-grams. */
import { describe, suggestion } from "../graph/options.ts";

/** A function that makes one text of another. */
export type Standardizer = (text: string) => string;
/** A function that cuts a text into tokens. */
export type Splitter = (text: string) => readonly string[];

/** Functions by name, so that a saved model can name one. */
class NamedFunctions<F extends (text: string) => unknown> {
  readonly #option: string;
  readonly #functions: Map<string, F>;

  constructor(option: string, functions: Readonly<Record<string, F>>) {
    this.#option = option;
    this.#functions = new Map(Object.entries(functions));
  }

  register(name: string, added: F): void {
    const known = this.#functions.get(name);
    if (known && known !== added)
      throw new Error(`${this.#option} "${name}" is already registered by another function`);
    this.#functions.set(name, added);
  }

  /** The function that an option names, or is. */
  resolve(owner: string, value: string | F): F {
    if (typeof value === "function") return value;
    const found = this.#functions.get(value);
    if (found) return found;
    throw new TypeError(
      `${owner}: ${this.#option} is ${describe(value)}${suggestion(String(value), [...this.#functions.keys()])}; ` +
        "a function of your own may be given itself",
    );
  }

  /** The name of a function, to be saved. @throws If it has none. */
  nameOf(path: string, value: F): string {
    for (const [name, known] of this.#functions) if (known === value) return name;
    const register = this.#option === "standardize" ? "registerStandardizer" : "registerSplitter";
    throw new Error(
      `${path}: ${this.#option} is ${describe(value)}, which a saved model cannot hold; ` +
        `register it here and where the model is loaded: layers.${register}("name", function)`,
    );
  }
}

const stripPunctuation = (text: string) => text.replaceAll(/[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g, "");
const lower = (text: string) => text.toLowerCase();

export const standardizers = new NamedFunctions<Standardizer>("standardize", {
  lowerAndStripPunctuation: (text) => stripPunctuation(lower(text)),
  lower,
  stripPunctuation,
  none: (text) => text,
});

export const splitters = new NamedFunctions<Splitter>("split", {
  whitespace: (text) => text.split(/\s+/).filter((token) => token !== ""),
  character: (text) => [...text],
  none: (text) => [text],
});

/**
 * Names a function for the option `standardize` of `textVectorization`, so that models with it can be saved and loaded.
 *
 * @throws If another function has the name.
 * @example
 * registerStandardizer("withoutTags", (html) => html.replaceAll(/<[^>]*>/g, " ").toLowerCase());
 */
export function registerStandardizer(name: string, standardize: Standardizer): void {
  standardizers.register(name, standardize);
}

/**
 * Names a function for the option `split` of `textVectorization`, so that models with it can be saved and loaded.
 *
 * @throws If another function has the name.
 * @example
 * registerSplitter("commas", (text) => text.split(","));
 */
export function registerSplitter(name: string, split: Splitter): void {
  splitters.register(name, split);
}

/** All sequences of tokens of these lengths, joined by blanks: first those of the first length. */
export function ngramsOf(tokens: readonly string[], lengths: readonly number[]): readonly string[] {
  return lengths.flatMap((length) =>
    Array.from({ length: Math.max(0, tokens.length - length + 1) }, (_, start) =>
      tokens.slice(start, start + length).join(" "),
    ),
  );
}
