"""Golden values made by Keras on TensorFlow: images in other sizes and colours, with every factor fixed.

Run with `python make_keras_images.py`.
"""

import numpy as np
from golden import camel_keys, values
from make_keras import file, keras, layers

image_ops = keras.ops.image


def pictures(seed, *shape):
    """Images with values in [0, 1] and three decimals."""
    return np.round(np.random.default_rng(seed).uniform(size=shape), 3).astype(np.float32)


def make_resizing():
    cases = file("resizing")
    images = values(5800, 1, 7, 5, 2)
    sizes = {"smaller": (4, 3), "larger": (9, 11), "taller and narrower": (10, 2), "the same": (7, 5)}
    for name, (height, width) in sizes.items():
        for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
            for antialias in (False, True):
                # Without antialias TensorFlow reads its bicubic kernel from a coarse table.
                if (interpolation, antialias) in (("nearest", True), ("bicubic", False)):
                    continue
                output = image_ops.resize(images, (height, width), interpolation=interpolation, antialias=antialias)
                cases.add(f"{name}, {interpolation}{', antialias' if antialias else ''}", dict(images=images),
                          dict(height=height, width=width, interpolation=interpolation, antialias=antialias), dict(output=np.asarray(output)))
    for name, (height, width) in sizes.items():
        for options in (dict(crop_to_aspect_ratio=True), dict(pad_to_aspect_ratio=True, fill_value=0.5)):
            output = layers.Resizing(height, width, **options)(images)
            cases.add(f"{name}, {next(iter(options))}", dict(images=images), dict(height=height, width=width, **camel_keys(options)),
                      dict(output=np.asarray(output)))
    cases.write()


def make_colors():
    cases = file("colors")
    images = pictures(5810, 2, 3, 4, 3)
    images[0, 0, 0] = 0.5  # grey
    images[0, 0, 1] = 0  # black
    images[0, 0, 2] = [1, 0, 0]

    def add(name, output, **options):
        cases.add(name, dict(images=images), options, dict(output=np.asarray(output)))

    add("rgbToHsv", image_ops.rgb_to_hsv(images), operation="rgbToHsv")
    hsv = np.asarray(image_ops.rgb_to_hsv(images))
    cases.add("hsvToRgb", dict(images=hsv), dict(operation="hsvToRgb"), dict(output=np.asarray(image_ops.hsv_to_rgb(hsv))))
    add("rgbToGrayscale", image_ops.rgb_to_grayscale(images), operation="rgbToGrayscale")
    for factor in (0.0, 0.4, 1.7):
        layer = layers.RandomContrast(0.5, value_range=(-100, 100))
        add(f"adjustContrast by {factor}", layer._adjust_contrast(images, factor), operation="adjustContrast", factor=factor)
    for turns in (-0.4, 0.125, 0.5):
        layer = layers.RandomHue(0.5, value_range=(0, 1))
        factors = np.full((2,), turns, np.float32)
        add(f"adjustHue by {turns}", layer.transform_images(images, dict(factor=factors)), operation="adjustHue", factor=turns)
    for factor in (0.0, 0.5, 3.0):
        layer = layers.RandomSaturation(0.5, value_range=(0, 1))
        factors = np.full((2,), factor, np.float32)
        add(f"adjustSaturation by {factor}", layer.transform_images(images, dict(factor=factors)), operation="adjustSaturation", factor=factor)
    cases.write()


def make_image_layers():
    cases = file("image-layers")
    unit = pictures(5820, 2, 6, 5, 3)
    images = np.round(unit * 255, 2).astype(np.float32)

    def add(name, layer, make, images=images, random=False, **options):
        made = make(**options)
        # A range of one number leaves nothing to chance.
        outputs = {mode: np.asarray(made(images, training=mode == "training")) for mode in ["inference"] + ["training"] * random}
        cases.add(f"{layer}, {name}", dict(images=images), dict(layer=layer, **camel_keys(options)), outputs)

    add("lighter", "randomBrightness", layers.RandomBrightness, random=True, factor=[0.25, 0.25])
    add("darker", "randomBrightness", layers.RandomBrightness, random=True, factor=[-0.5, -0.5])
    add("weaker colours", "randomSaturation", layers.RandomSaturation, unit, True, factor=[0.25, 0.25], value_range=[0, 1])
    add("stronger colours", "randomSaturation", layers.RandomSaturation, unit, True, factor=[0.75, 0.75], value_range=[0, 1])
    add("smaller", "centerCrop", layers.CenterCrop, height=3, width=2)
    add("odd margins", "centerCrop", layers.CenterCrop, height=5, width=4)
    add("larger", "centerCrop", layers.CenterCrop, height=9, width=9)
    add("wider than the image", "centerCrop", layers.CenterCrop, height=3, width=8)
    add("0 to 255", "autoContrast", layers.AutoContrast)
    flat = np.round(100 + 20 * unit[:1], 1).astype(np.float32)
    flat[..., 2] = 7
    for name, options, picture in (("0 to 255", dict(), flat), ("0 to 1, 8 bins", dict(value_range=[0, 1], bins=8), unit[:1])):
        # Keras leaves images alone in inference, and counts all images of a batch together.
        output = np.asarray(layers.Equalization(**options)(picture, training=True))
        cases.add(f"equalization, {name}", dict(images=picture), dict(layer="equalization", **camel_keys(options)), dict(inference=output))
    cases.write()


if __name__ == "__main__":
    make_resizing()
    make_colors()
    make_image_layers()
