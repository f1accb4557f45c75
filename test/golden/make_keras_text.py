"""Golden values made by Keras on TensorFlow: layers that look up texts and integers, with given vocabularies or adapted to data.

Run with `python make_keras_text.py`.
"""

import numpy as np
from golden import camel, camel_keys
from make_keras import file, layers

MODES = {"standardize", "split", "outputMode"}

WORDS = [["red", "green"], ["blue", "red"], ["", "pink"], ["red", "red"], ["ärger", "green"], ["\U0001f600", "\uff5a"]]
QUERIES = [["red", "blue"], ["", "purple"], ["pink", "pink"], ["green", "\U0001f600"]]
NUMBERS = [[3, 1, 3], [7, 0, -4], [3, 7, 7], [2, 2, 9]]
NUMBER_QUERIES = [[3, 7, 0], [5, -4, -5], [1, 1, 100]]
SENTENCES = [
    "The cat sat on the mat.",
    "A dog; a CAT, and the dog's bone!",
    "  Sitting\tcats\nand   dogs -- don't bark  ",
    "",
    "the end? The end.",
]
SENTENCE_QUERIES = ["The dog sat on the cat", "", "an unknown END, the end", "cat cat cat the the, of of"]


def camel_options(options):
    """Keras's options as Rappel writes them."""
    return {key: camel(value) if key in MODES and isinstance(value, str) else list(value) if isinstance(value, tuple) else value
            for key, value in camel_keys(options).items()}


def add(cases, kind, name, make, queries, options, data=None):
    layer = make(**options)
    if data is not None:
        layer.adapt(data)
    output = np.asarray(layer(np.array(queries)))
    inputs = dict(queries=queries) if data is None else dict(queries=queries, data=data)
    outputs = dict(output=output)
    if data is not None:
        outputs["vocabulary"] = [token if isinstance(token, str) else int(token) for token in layer.get_vocabulary()]
    cases.add(f"{kind}, {name}", inputs, dict(layer=kind, **camel_options(options)), outputs)


def make_text():
    cases = file("text")
    texts = ["x" * length for length in (0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 100, 127, 128, 129, 200)]
    texts += ["The quick brown fox jumps over the lazy dog"[:length] for length in range(1, 43, 3)] + ["é", "日本語", "\U0001f600 smile"]
    texts += ["".join(chr(33 + (index * index + length) % 90) for index in range(length)) for length in (70, 130, 191, 192, 193, 300)]
    for name, options in {
        "no salt": dict(num_bins=1000003),
        "salt": dict(num_bins=1000003, salt=[1234567, -89]),
        "one salt, mask": dict(num_bins=10, salt=133, mask_value="é"),
        "mask": dict(num_bins=10, mask_value=""),
    }.items():
        add(cases, "hashing", name, layers.Hashing, texts, options)
    for mode in ("one_hot", "multi_hot", "count"):
        add(cases, "hashing", camel(mode), layers.Hashing, QUERIES, dict(num_bins=5, output_mode=mode))

    for mode in ("int", "one_hot", "multi_hot", "count", "tf_idf"):
        for name, options in {
            "adapted": dict(),
            "adapted, mask, three unknown": dict(mask_token="", num_oov_indices=3),
            "adapted, at most 4": dict(max_tokens=4, oov_token="?"),
            "adapted, padded": dict(max_tokens=12, pad_to_max_tokens=True),
        }.items():
            add(cases, "stringLookup", f"{camel(mode)}, {name}", layers.StringLookup, QUERIES, dict(output_mode=mode, **options), WORDS)
    given = dict(vocabulary=["red", "green", "blue"])
    add(cases, "stringLookup", "given", layers.StringLookup, QUERIES, given)
    add(cases, "stringLookup", "given with special tokens", layers.StringLookup, QUERIES,
        dict(vocabulary=["", "[UNK]", "red", "green"], mask_token=""))
    idf = dict(output_mode="tf_idf", idf_weights=[0.5, 1.25, 3.0])
    add(cases, "stringLookup", "given weights", layers.StringLookup, QUERIES, dict(**given, **idf))
    add(cases, "stringLookup", "given weights, padded", layers.StringLookup, QUERIES,
        dict(**given, **idf, max_tokens=7, pad_to_max_tokens=True))

    for mode in ("int", "one_hot", "multi_hot", "count", "tf_idf"):
        for name, options in {
            "adapted": dict(),
            "adapted, mask, three unknown": dict(mask_token=0, num_oov_indices=3),
            "adapted, padded": dict(max_tokens=12, pad_to_max_tokens=True),
        }.items():
            add(cases, "integerLookup", f"{camel(mode)}, {name}", layers.IntegerLookup, NUMBER_QUERIES, dict(output_mode=mode, **options), NUMBERS)
    add(cases, "integerLookup", "inverted", layers.IntegerLookup, [[0, 1, 2], [3, 4, 1]],
        dict(vocabulary=[12, 36, 1138], mask_token=5, oov_token=-7, invert=True))

    vectorize = layers.TextVectorization
    for name, options in {
        "int, 6 tokens": dict(output_sequence_length=6),
        "int, as long as the longest": dict(),
        "int, at most 7 tokens": dict(max_tokens=7, output_sequence_length=4),
        "int, bigrams": dict(ngrams=2, output_sequence_length=12),
        "int, of three and two": dict(ngrams=(3, 2), output_sequence_length=8),
        "int, characters": dict(split="character", output_sequence_length=10),
        "int, lower": dict(standardize="lower", output_sequence_length=6),
        "int, without punctuation": dict(standardize="strip_punctuation", output_sequence_length=6),
        "int, as it is": dict(standardize=None, output_sequence_length=6),
        "multiHot": dict(output_mode="multi_hot"),
        "count": dict(output_mode="count"),
        "count, bigrams, padded": dict(output_mode="count", ngrams=2, max_tokens=40, pad_to_max_tokens=True),
        "tfIdf": dict(output_mode="tf_idf"),
        "tfIdf, at most 6": dict(output_mode="tf_idf", max_tokens=6),
    }.items():
        layer = vectorize(**options)
        layer.adapt(SENTENCES)
        written = {key: "none" if value is None else value for key, value in options.items()}
        cases.add(f"textVectorization, {name}", dict(queries=SENTENCE_QUERIES, data=SENTENCES), dict(layer="textVectorization", **camel_options(written)),
                  dict(output=np.asarray(layer(SENTENCE_QUERIES)), vocabulary=layer.get_vocabulary()))
    cases.write()


if __name__ == "__main__":
    make_text()
