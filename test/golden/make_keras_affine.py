"""Golden values made by Keras on TensorFlow: images seen through affine maps.

TensorFlow's gradient is that of the inverse map, which is not the exact one, so that none is kept. Run with `python make_keras_affine.py`.
"""

import numpy as np
from golden import values
from make_keras import file, keras

TRANSFORMS = {
    "shifted by whole pixels": [1, 0, -2, 0, 1, 1],
    "shifted by fractions": [1, 0, 0.375, 0, 1, -1.25],
    "turned and shrunk": [1.5, -0.75, 0.5, 0.75, 1.5, -2.25],
    "far outside": [1, 0, 17.25, 0, 1, -23.5],
}


def make_affine():
    cases = file("affine")
    images = values(5700, 2, 5, 6, 2)
    for name, transform in TRANSFORMS.items():
        for fill_mode in ("constant", "nearest", "reflect"):
            # The second image is turned a little more; both have the eight coefficients that Keras wants.
            transforms = np.array([transform, transform], np.float32) + np.array([[0], [1]], np.float32) * [0, 0.125, 0, -0.125, 0, 0]
            transforms = transforms.astype(np.float32)
            output = keras.ops.image.affine_transform(
                images, np.pad(transforms, ((0, 0), (0, 2))), interpolation="bilinear", fill_mode=fill_mode, fill_value=0.5)
            cases.add(f"{name}, {fill_mode}", dict(images=images, transforms=transforms), dict(fillMode=fill_mode, fillValue=0.5),
                      dict(output=output.numpy()))
    cases.write()


if __name__ == "__main__":
    make_affine()
