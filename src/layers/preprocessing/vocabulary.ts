/** Vocabulary: which index each token has — what StringLookup, IntegerLookup and TextVectorization share. */
import { checkBoolean, checkChoice, checkInteger, checkNumber, describe } from "../../graph/options.ts";
import type { Configuration, Json } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import { multiply } from "../../ops/elementwise.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { type CategoryOutput, categoryOutputs, encodeCategories, encodedShape } from "./encode-categories.ts";
import type { TokenCounts } from "./token-counts.ts";

/** The tokens' indices, vectors as CategoryEncoding makes them, or counts that weigh rare tokens more. */
export type LookupOutput = "int" | CategoryOutput | "tfIdf";

export const lookupOutputs: readonly LookupOutput[] = ["int", ...categoryOutputs, "tfIdf"];

/** Options of layers with a vocabulary. */
export interface VocabularyOptions<Token> {
  /** The most tokens that the vocabulary may have, with those for masks and unknown tokens; at least 2. Default: any number. */
  maxTokens?: number;
  /** The tokens in the order of their indices, with or without the special ones before them; default: what `adapt` takes from data. */
  vocabulary?: readonly Token[];
  /** For `"tfIdf"` with a given vocabulary: the weight of each token in it. */
  idfWeights?: readonly number[];
  /**
   * `"int"` (default), indices; `"oneHot"`, `"multiHot"` and `"count"`, vectors; `"tfIdf"`, counts times log(1 + documents /
   * (1 + documents with the token)).
   */
  outputMode?: LookupOutput;
  /** Whether vectors have `maxTokens` elements even where the vocabulary is smaller; default false. */
  padToMaxTokens?: boolean;
}

/** For `checkLayerOptions`: the names of these options. */
export const vocabularyOptionNames = {
  maxTokens: true,
  vocabulary: true,
  idfWeights: true,
  outputMode: true,
  padToMaxTokens: true,
} as const;

/** The tokens that stand for others. */
export interface SpecialTokens<Token> {
  /** What is no token but fills a place: index 0, or nothing in vectors. */
  readonly maskToken: Token | undefined;
  /** What the vocabulary lists for unknown tokens. */
  readonly oovToken: Token;
  /** How many indices unknown tokens share. */
  readonly numOovIndices: number;
}

export class Vocabulary<Token extends string | number> {
  readonly maxTokens: number | undefined;
  readonly outputMode: LookupOutput;
  readonly padToMaxTokens: boolean;
  readonly special: SpecialTokens<Token>;
  /** Whether the tokens were given, so that `adapt` may not change them. */
  readonly isGiven: boolean;
  readonly #compare: (a: Token, b: Token) => number;
  #tokens: readonly Token[] | undefined;
  #indices: ReadonlyMap<Token, number> = new Map();
  #idf: readonly number[] = [];

  /**
   * @param owner The kind of layer, for messages.
   * @param compare The order of tokens.
   */
  constructor(
    owner: string,
    options: VocabularyOptions<Token>,
    special: SpecialTokens<Token>,
    compare: (a: Token, b: Token) => number,
  ) {
    const { maxTokens, vocabulary, idfWeights, outputMode = "int", padToMaxTokens = false } = options;
    if (maxTokens !== undefined) checkInteger(owner, "maxTokens", maxTokens, 2);
    checkInteger(owner, "numOovIndices", special.numOovIndices, 0);
    checkChoice(owner, "outputMode", outputMode, lookupOutputs);
    checkBoolean(owner, "padToMaxTokens", padToMaxTokens);
    if (padToMaxTokens && maxTokens === undefined)
      throw new TypeError(`${owner}: padToMaxTokens is true, but there is no maxTokens to pad to; give it`);
    this.maxTokens = maxTokens;
    this.outputMode = outputMode;
    this.padToMaxTokens = padToMaxTokens;
    this.special = special;
    this.isGiven = vocabulary !== undefined;
    this.#compare = compare;
    if (maxTokens !== undefined && maxTokens <= this.#specials.length)
      throw new RangeError(
        `${owner}: maxTokens is ${maxTokens}, which the ${this.#specials.length} special tokens fill; give more`,
      );
    if (vocabulary === undefined && idfWeights !== undefined)
      throw new TypeError(`${owner}: has idfWeights but no vocabulary; give both, or neither and call adapt`);
    if (vocabulary !== undefined) this.#set(owner, vocabulary, idfWeights);
  }

  /** The tokens before those of data, in the order of their indices. Vectors have no place for masks. */
  get #specials(): readonly Token[] {
    const { maskToken, oovToken, numOovIndices } = this.special;
    const mask = maskToken !== undefined && this.outputMode === "int" ? [maskToken] : [];
    return [...mask, ...new Array<Token>(numOovIndices).fill(oovToken)];
  }

  /** Where the indices of unknown tokens begin. */
  get firstOov(): number {
    return this.#specials.length - this.special.numOovIndices;
  }

  /** Where the indices of known tokens begin. */
  get firstToken(): number {
    return this.#specials.length;
  }

  /** The tokens without the special ones. @throws Before there are any. */
  tokens(owner: string): readonly Token[] {
    if (this.#tokens) return this.#tokens;
    throw new Error(`${owner}: has no vocabulary; call adapt with the training data, or give vocabulary`);
  }

  get isKnown(): boolean {
    return this.#tokens !== undefined;
  }

  /** All tokens, each at its index. @throws Before there are any. */
  list(owner: string, withSpecialTokens = true): Token[] {
    const tokens = this.tokens(owner);
    return withSpecialTokens ? [...this.#specials, ...tokens] : [...tokens];
  }

  /** The length of vectors. @throws If it depends on a vocabulary that is not there. */
  depth(owner: string): number {
    if (this.padToMaxTokens && this.maxTokens !== undefined) return this.maxTokens;
    return this.#specials.length + this.tokens(owner).length;
  }

  /** The weights of "tfIdf", one for each element of the vectors. */
  idfWeights(owner: string): Float32Array {
    const weights = new Float32Array(this.depth(owner));
    weights.set(this.#idf);
    return weights;
  }

  /**
   * A token's index: that of a mask is 0, or -1 where vectors drop it.
   *
   * @returns undefined if the vocabulary lacks it.
   */
  indexOf(token: Token): number | undefined {
    if (token === this.special.maskToken) return this.outputMode === "int" ? 0 : -1;
    return this.#indices.get(token);
  }

  /**
   * Takes the most frequent tokens.
   *
   * @param depth The length that vectors must have, if that is fixed already.
   * @throws If there are none to take, or they make vectors of another length.
   */
  learn(owner: string, counts: TokenCounts<Token>, depth?: number): void {
    const { maskToken, oovToken } = this.special;
    const limit = this.maxTokens === undefined ? undefined : this.maxTokens - this.#specials.length;
    const tokens = counts.ranked(this.#compare, [maskToken, oovToken]).slice(0, limit);
    if (tokens.length === 0)
      throw new Error(`${owner}: cannot adapt to data without any token; look at how they were loaded`);
    const size = this.padToMaxTokens ? depth : this.#specials.length + tokens.length;
    if (depth !== undefined && size !== depth)
      throw new Error(
        `${owner}: is built for a vocabulary of ${depth} tokens, and these data have ${size}; call adapt before the model is built, or ` +
          "give maxTokens and padToMaxTokens",
      );
    this.#take(tokens);
    if (this.outputMode !== "tfIdf") return;
    const idf = tokens.map((token) => counts.inverseDocumentFrequency(token));
    this.#idf = this.#withFront(idf);
  }

  /** Unknown tokens weigh as much as known ones do on average. */
  #withFront(idf: readonly number[]): readonly number[] {
    const mean = idf.reduce((sum, value) => sum + value, 0) / idf.length;
    return [...this.#specials.map(() => mean), ...idf];
  }

  #take(tokens: readonly Token[]): void {
    const first = this.#specials.length;
    this.#tokens = [...tokens];
    this.#indices = new Map(tokens.map((token, index) => [token, first + index]));
  }

  #set(owner: string, vocabulary: readonly Token[], idfWeights: readonly number[] | undefined): void {
    const specials = this.#specials;
    const kind = typeof this.special.oovToken === "string" ? "texts" : "integers";
    if (!Array.isArray(vocabulary) || vocabulary.length === 0)
      throw new TypeError(`${owner}: vocabulary is ${describe(vocabulary)}, expected an array of ${kind}`);
    for (const [index, token] of vocabulary.entries())
      if (typeof token !== typeof this.special.oovToken || (typeof token === "number" && !Number.isInteger(token)))
        throw new TypeError(`${owner}: vocabulary[${index}] is ${describe(token)}, expected one of ${kind}`);
    const hasSpecials = specials.every((token, index) => vocabulary[index] === token);
    const tokens = hasSpecials ? vocabulary.slice(specials.length) : vocabulary;
    this.#take(tokens);
    if (this.#indices.size < tokens.length) {
      const twice = tokens.find((token, index) => tokens.indexOf(token) !== index);
      throw new Error(`${owner}: vocabulary has ${describe(twice)} twice; leave one out`);
    }
    const { maskToken } = this.special;
    if (maskToken !== undefined && this.#indices.has(maskToken))
      throw new Error(
        `${owner}: vocabulary has the mask token ${describe(maskToken)} among the tokens; leave it out, or begin with ${describe(specials)}`,
      );
    const size = specials.length + tokens.length;
    if (this.maxTokens !== undefined && size > this.maxTokens)
      throw new RangeError(
        `${owner}: vocabulary has ${tokens.length} tokens, with the special ones ${size}, but maxTokens is ${this.maxTokens}`,
      );
    this.#setIdf(owner, vocabulary, idfWeights, hasSpecials);
  }

  #setIdf(
    owner: string,
    vocabulary: readonly Token[],
    idfWeights: readonly number[] | undefined,
    hasSpecials: boolean,
  ): void {
    const isTfIdf = this.outputMode === "tfIdf";
    if (isTfIdf && idfWeights === undefined)
      throw new TypeError(
        `${owner}: idfWeights are missing, which a given vocabulary needs for outputMode "tfIdf"; give them, or call adapt instead`,
      );
    if (!isTfIdf && idfWeights !== undefined)
      throw new TypeError(
        `${owner}: idfWeights are given, which are for outputMode "tfIdf" alone, but it is "${this.outputMode}"`,
      );
    if (idfWeights === undefined) return;
    if (!Array.isArray(idfWeights) || idfWeights.length !== vocabulary.length)
      throw new TypeError(
        `${owner}: idfWeights is ${describe(idfWeights)}, expected ${vocabulary.length} numbers, one for each token of vocabulary`,
      );
    for (const weight of idfWeights) checkNumber(owner, "idfWeights", weight);
    this.#idf = hasSpecials ? [...idfWeights] : this.#withFront(idfWeights);
  }

  /** Indices as the output mode has it. @param idf The weights for `"tfIdf"`, by default the vocabulary's. */
  encode(owner: string, indices: Tensor, idf?: Tensor): Tensor {
    const { outputMode } = this;
    if (outputMode === "int") return indices;
    const depth = this.depth(owner);
    if (outputMode !== "tfIdf") return encodeCategories(indices, depth, outputMode);
    return multiply(encodeCategories(indices, depth, "count"), idf ?? tensor(this.idfWeights(owner)));
  }

  /** The shape of one example's result, for indices of a shape. */
  encodedShape(owner: string, indices: Shape): Shape {
    const { outputMode } = this;
    if (outputMode === "int") return indices;
    return encodedShape(indices, this.depth(owner), outputMode === "tfIdf" ? "count" : outputMode);
  }

  /** What was learned; nothing where it was given. */
  adapted(): Configuration | undefined {
    return this.isGiven || !this.#tokens ? undefined : this.#learned();
  }

  /** Takes over what another has learned. @throws If that is no vocabulary. */
  restore(owner: string, { vocabulary, idfWeights }: Configuration): void {
    const isToken = (token: Json): token is Token & Json => typeof token === typeof this.special.oovToken;
    const isNumber = (value: Json) => typeof value === "number";
    if (!Array.isArray(vocabulary) || !vocabulary.every(isToken))
      throw new TypeError(`${owner}: the saved vocabulary is ${describe(vocabulary)}, expected an array of tokens`);
    const weights = Array.isArray(idfWeights) && idfWeights.every(isNumber) ? idfWeights : undefined;
    this.#set(owner, vocabulary, weights);
  }

  #learned(): Configuration {
    const tokens = this.#tokens && [...this.#specials, ...this.#tokens];
    return {
      ...(tokens && { vocabulary: tokens }),
      ...(tokens && this.outputMode === "tfIdf" && { idfWeights: this.#idf }),
    };
  }

  /** The options, with what was learned. */
  config(): Configuration {
    const { maxTokens, outputMode, padToMaxTokens } = this;
    return { ...(maxTokens !== undefined && { maxTokens }), outputMode, padToMaxTokens, ...this.#learned() };
  }
}
