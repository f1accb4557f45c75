/** StringLookup, IntegerLookup, TextVectorization and Hashing: what adapt takes, what is saved, what is refused. */
import { expect, test } from "vitest";
import { tensor } from "../../tensor/tensor.ts";
import * as layers from "../index.ts";
import { compareTexts } from "./texts.ts";

test("adapt ranks by frequency, takes batches one after the other, and replaces what was before", async () => {
  const layer = layers.stringLookup();
  await layer.adapt(["b", "a", "b", "c"]);
  expect(layer.getVocabulary()).toEqual(["[UNK]", "b", "c", "a"]);
  expect(layer.getVocabulary({ includeSpecialTokens: false })).toEqual(["b", "c", "a"]);
  async function* batches() {
    yield ["x", "y"];
    yield ["y"];
  }
  await layer.adapt(batches());
  expect(layer.getVocabulary()).toEqual(["[UNK]", "y", "x"]);
  expect(layer.vocabularySize()).toBe(3);
});

test("indices become texts again", async () => {
  const layer = layers.stringLookup({ vocabulary: ["cat", "dog"], maskToken: "" });
  const indices = layer.transform([
    ["dog", "cow"],
    ["", "cat"],
  ]);
  expect(await indices.array()).toEqual([
    [3, 1],
    [0, 2],
  ]);
  expect(await layer.inverseTransform(indices)).toEqual([
    ["dog", "[UNK]"],
    ["", "cat"],
  ]);
  expect(await layer.inverseTransform([2, 99])).toEqual(["cat", "[UNK]"]);
});

test("integers that are not in the vocabulary give -1 without indices for them, and count nowhere", async () => {
  const options = { vocabulary: [5, 7], numOovIndices: 0 };
  const [indices, counts] = [layers.integerLookup(options), layers.integerLookup({ ...options, outputMode: "count" })];
  for (const layer of [indices, counts]) layer.build([3]);
  expect(await indices.call(tensor([[5, 6, 7]])).array()).toEqual([[0, -1, 1]]);
  expect(await counts.call(tensor([[5, 6, 5]])).array()).toEqual([[2, 0]]);
});

test("functions of one's own standardize and split, and are saved by name", async () => {
  const standardize = layers.registerStandardizer("withoutTags", (text) => text.replaceAll(/<[^>]*>/g, " "));
  const split = layers.registerSplitter("commas", (text) => text.split(","));
  const layer = layers.textVectorization({ standardize, split, vocabulary: ["a ", "b"] });
  expect(await layer.transform(["a<br>,b,c"]).array()).toEqual([[2, 3, 1]]);
  const config = JSON.parse(JSON.stringify(layer.config()));
  expect(config).toMatchObject({ standardize: "withoutTags", split: "commas" });
  const copy = layers.textVectorization(config);
  expect(await copy.transform(["a<br>,b,c"]).array()).toEqual([[2, 3, 1]]);
  const unnamed = layers.textVectorization({ split: (text) => [text], vocabulary: ["a"], name: "t" });
  expect(() => unnamed.config()).toThrow(
    "t: split is a function without a name, which a saved model cannot hold; register it here and where the model is loaded: " +
      'layers.registerSplitter("name", …)',
  );
  const wrong = layers.textVectorization({
    split: () => JSON.parse("[1]"),
    vocabulary: ["a"],
    name: "w",
  });
  expect(() => wrong.transform(["a"])).toThrow("w: split gave [1], expected an array of texts");
  expect(() => layers.registerSplitter("commas", (text) => [text])).toThrow(
    'registerSplitter: another function is registered as "commas" already',
  );
});

test("Unicode has small letters beyond a to z, and an order by code points", async () => {
  const layer = layers.textVectorization({ vocabulary: ["über"] });
  expect(await layer.transform(["ÜBER\u00a0Über"]).array()).toEqual([[2, 2]]);
  expect(["\u{1f600}", "\uff5a", "z", "za", ""].sort(compareTexts)).toEqual(["", "z", "za", "\uff5a", "\u{1f600}"]);
});

test("a built layer adapts again where its vectors keep their length", async () => {
  const layer = layers.stringLookup({ outputMode: "tfIdf", maxTokens: 3, padToMaxTokens: true, name: "l" });
  await layer.adapt([["a", "b"], ["a", "a"]]); // biome-ignore format: one line
  layer.build([2]);
  const before = await layer.transform([["a", "b"]]).data();
  await layer.adapt([["b", "b"], ["a", "b"], ["b", "b"]]); // biome-ignore format: one line
  expect(layer.getVocabulary()).toEqual(["[UNK]", "b", "a"]);
  expect(await layer.transform([["a", "b"]]).data()).not.toEqual(before);
  const fixed = layers.stringLookup({ outputMode: "count", name: "f" });
  await fixed.adapt(["a", "b"]);
  fixed.build([1]);
  await expect(fixed.adapt(["a"])).rejects.toThrow(
    "f: is built for a vocabulary of 3 tokens, and these data have 2; call adapt before the model is built, or give maxTokens",
  );
});

test("adapt refuses what it cannot use", async () => {
  await expect(layers.stringLookup({ vocabulary: ["a"], name: "s" }).adapt(["b"])).rejects.toThrow(
    "s: was made with a vocabulary; make it without one to take it from data",
  );
  await expect(layers.textVectorization({ name: "t" }).adapt(["", "!"])).rejects.toThrow(
    "t: cannot adapt to data without any token",
  );
  await expect(layers.textVectorization({ name: "t" }).adapt("one text")).rejects.toThrow(
    't.adapt: data is "one text", expected an array of texts',
  );
  await expect(layers.textVectorization({ name: "t" }).adapt(JSON.parse("[1]"))).rejects.toThrow(
    "t.adapt: data[0] is 1, expected a text",
  );
  await expect(layers.integerLookup({ name: "i" }).adapt(tensor([1, 0.5]))).rejects.toThrow(
    "i: the data hold 0.5 in example 1 (counted from 0), expected integers",
  );
  const built = layers.integerLookup({ name: "b" });
  await built.adapt(tensor([1, 2]));
  built.build([]);
  await expect(built.adapt(tensor([1]))).rejects.toThrow("b: is built for its vocabulary already");
});

test("wrong options say what was expected", () => {
  expect(() => layers.stringLookup({ vocabulary: ["a", "b", "a"] })).toThrow('stringLookup: vocabulary has "a" twice');
  expect(() => layers.stringLookup({ vocabulary: [] })).toThrow(
    "stringLookup: vocabulary is [], expected an array of texts",
  );
  expect(() => layers.stringLookup({ vocabulary: ["a", ""], maskToken: "" })).toThrow(
    'vocabulary has the mask token "" among the tokens; leave it out, or begin with ["", "[UNK]"]',
  );
  expect(() => layers.stringLookup({ vocabulary: ["a", "b"], maxTokens: 2 })).toThrow(
    "stringLookup: vocabulary has 2 tokens, with the special ones 3, but maxTokens is 2",
  );
  expect(() => layers.stringLookup({ vocabulary: ["a"], outputMode: "tfIdf" })).toThrow(
    'idfWeights are missing, which a given vocabulary needs for outputMode "tfIdf"',
  );
  expect(() => layers.stringLookup({ vocabulary: ["a"], idfWeights: [1] })).toThrow(
    'idfWeights are given, which are for outputMode "tfIdf" alone, but it is "int"',
  );
  expect(() => layers.stringLookup({ padToMaxTokens: true })).toThrow("there is no maxTokens to pad to");
  expect(() => layers.stringLookup(JSON.parse('{ "invert": true }'))).toThrow(
    "stringLookup: has no option invert, for texts are no tensors; inverseTransform(indices) gives their texts",
  );
  expect(() => layers.stringLookup({ vocabulary: ["a"], numOovIndices: 0, name: "s" }).transform(["a", "b"])).toThrow(
    's.transform: texts has "b" in example 1 (counted from 0), which is not in the vocabulary of s; add it, or give numOovIndices: 1',
  );
  expect(() => layers.integerLookup({ vocabulary: [0.5] })).toThrow(
    "integerLookup: vocabulary[0] is 0.5, expected one of integers",
  );
  expect(() => layers.integerLookup({ invert: true, outputMode: "count" })).toThrow(
    'integerLookup: invert is for outputMode "int", but that is "count"',
  );
  expect(() => layers.textVectorization({ outputMode: "count", outputSequenceLength: 3 })).toThrow(
    'outputSequenceLength is for outputMode "int", but that is "count"',
  );
  expect(() => layers.textVectorization({ ngrams: 0 })).toThrow(
    "textVectorization: ngrams is 0, expected an integer of at least 1",
  );
  expect(() => layers.textVectorization({ split: "whitespce" })).toThrow(
    'textVectorization: split: no function is registered as "whitespce", did you mean "whitespace"?',
  );
  expect(() => layers.textVectorization(JSON.parse('{ "outputMode": "tf_idf" }'))).toThrow(
    'textVectorization: outputMode is "tf_idf", did you mean "tfIdf"?',
  );
  expect(() => layers.hashing({ numBins: 0 })).toThrow("hashing: numBins is 0, expected an integer of at least 1");
});
