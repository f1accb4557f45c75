/** How texts become tokens: standardized, split, and joined to n-grams. */
import { NamedFunctions } from "../../graph/named-functions.ts";
import { describe } from "../../graph/options.ts";

/** A function that makes one text of another. */
export type Standardizer = (text: string) => string;
/** A function that cuts a text into tokens. */
export type Splitter = (text: string) => readonly string[];

const stripPunctuation = (text: string) => text.replaceAll(/[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~']/g, "");
const lower = (text: string) => text.toLowerCase();

const standardizers = new NamedFunctions<Standardizer>(
  "registerStandardizer",
  "a function that gives a text for a text",
  {
    lowerAndStripPunctuation: (text) => stripPunctuation(lower(text)),
    lower,
    stripPunctuation,
    none: (text) => text,
  },
);

const splitters = new NamedFunctions<Splitter>(
  "registerSplitter",
  "a function that gives an array of texts for a text",
  {
    whitespace: (text) => text.split(/\s+/).filter((token) => token !== ""),
    character: (text) => [...text],
    none: (text) => [text],
  },
);

/** The functions of a layer that cuts texts into tokens, and the names under which it is saved. */
export class Tokenizer {
  readonly #standardize: Standardizer;
  readonly #split: Splitter;

  /** @param owner The kind of layer, for messages. */
  constructor(owner: string, standardize: string | Standardizer, split: string | Splitter) {
    this.#standardize = resolve(owner, "standardize", standardize, standardizers);
    this.#split = resolve(owner, "split", split, splitters);
  }

  /** Whether texts are cut at all. */
  get splits(): boolean {
    return splitters.nameOf(this.#split) !== "none";
  }

  /** @throws TypeError If a function of the user's gives something else than texts. */
  tokensOf(path: string, text: string): readonly string[] {
    const standardized = this.#standardize(text);
    if (typeof standardized !== "string")
      throw new TypeError(`${path}: standardize gave ${describe(standardized)}, expected a text`);
    const tokens = this.#split(standardized);
    if (!Array.isArray(tokens) || !tokens.every((token) => typeof token === "string"))
      throw new TypeError(`${path}: split gave ${describe(tokens)}, expected an array of texts`);
    return tokens;
  }

  /** @throws If a function has no name. */
  config(path: string): { readonly standardize: string; readonly split: string } {
    const unnamed = (option: string, register: string): never => {
      throw new Error(
        `${path}: ${option} is a function without a name, which a saved model cannot hold; ` +
          `register it here and where the model is loaded: layers.${register}("name", …)`,
      );
    };
    return {
      standardize: standardizers.nameOf(this.#standardize) ?? unnamed("standardize", "registerStandardizer"),
      split: splitters.nameOf(this.#split) ?? unnamed("split", "registerSplitter"),
    };
  }
}

function resolve<F extends Standardizer | Splitter>(
  owner: string,
  option: string,
  value: string | F,
  known: NamedFunctions<F>,
): F {
  if (typeof value === "function") return value;
  if (typeof value !== "string")
    throw new TypeError(`${owner}: ${option} is ${describe(value)}, expected a name or a function`);
  return known.of(`${owner}: ${option}`, value);
}

/**
 * Names a function for the option `standardize` of `textVectorization`, so that models with it can be saved and loaded.
 *
 * @returns The function.
 * @throws If another function has the name.
 * @example
 * registerStandardizer("withoutTags", (html) => html.replaceAll(/<[^>]*>/g, " ").toLowerCase());
 */
export function registerStandardizer(name: string, standardize: Standardizer): Standardizer {
  return standardizers.register(name, standardize);
}

/**
 * Names a function for the option `split` of `textVectorization`, so that models with it can be saved and loaded.
 *
 * @returns The function.
 * @throws If another function has the name.
 * @example
 * registerSplitter("commas", (text) => text.split(","));
 */
export function registerSplitter(name: string, split: Splitter): Splitter {
  return splitters.register(name, split);
}

/** All sequences of tokens of these lengths, joined by blanks: first those of the first length. */
export function ngramsOf(tokens: readonly string[], lengths: readonly number[]): readonly string[] {
  return lengths.flatMap((length) =>
    Array.from({ length: Math.max(0, tokens.length - length + 1) }, (_, start) =>
      tokens.slice(start, start + length).join(" "),
    ),
  );
}
