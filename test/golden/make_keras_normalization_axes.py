"""Golden values made by Keras: layer and RMS normalization along other axes than the last. Run with `python make_keras_normalization_axes.py`."""

from golden import camel_keys, values
from make_keras import add_layer, file, layers

VARIANTS = {
    "axes 1 and 2": ((2, 3, 4), dict(axis=[1, 2])),
    "whole images": ((2, 3, 2, 4), dict(axis=[1, 2, 3], epsilon=1e-5)),
    "axis 1": ((2, 3, 4), dict(axis=1)),
    "the first and the last": ((2, 3, 2, 4), dict(axis=[1, 3])),
    "the one before the last": ((2, 3, 4), dict(axis=-2)),
}


def main():
    cases = file("normalization-axes")
    kinds = {"layerNormalization": layers.LayerNormalization, "rmsNormalization": layers.RMSNormalization}
    for kind, make in kinds.items():
        # Keras 3.15's RMS normalization multiplies by its scale only where that is of the last axes.
        variants = list(VARIANTS.items())[: None if kind == "layerNormalization" else 2]
        for seed, (name, (shape, options)) in enumerate(variants, 5500):
            add_layer(cases, f"{kind}, {name}", make(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    cases.write()


main()
