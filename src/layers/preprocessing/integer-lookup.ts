/**
 * IntegerLookup turns integers, such as the numbers of customers, into their indices in a vocabulary, or into vectors of them:
 *
 *   int:                        out[b, ...] = the index of in[b, ...]; inverted, the integer of the index in[b, ...]
 *   oneHot, multiHot, count:    as CategoryEncoding makes them of the indices
 *   tfIdf:                      counts times the tokens' weights
 *
 * Input whole numbers `[batch, ...]`, output int32 of the same shape or float32 vectors; the state `vocabulary` `[tokens]` is
 * saved with the weights. Index 0 is the mask's, if there is a mask token and the output is indices; then come the indices of
 * unknown integers, then those of known ones. Unlike texts, integers are looked up on the device, anywhere in a model.
 */
import { checkBoolean, checkInteger, describe } from "../../graph/options.ts";
import type { Configuration } from "../../graph/registry.ts";
import { formatShape, type Shape } from "../../graph/shape.ts";
import { add, cast, equal, greaterEqual, less, logicalAnd, mod, subtract, where } from "../../ops/elementwise.ts";
import { gather } from "../../ops/linear.ts";
import { expandDims } from "../../ops/movement.ts";
import { max } from "../../ops/reduce.ts";
import { iota } from "../../tensor/creation.ts";
import { type Tensor, tensor } from "../../tensor/tensor.ts";
import { Variable } from "../../tensor/variable.ts";
import { checkLayerOptions, Layer, type LayerOptions } from "../layer.ts";
import { TokenCounts } from "./token-counts.ts";
import { Vocabulary, type VocabularyOptions, vocabularyOptionNames } from "./vocabulary.ts";

export interface IntegerLookupOptions extends LayerOptions, VocabularyOptions<number> {
  /** How many indices unknown integers share, by their remainder; with 0 they become -1, which counts nowhere; default 1. */
  numOovIndices?: number;
  /** An integer that fills places and means nothing: index 0, or nothing in vectors; default none. */
  maskToken?: number;
  /** What the vocabulary lists for unknown integers, and what an inverted layer gives for their indices; default -1. */
  oovToken?: number;
  /** Whether to turn indices into integers instead; default false. */
  invert?: boolean;
}

/** Integers as indices. Made by `integerLookup`. */
export class IntegerLookup extends Layer {
  static readonly className = "integerLookup";
  readonly className = IntegerLookup.className;
  readonly invert: boolean;
  readonly #vocabulary: Vocabulary<number>;

  constructor(options: IntegerLookupOptions = {}) {
    checkLayerOptions("integerLookup", options, {
      ...vocabularyOptionNames,
      numOovIndices: true,
      maskToken: true,
      oovToken: true,
      invert: true,
    });
    super("integerLookup", options);
    const { numOovIndices = 1, maskToken, oovToken = -1, invert = false } = options;
    if (maskToken !== undefined) checkInteger("integerLookup", "maskToken", maskToken);
    checkInteger("integerLookup", "oovToken", oovToken);
    checkBoolean("integerLookup", "invert", invert);
    const special = { numOovIndices, maskToken, oovToken };
    this.#vocabulary = new Vocabulary("integerLookup", options, special, (a, b) => a - b);
    if (invert && this.#vocabulary.outputMode !== "int")
      throw new TypeError(
        `integerLookup: invert is for outputMode "int", but that is "${this.#vocabulary.outputMode}"; leave one out`,
      );
    this.invert = invert;
  }

  override build(inputShape: Shape): void {
    const tokens = this.#vocabulary.tokens(this.path);
    super.build(inputShape);
    const frozen = { trainable: false };
    this.addVariable("vocabulary", new Variable(tensor(Int32Array.from(tokens)), frozen));
    if (this.#vocabulary.outputMode === "tfIdf")
      this.addVariable("idfWeights", new Variable(tensor(this.#vocabulary.idfWeights(this.path)), frozen));
  }

  /**
   * Takes the vocabulary from data: the integers by how often they occur, the most frequent first. Give it the data that are
   * trained on and no others. In place of what it adapted to before.
   *
   * @param data Examples, `[examples, ...]`
   * @throws If the layer was made with a vocabulary, is built already, or there are no integers.
   */
  async adapt(data: Tensor): Promise<void> {
    if (this.#vocabulary.isGiven)
      throw new Error(`${this.path}: was made with a vocabulary; make it without one to take it from data`);
    if (this.built)
      throw new Error(`${this.path}: is built for its vocabulary already; call adapt before the model is built`);
    if (data.rank === 0 || data.size === 0)
      throw new Error(
        `${this.path}: cannot adapt to data of the shape ${formatShape(data.shape)}; give at least one example`,
      );
    const values = await data.data();
    const size = data.size / (data.shape[0] as number);
    const counts = new TokenCounts<number>();
    for (let start = 0; start < values.length; start += size) {
      const example = Array.from(values.subarray(start, start + size));
      const odd = example.find((value) => !Number.isInteger(value));
      if (odd !== undefined)
        throw new TypeError(
          `${this.path}: the data hold ${describe(odd)} in example ${start / size} (counted from 0), expected integers`,
        );
      counts.add(example);
    }
    this.#vocabulary.learn(this.path, counts);
  }

  /**
   * The integers, each at its index.
   *
   * @param options `includeSpecialTokens`: whether those of masks and unknown integers are among them; default true.
   * @throws Before there is a vocabulary.
   */
  getVocabulary({ includeSpecialTokens = true }: { readonly includeSpecialTokens?: boolean } = {}): number[] {
    return this.#vocabulary.list(this.path, includeSpecialTokens);
  }

  /** How many indices there are: the `inputDim` of an embedding behind this layer. @throws Before there is a vocabulary. */
  vocabularySize(): number {
    return this.#vocabulary.firstToken + this.#vocabulary.tokens(this.path).length;
  }

  call(input: Tensor): Tensor {
    const x = cast(this.checkedInput(input), "int32");
    if (this.invert) return this.#integersAt(x);
    const indices = this.#indicesOf(x);
    return this.#vocabulary.encode(this.path, indices, this.weights.get("idfWeights"));
  }

  #indicesOf(x: Tensor): Tensor {
    const { firstOov, firstToken, special, outputMode } = this.#vocabulary;
    const vocabulary = this.weight("vocabulary");
    const place = add(iota([vocabulary.size]), firstToken);
    const found = max(where(equal(expandDims(x, -1), vocabulary), place, -1), { axis: -1 });
    const { maskToken, numOovIndices } = special;
    const unknown = numOovIndices === 0 ? -1 : numOovIndices === 1 ? firstOov : add(mod(x, numOovIndices), firstOov);
    const indices = where(less(found, 0), unknown, found);
    return maskToken === undefined ? indices : where(equal(x, maskToken), outputMode === "int" ? 0 : -1, indices);
  }

  #integersAt(x: Tensor): Tensor {
    const { firstToken, special } = this.#vocabulary;
    const vocabulary = this.weight("vocabulary");
    const place = subtract(x, firstToken);
    const isToken = logicalAnd(greaterEqual(place, 0), less(place, vocabulary.size));
    const integers = where(isToken, gather(vocabulary, where(isToken, place, 0)), special.oovToken);
    return special.maskToken === undefined ? integers : where(equal(x, 0), special.maskToken, integers);
  }

  override outputShape(inputShape: Shape): Shape {
    this.checkShape(inputShape);
    return this.#vocabulary.encodedShape(this.path, inputShape);
  }

  override adapted(): Configuration | undefined {
    return this.#vocabulary.adapted();
  }

  override restoreAdapted(options: Configuration): void {
    this.#vocabulary.restore(this.path, options);
  }

  override config(): Configuration {
    const { numOovIndices, maskToken, oovToken } = this.#vocabulary.special;
    return {
      ...super.config(),
      ...this.#vocabulary.config(),
      numOovIndices,
      ...(maskToken !== undefined && { maskToken }),
      oovToken,
      invert: this.invert,
    };
  }
}

/**
 * Turns integers into indices, with the vocabulary given or that of the data that `adapt` is called with.
 *
 * @throws If the vocabulary holds an integer twice, is larger than `maxTokens`, or lacks its weights for `"tfIdf"`; and, when it is
 *   built, if there is no vocabulary.
 * @example
 * const layer = layers.integerLookup({ vocabulary: [12, 36, 1138] });
 * layer.build([3]);
 * await layer.call(tensor([[12, 1138, 42]])).array(); // [[1, 3, 0]]
 */
export function integerLookup(options?: IntegerLookupOptions): IntegerLookup {
  return new IntegerLookup(options);
}
