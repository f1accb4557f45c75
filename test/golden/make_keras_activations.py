"""Golden values made by Keras on TensorFlow: the rarer activations, their values and slopes. Run with `python make_keras_activations.py`."""

import numpy as np
import tensorflow as tf
from golden import ACTIVATION_GRID, camel, values
from make_keras import activations, file

NAMES = "celu hard_shrink hard_silu hard_tanh soft_shrink sparse_plus sparse_sigmoid squareplus tanh_shrink log_sigmoid".split()


def main():
    cases = file("activations-more")
    for name in NAMES:
        # At these kinks Keras takes other slopes than PyTorch, which Rappel follows.
        kinks = dict(celu=[0], hard_tanh=[-1, 1]).get(name, [])
        grid = np.where(np.isin(ACTIVATION_GRID, kinks), np.float32(0.125), ACTIVATION_GRID)
        x, output_gradient = tf.Variable(grid), values(32, *grid.shape)
        with tf.GradientTape() as tape:
            y = activations.get(name)(x)
        gradient = tape.gradient(y, x, output_gradients=tf.constant(output_gradient))
        cases.add(camel(name), dict(input=grid, outputGradient=output_gradient), dict(activation=camel(name)),
                  dict(output=tf.convert_to_tensor(y).numpy(), gradients=dict(input=gradient.numpy())))
    cases.write()


main()
