/**
 * TextVectorization turns texts into the indices of their words, or into vectors of how often each word occurs: it standardizes a
 * text, splits it into tokens, joins these to n-grams, and looks each up in a vocabulary.
 *
 *   int:               out[b, i] = the index of the token i; 0 fills up to `outputSequenceLength`, 1 is any unknown token
 *   multiHot, count:   out[b, k] = whether, or how often, the token k occurs in the text; k = 0 is any unknown token
 *   tfIdf:             counts times log(1 + documents / (1 + documents with the token))
 *
 * Input one text an example, `[batch]` or `[batch, 1]`; output int32 `[batch, outputSequenceLength]` or float32 `[batch, tokens]`.
 */
import { checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape, sizeOf } from "../../graph/shape.ts";
import type { HostArray } from "../../tensor/host-array.ts";
import { checkLayerOptions, type LayerOptions } from "../layer.ts";
import { compareTexts, type TextArray } from "./texts.ts";
import { ngramsOf, type Splitter, type Standardizer, Tokenizer } from "./tokenize.ts";
import { Vocabulary, type VocabularyOptions, vocabularyOptionNames } from "./vocabulary.ts";
import { VocabularyLayer } from "./vocabulary-layer.ts";

/** What is made of texts first; `string` is the name of a registered function. */
export type Standardize =
  | "lowerAndStripPunctuation"
  | "lower"
  | "stripPunctuation"
  | "none"
  | Standardizer
  | (string & {});
/** How texts are cut; `string` is the name of a registered function. */
export type Split = "whitespace" | "character" | "none" | Splitter | (string & {});

export interface TextVectorizationOptions extends LayerOptions, VocabularyOptions<string> {
  /** What is made of a text first: a name (default `"lowerAndStripPunctuation"`) or a function. */
  standardize?: Standardize;
  /**
   * How it is cut into tokens: `"whitespace"` (default), `"character"`, a function, or `"none"`, where examples are `[n]` texts that
   * are tokens already.
   */
  split?: Split;
  /** Sequences of tokens to look up: of up to so many tokens, or of the lengths in an array; default single tokens. */
  ngrams?: number | readonly number[];
  /** For `"int"`: as many indices each text gives, cut off or filled with 0; needed in models, whose shapes are fixed. */
  outputSequenceLength?: number;
}

/** Lengths of vectors' token lists grow in these steps, so that few different programs are compiled. */
const leastLength = 16;

/** Texts as indices of their words, or counts of them. Made by `textVectorization`. */
export class TextVectorization extends VocabularyLayer {
  static readonly className = "textVectorization";
  readonly className = TextVectorization.className;
  readonly ngrams: number | readonly number[] | undefined;
  readonly outputSequenceLength: number | undefined;
  readonly #tokenizer: Tokenizer;

  constructor(options: TextVectorizationOptions = {}) {
    const owner = "textVectorization";
    checkLayerOptions(owner, options, {
      ...vocabularyOptionNames,
      standardize: true,
      split: true,
      ngrams: true,
      outputSequenceLength: true,
    });
    const { standardize = "lowerAndStripPunctuation", split = "whitespace", ngrams, outputSequenceLength } = options;
    const special = { numOovIndices: 1, maskToken: "", oovToken: "[UNK]" };
    const vocabulary = new Vocabulary(owner, options, special, compareTexts);
    super(owner, options, vocabulary);
    this.#tokenizer = new Tokenizer(owner, standardize, split);
    if (ngrams !== undefined) checkNgrams(owner, ngrams);
    this.ngrams = ngrams;
    if (outputSequenceLength !== undefined) {
      checkInteger(owner, "outputSequenceLength", outputSequenceLength, 1);
      if (vocabulary.outputMode !== "int")
        throw new TypeError(
          `${owner}: outputSequenceLength is for outputMode "int", but that is "${vocabulary.outputMode}"; leave it out`,
        );
    }
    this.outputSequenceLength = outputSequenceLength;
  }

  protected documentsOf({ texts, shape }: TextArray): readonly (readonly string[])[] {
    const size = this.#tokenizer.splits ? 1 : sizeOf(shape.slice(1));
    const { ngrams } = this;
    const lengths = typeof ngrams === "number" ? Array.from({ length: ngrams }, (_, index) => index + 1) : ngrams;
    return Array.from({ length: shape[0] as number }, (_, example) => {
      const own = texts.slice(example * size, (example + 1) * size);
      const tokens = own.flatMap((text) => this.#tokenizer.tokensOf(this.path, text));
      return lengths ? ngramsOf(tokens, lengths) : tokens;
    });
  }

  protected read(texts: TextArray): HostArray {
    const { vocabulary, outputSequenceLength } = this;
    vocabulary.tokens(this.path);
    const documents = this.documentsOf(texts);
    const isInt = vocabulary.outputMode === "int";
    const longest = documents.reduce((most, tokens) => Math.max(most, tokens.length), 0);
    const length = isInt
      ? (outputSequenceLength ?? longest)
      : Math.max(leastLength, 2 ** Math.ceil(Math.log2(longest || 1)));
    const data = new Int32Array(documents.length * length).fill(isInt ? 0 : -1);
    for (const [row, tokens] of documents.entries())
      for (let place = 0; place < Math.min(tokens.length, length); place++)
        data[row * length + place] = vocabulary.indexOf(tokens[place] as string) ?? vocabulary.firstOov;
    return { data, shape: [documents.length, length] };
  }

  indicesShape(): Shape {
    return [this.outputSequenceLength ?? 1];
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    const { vocabulary, outputSequenceLength } = this;
    if (vocabulary.outputMode === "int" && outputSequenceLength === undefined)
      throw new Error(
        `${this.path}: has no outputSequenceLength, which a model needs, for its shapes are fixed; give the number of tokens to keep`,
      );
    return vocabulary.encodedShape(this.path, this.indicesShape());
  }

  protected override checkShape(shape: Shape): void {
    const fits = this.#tokenizer.splits ? sizeOf(shape) === 1 && shape.length < 2 : shape.length < 2;
    if (!fits)
      throw new Error(
        `${this.path}: an example has the shape ${formatShape(shape)}, but the layer takes ${this.#tokenizer.splits ? "one text" : "one row of tokens"}, ` +
          `${this.#tokenizer.splits ? "[] or [1]" : "[n]"}; join the texts, or use a layer for each`,
      );
  }

  override config(): Configuration {
    const { path, ngrams, outputSequenceLength } = this;
    return {
      ...super.config(),
      ...this.#tokenizer.config(path),
      ...(ngrams !== undefined && { ngrams }),
      ...(outputSequenceLength !== undefined && { outputSequenceLength }),
    };
  }
}

function checkNgrams(owner: string, ngrams: number | readonly number[]): void {
  if (typeof ngrams !== "number" && (!Array.isArray(ngrams) || ngrams.length === 0))
    throw new TypeError(`${owner}: ngrams is ${describe(ngrams)}, expected an integer, or an array of lengths`);
  for (const length of [ngrams].flat()) checkInteger(owner, "ngrams", length, 1);
}

/**
 * Turns texts into indices of words, or counts of them, with the vocabulary given or that of the texts that `adapt` is called with.
 * It stands where data enter a model: first in a sequential one, or applied to an `input({ shape: [], dtype: "string" })`.
 *
 * Small letters are made by Unicode's rules (Keras changes a to z only), and white space is Unicode's.
 *
 * @throws If an option is out of range, or the vocabulary is larger than `maxTokens`.
 * @example
 * const vectorize = layers.textVectorization({ maxTokens: 10000, outputSequenceLength: 200 });
 * await vectorize.adapt(trainingTexts);
 * const model = sequential([
 *   vectorize,
 *   layers.embedding({ inputDim: vectorize.vocabularySize(), outputDim: 32, maskZero: true }),
 *   layers.lstm({ units: 32 }),
 *   layers.dense({ units: 1 }),
 * ]);
 * await model.fit(trainingTexts, labels);
 * await model.predict(["What a film!"]);
 */
export function textVectorization(options?: TextVectorizationOptions): TextVectorization {
  return new TextVectorization(options);
}
