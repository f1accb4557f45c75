"""Golden values made by Keras on TensorFlow: preprocessing layers, whose state is given or adapted to data.

Run with `python make_keras_preprocessing.py`.
"""

import numpy as np
from golden import camel, camel_keys, values
from make_keras import file, layers


def camel_mode(options):
    """Keras's options as Rappel writes them, with "one_hot" as "oneHot"."""
    return {key: camel(value) if key == "outputMode" else value for key, value in camel_keys(options).items()}


def add(cases, name, kind, make, x, options, data=None):
    layer = make(**options)
    if data is not None:
        layer.adapt(data)
    output = np.asarray(layer(x))
    inputs = dict(input=x) if data is None else dict(input=x, data=data)
    cases.add(f"{kind}, {name}", inputs, dict(layer=kind, **camel_mode(options)), dict(output=output))


def make_preprocessing():
    cases = file("preprocessing")
    x, data = values(5600, 3, 2, 4), values(5601, 6, 2, 4, scale=3, shift=2)
    constant = data.copy()
    constant[..., 1] = 7
    for name, options in {"last axis": dict(), "axes 1 and 2": dict(axis=[1, 2]), "one for all": dict(axis=None)}.items():
        written = dict(axis=[]) if "axis" in options and options["axis"] is None else options
        layer = layers.Normalization(**options)
        layer.adapt(data)
        cases.add(f"normalization, adapted, {name}", dict(input=x, data=data), dict(layer="normalization", **written),
                  dict(output=np.asarray(layer(x))))
    add(cases, "adapted to a feature that never varies", "normalization", layers.Normalization, x, dict(), constant)
    statistics = dict(mean=[1.0, 0.5, -1.0, 2.0], variance=[4.0, 0.25, 1.0, 9.0])
    add(cases, "given", "normalization", layers.Normalization, x, statistics)
    add(cases, "given, inverted", "normalization", layers.Normalization, x, dict(invert=True, **statistics))

    random = np.random.default_rng(5610)
    for mode in ("multi_hot", "count", "one_hot"):
        options = dict(num_tokens=5, output_mode=mode)
        add(cases, camel(mode), "categoryEncoding", layers.CategoryEncoding, random.integers(0, 5, (4, 3)), options)
        add(cases, f"{camel(mode)}, one index a sample", "categoryEncoding", layers.CategoryEncoding, random.integers(0, 5, (4, 1)), options)

    numbers = np.array([[-5, 0, 0.25], [0.5, 1, 9], [-0.125, 0.75, 1.5]], np.float32)
    for mode in ("int", "one_hot", "multi_hot", "count"):
        options = dict(bin_boundaries=[0.0, 0.5, 1.0], output_mode=mode)
        add(cases, camel(mode), "discretization", layers.Discretization, numbers, options)
    cases.write()


if __name__ == "__main__":
    make_preprocessing()
