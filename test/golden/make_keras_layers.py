"""Golden values made by Keras on TensorFlow: layers on sequences, normalization, rectifiers and separable convolutions.

Every layer is run forward, then backward from a given gradient of its output. Run with `python make_keras_layers.py`.
"""

from golden import camel_keys, values
from make_keras import add_layer, file, layers


def make_convolution1d():
    cases = file("convolution1d")
    variants = {
        "valid": ((2, 6, 3), dict(filters=4, kernel_size=3)),
        "same": ((2, 6, 3), dict(filters=4, kernel_size=3, padding="same")),
        "same, even kernel": ((1, 6, 2), dict(filters=3, kernel_size=4, padding="same")),
        "same, strides 2, even length": ((1, 8, 2), dict(filters=3, kernel_size=3, strides=2, padding="same")),
        "same, strides 2, odd length": ((1, 7, 2), dict(filters=3, kernel_size=3, strides=2, padding="same")),
        "same, kernel longer than the sequence": ((1, 2, 2), dict(filters=2, kernel_size=5, padding="same")),
        "valid, strides 3, steps left over": ((1, 9, 2), dict(filters=2, kernel_size=2, strides=3)),
        "valid, dilation 2": ((1, 8, 2), dict(filters=3, kernel_size=3, dilation_rate=2)),
        "causal": ((2, 6, 2), dict(filters=3, kernel_size=3, padding="causal")),
        "causal, dilation 3": ((1, 8, 2), dict(filters=3, kernel_size=2, dilation_rate=3, padding="causal")),
        "causal, strides 2": ((1, 7, 2), dict(filters=2, kernel_size=3, strides=2, padding="causal")),
        "valid, groups 2": ((2, 5, 4), dict(filters=6, kernel_size=3, groups=2)),
        "without bias, relu": ((1, 5, 2), dict(filters=3, kernel_size=3, use_bias=False, activation="relu")),
        "many channels": ((1, 5, 9), dict(filters=11, kernel_size=3, padding="same", activation="tanh")),
    }
    for seed, (name, (shape, options)) in enumerate(variants.items(), 5000):
        add_layer(cases, name, layers.Conv1D(**options), values(seed, *shape), seed, dict(layer="conv1d", **camel_keys(options)))
    cases.write()


def make_separable_convolution():
    cases = file("separable-convolution")
    variants = {
        "valid": ((2, 5, 6, 3), dict(filters=4, kernel_size=(3, 3))),
        "same, strides 2, relu": ((1, 6, 7, 2), dict(filters=3, kernel_size=(3, 3), strides=(2, 2), padding="same", activation="relu")),
        "depth multiplier 2": ((1, 5, 5, 2), dict(filters=3, kernel_size=(3, 2), depth_multiplier=2)),
        "valid, dilation 2, without bias": ((1, 7, 7, 2), dict(filters=3, kernel_size=(3, 3), dilation_rate=(2, 2), use_bias=False)),
    }
    for seed, (name, (shape, options)) in enumerate(variants.items(), 5100):
        add_layer(cases, name, layers.SeparableConv2D(**options), values(seed, *shape), seed,
                  dict(layer="separableConv2d", **camel_keys(options)))
    cases.write()


def make_pooling1d():
    cases = file("pooling1d")
    variants = {
        "2": ((2, 6, 3), dict(pool_size=2)),
        "2, odd length": ((1, 7, 2), dict(pool_size=2)),
        "2, odd length, same": ((1, 7, 2), dict(pool_size=2, padding="same")),
        "3, strides 2": ((1, 8, 2), dict(pool_size=3, strides=2)),
        "3, strides 2, same": ((1, 8, 2), dict(pool_size=3, strides=2, padding="same")),
        "3, strides 1, same": ((1, 5, 2), dict(pool_size=3, strides=1, padding="same")),
        "strides longer than the window": ((1, 8, 2), dict(pool_size=2, strides=3)),
    }
    for kind, pooling in (("maxPooling1d", layers.MaxPooling1D), ("averagePooling1d", layers.AveragePooling1D)):
        for seed, (name, (shape, options)) in enumerate(variants.items(), 5200):
            add_layer(cases, f"{kind}, {name}", pooling(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    for kind, pooling in (("globalAveragePooling1d", layers.GlobalAveragePooling1D), ("globalMaxPooling1d", layers.GlobalMaxPooling1D)):
        for keepdims in (False, True):
            add_layer(cases, f"{kind}, keepDims {str(keepdims).lower()}", pooling(keepdims=keepdims), values(5250, 2, 5, 3), 5250,
                      dict(layer=kind, keepDims=keepdims))
    cases.write()


def make_rearranging():
    cases = file("rearranging")
    variants = {
        "zeroPadding1d": (layers.ZeroPadding1D, (2, 3, 2), [dict(), dict(padding=(0, 2))]),
        "cropping1d": (layers.Cropping1D, (2, 5, 2), [dict(), dict(cropping=(0, 3))]),
        "cropping2d": (layers.Cropping2D, (1, 4, 5, 2), [dict(), dict(cropping=1), dict(cropping=(1, 2)), dict(cropping=((1, 0), (2, 1)))]),
        "upSampling1d": (layers.UpSampling1D, (2, 3, 2), [dict(), dict(size=3)]),
        "permute": (layers.Permute, (2, 3, 4, 2), [dict(dims=(3, 1, 2)), dict(dims=(2, 1, 3))]),
        "repeatVector": (layers.RepeatVector, (2, 4), [dict(n=3)]),
    }
    for seed, (kind, (make, shape, list_of_options)) in enumerate(variants.items(), 5300):
        for options in list_of_options:
            name = ", ".join([kind, *(f"{key} {value}" for key, value in options.items())])
            add_layer(cases, name, make(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    cases.write()


def make_normalization():
    cases = file("normalization")
    group = {
        "groups 3, images": ((2, 3, 2, 6), dict(groups=3, epsilon=1e-3)),
        "a group for each channel": ((2, 4, 3), dict(groups=-1, epsilon=1e-5)),
        "one group": ((2, 3, 4), dict(groups=1, epsilon=1e-3)),
        "features without other axes": ((3, 8), dict(groups=2, epsilon=1e-3)),
        "without gamma": ((2, 3, 4), dict(groups=2, scale=False)),
        "without beta": ((2, 3, 4), dict(groups=2, center=False)),
    }
    for seed, (name, (shape, options)) in enumerate(group.items(), 5400):
        add_layer(cases, f"groupNormalization, {name}", layers.GroupNormalization(**options), values(seed, *shape), seed,
                  dict(layer="groupNormalization", **camel_keys(options)))
    rms = {"features": ((3, 6), dict()), "sequences, epsilon 0.1": ((2, 3, 5), dict(epsilon=0.1))}
    for seed, (name, (shape, options)) in enumerate(rms.items(), 5420):
        add_layer(cases, f"rmsNormalization, {name}", layers.RMSNormalization(**options), values(seed, *shape), seed,
                  dict(layer="rmsNormalization", **options))
    unit = {"last axis": ((3, 5), dict()), "axis 1": ((2, 3, 4), dict(axis=1)), "axes 1 and 2": ((2, 3, 4), dict(axis=[1, 2]))}
    for seed, (name, (shape, options)) in enumerate(unit.items(), 5430):
        add_layer(cases, f"unitNormalization, {name}", layers.UnitNormalization(**options), values(seed, *shape), seed,
                  dict(layer="unitNormalization", **options))
    cases.write()


def make_rectifiers():
    cases = file("rectifiers")
    variants = {
        "elu": (layers.ELU, (3, 5), [dict(), dict(alpha=0.5)]),
        "leakyReLU": (layers.LeakyReLU, (3, 5), [dict(), dict(negative_slope=0.1)]),
        "reLU": (layers.ReLU, (3, 5), [dict(), dict(max_value=1, negative_slope=0.2, threshold=0.3)]),
        "softmax": (layers.Softmax, (2, 3, 4), [dict(), dict(axis=1)]),
    }
    for seed, (kind, (make, shape, list_of_options)) in enumerate(variants.items(), 5500):
        for options in list_of_options:
            name = ", ".join([kind, *(f"{key} {value}" for key, value in options.items())])
            add_layer(cases, name, make(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    add_layer(cases, "pReLU", layers.PReLU(), values(5520, 3, 5), 5520, dict(layer="pReLU"))
    add_layer(cases, "pReLU, one slope a channel", layers.PReLU(shared_axes=[1, 2]), values(5521, 2, 3, 2, 4), 5521,
              dict(layer="pReLU", sharedAxes=[1, 2]))
    cases.write()


if __name__ == "__main__":
    make_convolution1d()
    make_separable_convolution()
    make_pooling1d()
    make_rearranging()
    make_normalization()
    make_rectifiers()
