"""Golden values made by Keras on TensorFlow: layers, activations and losses, with their gradients.

Every layer is run forward, then backward from a given gradient of its output. Run with `python make_keras.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import ACTIVATION_GRID, Cases, camel, camel_keys, values
from keras import activations, layers, losses

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"


def file(topic):
    return Cases(f"{topic}.keras.json", "keras", VERSION)


def differentiate(layer, x, output_gradient_seed, **call_options):
    """Runs a built layer; returns the gradient it was given for its output, and what came of it."""
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = layer(x, **call_options)
    output_gradient = values(output_gradient_seed, *y.shape)
    weights = {camel(weight.name): weight.value for weight in layer.trainable_weights}
    gradients = tape.gradient(y, dict(input=x, **weights), output_gradients=tf.constant(output_gradient))
    return output_gradient, dict(output=y.numpy(), gradients={key: value.numpy() for key, value in gradients.items()})


def add_layer(cases, name, layer, x, seed, options):
    """Gives the layer reproducible weights, runs it forward and backward, and records the case."""
    layer.build(x.shape)
    weights = {}
    for index, weight in enumerate(layer.weights):
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        weights[camel(weight.name)] = values(seed + 500 + index, *weight.shape, scale=fan_in**-0.5)
        weight.assign(weights[camel(weight.name)])
    output_gradient, outputs = differentiate(layer, x, seed + 900)
    cases.add(name, dict(input=x, outputGradient=output_gradient, **weights), options, outputs)


ACTIVATIONS = {
    **{camel(name): name for name in (
        "linear relu leaky_relu relu6 elu selu silu sigmoid tanh softmax log_softmax softplus softsign hard_sigmoid mish exponential gelu"
    ).split()},
    "geluTanh": lambda x: activations.gelu(x, approximate=True),
}


def make_dense():
    cases = file("dense")
    for seed, (name, activation) in enumerate(ACTIVATIONS.items(), 1000):
        layer = layers.Dense(4, activation=activation)
        add_layer(cases, f"activation {name}", layer, values(seed, 3, 5), seed, dict(units=4, activation=name))
    add_layer(cases, "without bias", layers.Dense(3, use_bias=False), values(1050, 4, 6), 1050, dict(units=3, useBias=False))
    add_layer(cases, "on sequences", layers.Dense(3, activation="relu"), values(1051, 2, 4, 5), 1051, dict(units=3, activation="relu"))
    cases.write()


def make_activations():
    cases = file("activations")
    for name, activation in ACTIVATIONS.items():
        grid = np.clip(ACTIVATION_GRID, -20, 20) if name == "exponential" else ACTIVATION_GRID
        x, output_gradient = tf.Variable(grid), values(30, *grid.shape)
        with tf.GradientTape() as tape:
            y = activations.get(activation)(x)
        gradient = tape.gradient(y, x, output_gradients=tf.constant(output_gradient))
        cases.add(name, dict(input=grid, outputGradient=output_gradient), dict(activation=name),
                  dict(output=tf.convert_to_tensor(y).numpy(), gradients=dict(input=gradient.numpy())))
    cases.write()


def make_convolution():
    cases = file("convolution")
    variants = {
        "valid": ((2, 5, 6, 3), dict(filters=4, kernel_size=(3, 3))),
        "same": ((2, 5, 6, 3), dict(filters=4, kernel_size=(3, 3), padding="same")),
        "same, strides 2, even sizes": ((1, 6, 8, 2), dict(filters=3, kernel_size=(3, 3), strides=(2, 2), padding="same")),
        "same, strides 2, odd sizes": ((1, 5, 7, 2), dict(filters=3, kernel_size=(3, 3), strides=(2, 2), padding="same")),
        "same, even kernel": ((1, 5, 6, 2), dict(filters=3, kernel_size=(2, 4), padding="same")),
        "same, kernel 4 by 2, strides 3 by 2": ((1, 8, 7, 2), dict(filters=3, kernel_size=(4, 2), strides=(3, 2), padding="same")),
        "same, kernel larger than the image": ((1, 3, 2, 2), dict(filters=2, kernel_size=(5, 5), padding="same")),
        "same, strides larger than the kernel": ((1, 7, 8, 2), dict(filters=2, kernel_size=(2, 2), strides=(3, 3), padding="same")),
        "valid, strides 2 by 1": ((1, 8, 7, 3), dict(filters=2, kernel_size=(3, 2), strides=(2, 1))),
        "valid, strides 2, rows left over": ((1, 6, 8, 2), dict(filters=2, kernel_size=(3, 3), strides=(2, 2))),
        "valid, dilation 2": ((1, 7, 8, 2), dict(filters=3, kernel_size=(3, 3), dilation_rate=(2, 2))),
        "same, dilation 2 by 3": ((1, 7, 8, 2), dict(filters=3, kernel_size=(3, 3), dilation_rate=(2, 3), padding="same")),
        "valid, groups 2": ((2, 5, 5, 4), dict(filters=6, kernel_size=(3, 3), groups=2)),
        "same, groups 2, strides 2": ((1, 6, 5, 4), dict(filters=4, kernel_size=(3, 3), groups=2, strides=(2, 2), padding="same")),
        "same, one group a channel": ((1, 5, 6, 5), dict(filters=5, kernel_size=(3, 3), groups=5, padding="same")),
        "1 by 1": ((2, 4, 3, 5), dict(filters=4, kernel_size=(1, 1))),
        "1 by 1, strides 2": ((1, 5, 6, 3), dict(filters=4, kernel_size=(1, 1), strides=(2, 2), padding="same")),
        "kernel as large as the image": ((2, 4, 5, 2), dict(filters=3, kernel_size=(4, 5))),
        "without bias, relu": ((1, 5, 5, 2), dict(filters=3, kernel_size=(3, 3), use_bias=False, activation="relu")),
        "same, many channels": ((1, 5, 5, 17), dict(filters=19, kernel_size=(3, 3), padding="same", activation="relu")),
    }
    for seed, (name, (shape, options)) in enumerate(variants.items(), 2000):
        add_layer(cases, name, layers.Conv2D(**options), values(seed, *shape), seed, camel_keys(options))
    cases.write()


def make_pooling():
    cases = file("pooling")
    variants = {
        "2 by 2": ((2, 4, 6, 3), dict(pool_size=(2, 2))),
        "2 by 2, odd sizes": ((1, 5, 7, 2), dict(pool_size=(2, 2))),
        "2 by 2, odd sizes, same": ((1, 5, 7, 2), dict(pool_size=(2, 2), padding="same")),
        "3 by 3, strides 2": ((1, 7, 8, 2), dict(pool_size=(3, 3), strides=(2, 2))),
        "3 by 3, strides 2, same": ((1, 7, 8, 2), dict(pool_size=(3, 3), strides=(2, 2), padding="same")),
        "3 by 3, strides 1, same": ((1, 4, 5, 2), dict(pool_size=(3, 3), strides=(1, 1), padding="same")),
        "2 by 3, strides 3 by 1, same": ((1, 8, 5, 2), dict(pool_size=(2, 3), strides=(3, 1), padding="same")),
        "strides larger than the window": ((1, 7, 8, 2), dict(pool_size=(2, 2), strides=(3, 3))),
    }
    for kind, pooling in (("maxPooling2d", layers.MaxPooling2D), ("averagePooling2d", layers.AveragePooling2D)):
        for seed, (name, (shape, options)) in enumerate(variants.items(), 3000):
            add_layer(cases, f"{kind}, {name}", pooling(**options), values(seed, *shape), seed, dict(layer=kind, **camel_keys(options)))
    below_zero = -np.abs(values(3050, 1, 4, 4, 2)) - 1
    options = dict(pool_size=(3, 3), strides=(2, 2), padding="same")
    for kind, pooling in (("maxPooling2d", layers.MaxPooling2D), ("averagePooling2d", layers.AveragePooling2D)):
        add_layer(cases, f"{kind}, negative input, same", pooling(**options), below_zero, 3050, dict(layer=kind, **camel_keys(options)))
    ties = np.tile(np.array([[1, 1, 0, 2], [1, 1, 2, 2]], np.float32).reshape(1, 2, 4, 1), (1, 2, 1, 2))
    add_layer(cases, "maxPooling2d, equal values", layers.MaxPooling2D(2), ties, 3051, dict(layer="maxPooling2d", poolSize=[2, 2]))
    for kind, pooling in (("globalAveragePooling2d", layers.GlobalAveragePooling2D), ("globalMaxPooling2d", layers.GlobalMaxPooling2D)):
        for keepdims in (False, True):
            add_layer(cases, f"{kind}, keepDims {str(keepdims).lower()}", pooling(keepdims=keepdims), values(3060, 2, 3, 4, 3), 3060,
                      dict(layer=kind, keepDims=keepdims))
    cases.write()


def make_flatten():
    cases = file("flatten")
    for seed, shape in enumerate([(2, 3, 2, 2), (2, 3, 4), (3, 4), (3,)], 3100):
        add_layer(cases, f"rank {len(shape)}", layers.Flatten(), values(seed, *shape), seed, {})
    cases.write()


def make_batch_normalization():
    """Three training batches, with gradients and moving statistics after each, and then inference with what they left."""
    cases = file("batch-normalization")
    variants = {
        "images, momentum 0.99": ((4, 3, 3, 3), dict(momentum=0.99)),
        "images, momentum 0.9": ((4, 3, 3, 3), dict(momentum=0.9)),
        "features, momentum 0.9": ((6, 4), dict(momentum=0.9)),
        "features, epsilon 1e-5, without gamma": ((6, 4), dict(momentum=0.9, epsilon=1e-5, scale=False)),
        "features, without beta": ((6, 4), dict(momentum=0.9, center=False)),
        "a constant feature": ((5, 2), dict(momentum=0.9)),
    }
    for seed, (name, (shape, options)) in enumerate(variants.items(), 4000):
        layer = layers.BatchNormalization(**options)
        layer.build(shape)
        weights = {}
        for index, weight in enumerate(layer.trainable_weights):
            weights[weight.name] = values(seed + 10 * index + 700, shape[-1], scale=0.3, shift=1 - index)
            weight.assign(weights[weight.name])
        batches, output_gradients, training = [], [], []
        for step in range(4):
            batch = values(seed + 100 * step, *shape, scale=1 + step, shift=step - 1)
            if name == "a constant feature":
                batch[:, 0] = 3
            batches.append(batch)
            output_gradient, outputs = differentiate(layer, batch, seed + 100 * step + 50, training=step < 3)
            output_gradients.append(output_gradient)
            moving = dict(movingMean=layer.moving_mean.numpy(), movingVariance=layer.moving_variance.numpy())
            training.append({**outputs, **(moving if step < 3 else {})})
        cases.add(name, dict(batches=batches, outputGradients=output_gradients, **weights), camel_keys(options),
                  dict(training=training[:3], inference=training[3]))
    cases.write()


def make_losses():
    cases = file("losses")
    reductions = {"none": "none", "sum": "sum", "mean": "sum_over_batch_size"}

    def run(name, loss, make, targets, predictions, options, weights=None):
        for reduction, keras_reduction in reductions.items():
            prediction = tf.Variable(predictions)
            with tf.GradientTape() as tape:
                value = make(reduction=keras_reduction)(targets, prediction, sample_weight=weights)
            gradient = tape.gradient(value, prediction)
            inputs = dict(targets=targets, predictions=predictions)
            if weights is not None:
                inputs["sampleWeights"] = weights
            cases.add(f"{name}, reduction {reduction}", inputs, dict(loss=loss, reduction=reduction, **options),
                      dict(loss=np.asarray(value), gradient=tf.convert_to_tensor(gradient).numpy()))

    weights = np.array([0.5, 0, 1, 2, 1.5, 0.25], np.float32)
    weightings = (("", None), (", weighted samples", weights))
    for name, sample_weights in weightings:
        run("mean squared error" + name, "meanSquaredError", losses.MeanSquaredError,
            values(50, 6, 3), values(51, 6, 3), {}, sample_weights)
    run("mean squared error of images", "meanSquaredError", losses.MeanSquaredError,
        values(52, 2, 3, 2), values(53, 2, 3, 2), {})
    near = values(50, 6, 3) + values(57, 6, 3)
    near[0, 0] = values(50, 6, 3)[0, 0]
    run("mean absolute error", "meanAbsoluteError", losses.MeanAbsoluteError, values(50, 6, 3), near, {}, weights)
    for delta in (1.0, 0.5):
        run(f"Huber with delta {delta:g}", "huber", lambda reduction: losses.Huber(delta=delta, reduction=reduction),
            values(50, 6, 3), near, dict(delta=delta))

    binary = (values(58, 6, 3) > 0).astype(np.float32)
    binary_logits = values(59, 6, 3, scale=3)
    binary_logits[:2] = [[1e4, -1e4, 0], [-1e4, 1e4, 1e-3]]
    chances = np.round(np.random.default_rng(60).random((6, 3)), 3).astype(np.float32)
    chances[0] = [0, 1, 0.5]
    for kind, predictions in (("logits", binary_logits), ("probabilities", chances)):
        for smoothing in (0, 0.1):
            run(f"binary cross-entropy, {kind}, label smoothing {smoothing}", "binaryCrossentropy",
                lambda reduction: losses.BinaryCrossentropy(
                    from_logits=kind == "logits", label_smoothing=smoothing, reduction=reduction),
                binary, predictions, dict(fromLogits=kind == "logits", labelSmoothing=smoothing), weights)

    labels = np.array([2, 0, 3, 1, 1, 0])
    one_hot = np.eye(4, dtype=np.float32)[labels]
    logits = values(54, 6, 4, scale=3)
    extreme = values(55, 6, 4)
    extreme[:4] = [[1e4, -1e4, 0, 1], [1e4, -1e4, 1e4, 0], [-1e4, -1e4, -1e4, -1e4], [9999, 1e4, 0, 0]]
    probabilities = np.round(np.random.default_rng(56).dirichlet([1, 1, 1, 1], 6), 3).astype(np.float32)
    edge = probabilities.copy()
    edge[:2] = [[1, 0, 0, 0], [1, 0, 0, 0]]
    unnormalized = np.round(probabilities * np.float32(1.7), 3)
    kinds = {"logits": logits, "extreme logits": extreme, "probabilities": probabilities, "probabilities of 0 and 1": edge,
             "unnormalized probabilities": unnormalized}
    for kind, predictions in kinds.items():
        from_logits = kind.endswith("logits")
        for name, sample_weights in weightings:
            if sample_weights is not None and kind not in ("logits", "probabilities"):
                continue
            title = kind + name
            run(f"sparse categorical cross-entropy, {title}", "sparseCategoricalCrossentropy",
                lambda reduction: losses.SparseCategoricalCrossentropy(from_logits=from_logits, reduction=reduction),
                labels, predictions, dict(fromLogits=from_logits), sample_weights)
            for smoothing in (0, 0.1):
                run(f"categorical cross-entropy, {title}, label smoothing {smoothing}", "categoricalCrossentropy",
                    lambda reduction: losses.CategoricalCrossentropy(
                        from_logits=from_logits, label_smoothing=smoothing, reduction=reduction),
                    one_hot, predictions, dict(fromLogits=from_logits, labelSmoothing=smoothing), sample_weights)
    cases.write()


if __name__ == "__main__":
    make_dense()
    make_activations()
    make_convolution()
    make_pooling()
    make_flatten()
    make_batch_normalization()
    make_losses()
