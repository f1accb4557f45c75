/** VocabularyLayer: what the text layers with a vocabulary share. They differ in how they cut texts into tokens. */
import { describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import type { LayerOptions } from "../layer.ts";
import { TextLayer } from "./text-layer.ts";
import { type NestedText, type TextArray, toTextArray } from "./texts.ts";
import { TokenCounts } from "./token-counts.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Texts to adapt to: nested arrays `[examples, ...]`, or batches of them one after the other. */
export type AdaptTexts = NestedText | Iterable<NestedText> | AsyncIterable<NestedText>;

/** A text layer that looks tokens up. The vocabulary is part of its configuration, and so is saved with the model. */
export abstract class VocabularyLayer extends TextLayer {
  protected readonly vocabulary: Vocabulary<string>;

  constructor(className: string, options: LayerOptions, vocabulary: Vocabulary<string>) {
    super(className, options);
    this.vocabulary = vocabulary;
  }

  /** The tokens of each example. */
  protected abstract documentsOf(texts: TextArray): readonly (readonly string[])[];

  override build(inputShape: Shape): void {
    super.build(inputShape);
    const { vocabulary } = this;
    if (vocabulary.outputMode === "tfIdf")
      this.addVariable("idfWeights", new Variable(tensor(vocabulary.idfWeights(this.path)), { trainable: false }));
  }

  /**
   * Takes the vocabulary from texts: the tokens by how often they occur, the most frequent first. Give it the texts that are
   * trained on and no others, or what is measured on the others says too much. In place of what it adapted to before.
   *
   * @param data Nested arrays `[examples, ...]`, or batches of them one after the other.
   * @throws If the layer was made with a vocabulary, is built for one of another size, or there are no tokens.
   */
  async adapt(data: AdaptTexts): Promise<void> {
    if (this.vocabulary.isGiven)
      throw new Error(`${this.path}: was made with a vocabulary; make it without one to take it from data`);
    const what = `${this.path}.adapt: data`;
    const counts = new TokenCounts<string>();
    for await (const batch of batchesOf(data, what)) {
      const texts = toTextArray(batch, what);
      this.checkShape(texts.shape.slice(1));
      for (const document of this.documentsOf(texts)) counts.add(document);
    }
    const depth = this.built && this.vocabulary.outputMode !== "int" ? this.vocabulary.depth(this.path) : undefined;
    this.vocabulary.learn(this.path, counts, depth);
    if (this.built && this.vocabulary.outputMode === "tfIdf")
      this.weight("idfWeights").assign(tensor(this.vocabulary.idfWeights(this.path)));
  }

  /**
   * The tokens, each at its index.
   *
   * @param options `includeSpecialTokens`: whether those of masks and unknown tokens are among them; default true.
   * @throws Before there is a vocabulary.
   */
  getVocabulary({ includeSpecialTokens = true }: { readonly includeSpecialTokens?: boolean } = {}): string[] {
    return this.vocabulary.list(this.path, includeSpecialTokens);
  }

  /** How many indices there are: the `inputDim` of an embedding behind this layer. @throws Before there is a vocabulary. */
  vocabularySize(): number {
    return this.vocabulary.firstToken + this.vocabulary.tokens(this.path).length;
  }

  protected encode(indices: Tensor): Tensor {
    const idf = this.weights.get("idfWeights");
    return this.vocabulary.encode(this.path, indices, idf);
  }

  override adapted(): Configuration | undefined {
    return this.vocabulary.adapted();
  }

  override restoreAdapted(options: Configuration): void {
    this.vocabulary.restore(this.path, options);
  }

  override config(): Configuration {
    return { ...super.config(), ...this.vocabulary.config() };
  }
}

function batchesOf(data: AdaptTexts, what: string): Iterable<NestedText> | AsyncIterable<NestedText> {
  if (typeof data === "string") throw new TypeError(`${what} is ${describe(data)}, expected an array of texts`);
  if (isArray(data)) return [data];
  if (typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data))
    return data;
  throw new TypeError(
    `${what} is ${describe(data)}, expected an array of texts, or something to iterate for such arrays`,
  );
}

function isArray(data: AdaptTexts): data is readonly NestedText[] {
  return Array.isArray(data);
}
