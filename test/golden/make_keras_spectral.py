"""Golden values made by Keras: SpectralNormalization in training, its output and the singular vector after the call.

Keras stores the divided kernel and takes the gradient for it, so that there is none to compare. Run with
`python make_keras_spectral.py`.
"""

import numpy as np
from golden import values
from make_keras import file, layers


def main():
    cases = file("spectral-normalization")

    def add(name, seed, make, layer, x, iterations):
        wrapper = layers.SpectralNormalization(make, power_iterations=iterations)
        wrapper.build(x.shape)
        inputs = dict(input=x, vectorU=values(seed + 1, wrapper.vector_u.shape[-1]))
        wrapper.vector_u.assign(inputs["vectorU"][None])
        for index, weight in enumerate(make.weights):
            inputs[f"layer/{weight.name}"] = values(seed + 2 + index, *weight.shape)
            weight.assign(inputs[f"layer/{weight.name}"])
        output = np.asarray(wrapper(x, training=True))
        cases.add(name, inputs, dict(layer=layer, powerIterations=iterations),
                  dict(output=output, vectorU=np.asarray(wrapper.vector_u.value)[0]))

    add("dense", 8100, layers.Dense(4), dict(className="dense", config=dict(units=4)), values(8100, 3, 5), 1)
    add("dense, 3 power iterations, relu", 8110, layers.Dense(2, activation="relu"),
        dict(className="dense", config=dict(units=2, activation="relu")), values(8110, 3, 4), 3)
    add("conv2d", 8120, layers.Conv2D(3, 2), dict(className="conv2d", config=dict(filters=3, kernelSize=2)), values(8120, 1, 4, 3, 2), 1)
    add("conv2dTranspose", 8130, layers.Conv2DTranspose(3, 2), dict(className="conv2dTranspose", config=dict(filters=3, kernelSize=2)),
        values(8130, 1, 3, 3, 2), 1)
    add("conv3d", 8140, layers.Conv3D(2, 2), dict(className="conv3d", config=dict(filters=2, kernelSize=2)), values(8140, 1, 3, 2, 2, 2), 2)
    cases.write()


main()
