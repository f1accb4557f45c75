"""Golden values made by Keras on TensorFlow: layers of volumes, adaptive pooling, transposed convolutions.

Every layer is run forward, then backward from a given gradient of its output. Run with `python make_keras_spatial.py`.
"""

from golden import camel_keys, values
from make_keras import add_layer, file, layers


def add_variants(cases, first_seed, kind, make, variants):
    for seed, (name, (shape, options)) in enumerate(variants.items(), first_seed):
        add_layer(cases, f"{kind}, {name}", make(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))


def make_convolution():
    cases = file("convolution3d")
    add_variants(cases, 6000, "conv3d", layers.Conv3D, {
        "valid": ((2, 3, 4, 3, 2), dict(filters=3, kernel_size=(2, 3, 2))),
        "same": ((1, 3, 4, 3, 2), dict(filters=2, kernel_size=(3, 2, 3), padding="same")),
        "same, strides 2, 1, 3": ((1, 5, 3, 4, 2), dict(filters=2, kernel_size=(3, 3, 2), strides=(2, 1, 3), padding="same")),
        "valid, strides 2, slices left over": ((1, 4, 5, 4, 1), dict(filters=2, kernel_size=(2, 2, 2), strides=(2, 2, 2))),
        "valid, dilation 2, 1, 3": ((1, 5, 3, 5, 2), dict(filters=2, kernel_size=(3, 2, 2), dilation_rate=(2, 1, 3))),
        "same, dilation 2": ((1, 4, 3, 5, 1), dict(filters=2, kernel_size=(2, 3, 2), dilation_rate=(2, 2, 2), padding="same")),
        "same, kernel deeper than the volume": ((1, 2, 3, 2, 1), dict(filters=2, kernel_size=(5, 1, 3), padding="same")),
        "one tap along the depth, strides 2": ((1, 4, 3, 3, 2), dict(filters=2, kernel_size=(1, 2, 2), strides=(2, 1, 1))),
        "without bias, relu": ((1, 3, 3, 3, 2), dict(filters=3, kernel_size=(2, 2, 2), use_bias=False, activation="relu")),
        "valid, groups 2": ((1, 3, 3, 2, 4), dict(filters=4, kernel_size=(2, 2, 2), groups=2)),
        "same, groups 3, strides 2": ((1, 3, 4, 3, 3), dict(filters=6, kernel_size=(3, 2, 2), groups=3, strides=(2, 2, 2), padding="same")),
    })
    add_variants(cases, 6050, "conv3dTranspose", layers.Conv3DTranspose, {
        "valid": ((1, 2, 3, 2, 2), dict(filters=2, kernel_size=(2, 3, 2))),
        "valid, strides 2": ((1, 2, 2, 3, 2), dict(filters=2, kernel_size=(3, 2, 3), strides=(2, 2, 2))),
        "valid, strides wider than the kernel": ((1, 2, 2, 2, 1), dict(filters=2, kernel_size=(2, 1, 2), strides=(3, 2, 3))),
        "same, strides 2, 1, 3": ((1, 2, 3, 2, 2), dict(filters=2, kernel_size=(3, 3, 4), strides=(2, 1, 3), padding="same")),
        "valid, strides 2, output padding 1": ((1, 2, 2, 2, 1), dict(filters=2, kernel_size=(2, 3, 3), strides=(2, 2, 2), output_padding=(1, 1, 1))),
        "same, strides 3, output padding 1": ((1, 2, 2, 2, 1), dict(filters=1, kernel_size=(3, 3, 3), strides=(3, 3, 3), padding="same", output_padding=(1, 1, 1))),
        "without bias, tanh": ((1, 2, 2, 2, 2), dict(filters=3, kernel_size=(2, 2, 2), use_bias=False, activation="tanh")),
    })
    add_variants(cases, 6080, "conv2dTranspose", layers.Conv2DTranspose, {
        "valid": ((2, 3, 4, 3), dict(filters=2, kernel_size=(3, 2))),
        "valid, strides wider than the kernel": ((1, 3, 2, 2), dict(filters=2, kernel_size=(2, 2), strides=(3, 3))),
        "same, strides 2": ((1, 3, 4, 2), dict(filters=2, kernel_size=(4, 3), strides=(2, 2), padding="same")),
        "same, strides 2 by 3, output padding": ((1, 3, 3, 2), dict(filters=2, kernel_size=(3, 5), strides=(2, 3), padding="same", output_padding=(0, 1))),
        "valid, strides 2, output padding 1": ((1, 3, 3, 2), dict(filters=2, kernel_size=(3, 2), strides=(2, 2), output_padding=(1, 1))),
    })
    add_variants(cases, 6100, "conv1dTranspose", layers.Conv1DTranspose, {
        "valid": ((2, 4, 3), dict(filters=2, kernel_size=3)),
        "valid, strides 3": ((1, 4, 2), dict(filters=2, kernel_size=2, strides=3)),
        "same, strides 2": ((1, 5, 2), dict(filters=3, kernel_size=4, strides=2, padding="same")),
        "same, strides 2, output padding 1": ((1, 4, 2), dict(filters=2, kernel_size=3, strides=2, padding="same", output_padding=1)),
        "valid, relu": ((1, 4, 2), dict(filters=2, kernel_size=3, activation="relu")),
    })
    cases.write()


def make_channelwise():
    cases = file("channelwise-convolution1d")
    add_variants(cases, 6150, "depthwiseConv1d", layers.DepthwiseConv1D, {
        "valid": ((2, 6, 3), dict(kernel_size=3)),
        "same, strides 2, multiplier 2, relu": ((1, 7, 2), dict(kernel_size=3, strides=2, padding="same", depth_multiplier=2, activation="relu")),
        "valid, dilation 2, without bias": ((1, 7, 2), dict(kernel_size=3, dilation_rate=2, use_bias=False)),
    })
    add_variants(cases, 6170, "separableConv1d", layers.SeparableConv1D, {
        "valid": ((2, 6, 3), dict(filters=4, kernel_size=3)),
        "same, strides 2, multiplier 2, tanh": ((1, 7, 2), dict(filters=3, kernel_size=2, strides=2, padding="same", depth_multiplier=2, activation="tanh")),
        "valid, dilation 2": ((1, 7, 2), dict(filters=3, kernel_size=3, dilation_rate=2)),
    })
    cases.write()


def make_pooling():
    cases = file("pooling3d")
    variants = {
        "2": ((2, 4, 2, 6, 2), dict(pool_size=2)),
        "2, odd sizes": ((1, 3, 5, 3, 2), dict(pool_size=2)),
        "2, odd sizes, same": ((1, 3, 5, 3, 2), dict(pool_size=2, padding="same")),
        "3, 2, 1, strides 2, 1, 2": ((1, 5, 3, 4, 2), dict(pool_size=(3, 2, 1), strides=(2, 1, 2))),
        "3, strides 2, same": ((1, 5, 4, 3, 2), dict(pool_size=3, strides=2, padding="same")),
        "2, 3, 2, strides 1, same": ((1, 3, 4, 2, 1), dict(pool_size=(2, 3, 2), strides=1, padding="same")),
    }
    for kind, pooling in (("maxPooling3d", layers.MaxPooling3D), ("averagePooling3d", layers.AveragePooling3D)):
        add_variants(cases, 6200, kind, pooling, variants)
    for kind, pooling in (("globalAveragePooling3d", layers.GlobalAveragePooling3D), ("globalMaxPooling3d", layers.GlobalMaxPooling3D)):
        for keepdims in (False, True):
            add_layer(cases, f"{kind}, keepDims {str(keepdims).lower()}", pooling(keepdims=keepdims), values(6250, 2, 2, 3, 2, 2), 6250,
                      dict(layer=kind, keepDims=keepdims))
    cases.write()


def make_adaptive():
    cases = file("adaptive-pooling")
    lines = {
        "7 to 3": ((2, 7, 2), dict(output_size=3)),
        "6 to 2": ((1, 6, 3), dict(output_size=2)),
        "10 to 4": ((1, 10, 2), dict(output_size=4)),
        "3 to 5": ((1, 3, 2), dict(output_size=5)),
        "5 to 1": ((1, 5, 2), dict(output_size=1)),
    }
    images = {
        "6 by 5 to 4 by 3": ((1, 6, 5, 2), dict(output_size=(4, 3))),
        "4 by 6 to 2": ((2, 4, 6, 2), dict(output_size=2)),
        "3 by 7 to 1 by 7": ((1, 3, 7, 2), dict(output_size=(1, 7))),
    }
    volumes = {
        "3, 4, 5 to 2, 2, 3": ((1, 3, 4, 5, 2), dict(output_size=(2, 2, 3))),
        "2, 4, 3 to 2": ((1, 2, 4, 3, 2), dict(output_size=2)),
    }
    for kind, pooling in (("Average", (layers.AdaptiveAveragePooling1D, layers.AdaptiveAveragePooling2D, layers.AdaptiveAveragePooling3D)),
                          ("Max", (layers.AdaptiveMaxPooling1D, layers.AdaptiveMaxPooling2D, layers.AdaptiveMaxPooling3D))):
        for rank, (make, variants) in enumerate(zip(pooling, (lines, images, volumes)), 1):
            # Where an axis has a single bin, TensorFlow's gradient of the maximum holds memory that nobody wrote.
            if kind == "Max":
                variants = {name: variant for name, variant in variants.items() if name not in ("5 to 1", "3 by 7 to 1 by 7")}
            add_variants(cases, 6300 + 10 * rank, f"adaptive{kind}Pooling{rank}d", make, variants)
    cases.write()


def make_rearranging():
    cases = file("rearranging3d")
    variants = {
        "zeroPadding3d": (layers.ZeroPadding3D, (1, 2, 3, 2, 2), [dict(), dict(padding=(0, 1, 2)), dict(padding=((0, 1), (2, 0), (1, 1)))]),
        "cropping3d": (layers.Cropping3D, (1, 4, 3, 5, 2), [dict(), dict(cropping=(1, 0, 2)), dict(cropping=((1, 0), (0, 2), (2, 1)))]),
        "upSampling3d": (layers.UpSampling3D, (1, 2, 1, 3, 2), [dict(), dict(size=(1, 3, 2))]),
    }
    # Not bicubic: TensorFlow rounds its weights to a table of 1024 steps.
    variants["upSampling2d"] = (layers.UpSampling2D, (1, 3, 2, 2), [
        dict(size=(2, 3), interpolation=interpolation) for interpolation in ("nearest", "bilinear", "lanczos3", "lanczos5")
    ])
    for seed, (kind, (make, shape, list_of_options)) in enumerate(variants.items(), 6400):
        for options in list_of_options:
            name = ", ".join([kind, *(f"{key} {value}" for key, value in options.items())])
            add_layer(cases, name, make(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    cases.write()


if __name__ == "__main__":
    make_convolution()
    make_channelwise()
    make_pooling()
    make_adaptive()
    make_rearranging()
