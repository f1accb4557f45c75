"""Golden values made by Keras on TensorFlow: whole runs of `fit`, `evaluate` and `predict`.

With what a plain training does not show: a smaller last batch, validation, penalties, weights of examples and classes, metrics.
Run with `python make_keras_fit.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers, losses, optimizers, regularizers

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"
KERAS_LAYERS = dict(
    dense=layers.Dense, conv2d=layers.Conv2D, batchNormalization=layers.BatchNormalization, activation=layers.Activation,
    averagePooling2d=layers.AveragePooling2D, globalAveragePooling2d=layers.GlobalAveragePooling2D, flatten=layers.Flatten,
)
KERAS_LOSSES = dict(
    sparseCategoricalCrossentropy=losses.SparseCategoricalCrossentropy, categoricalCrossentropy=losses.CategoricalCrossentropy,
    binaryCrossentropy=losses.BinaryCrossentropy, meanSquaredError=losses.MeanSquaredError, huber=losses.Huber,
)
KERAS_OPTIMIZERS = dict(sgd=optimizers.SGD, adam=optimizers.Adam, rmsprop=optimizers.RMSprop)


def written_down(class_name, options):
    """An object as Rappel has it in data: regularizers among the options too."""
    config = {key: written_down(*value) if key.endswith("regularizer") else value for key, value in options.items()}
    return dict(className=class_name, config=camel_keys(config))


def keras_layer(class_name, options):
    def regularizer(name, config):
        return dict(l1=regularizers.L1, l2=regularizers.L2, l1l2=regularizers.L1L2)[name](**config)

    made = {key: regularizer(*value) if key.endswith("regularizer") else value for key, value in options.items()}
    return KERAS_LAYERS[class_name](**made)


def weights_of(model):
    return {f"{layer.name}/{camel(weight.name)}": weight.numpy() for layer in model.layers for weight in layer.weights}


def run(cases, name, stack, optimizer, loss, data, validation=None, metrics=("accuracy",), **fit_options):
    """Builds the stack of (layer, options), trains it on 20 examples, and records history, weights, evaluation and predictions."""
    x, y = data
    stack = [(kind, dict(options, name=f"layer{index}")) for index, (kind, options) in enumerate(stack)]
    model = keras.Sequential([keras.Input(x.shape[1:])] + [keras_layer(*layer) for layer in stack])
    for index, weight in enumerate(model.trainable_weights):
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        is_scale = weight.name == "gamma"
        weight.assign(values(700 + index, *weight.shape, scale=0.2 if is_scale else 0.7 * fan_in**-0.5, shift=1 if is_scale else 0))
    inputs = dict(x=x, y=y, weights=weights_of(model))
    options = dict(
        layers=[written_down(*layer) for layer in stack], optimizer=written_down(*optimizer), loss=written_down(*loss),
        metrics=list(metrics), epochs=2, batchSize=8,
    )
    if validation:
        inputs["validation"] = dict(x=validation[0], y=validation[1])
    if "sample_weight" in fit_options:
        inputs["sampleWeight"] = fit_options["sample_weight"]
    if "class_weight" in fit_options:
        options["classWeight"] = {str(key): value for key, value in fit_options["class_weight"].items()}

    model.compile(KERAS_OPTIMIZERS[optimizer[0]](**optimizer[1]), KERAS_LOSSES[loss[0]](**loss[1]), metrics=list(metrics))
    history = model.fit(x, y, epochs=2, batch_size=8, shuffle=False, validation_data=validation, verbose=0, **fit_options)
    evaluation = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    cases.add(name, inputs, options, dict(
        history={camel(key): [float(value) for value in course] for key, course in history.history.items()},
        weights=weights_of(model),
        evaluation={key: float(value) for key, value in evaluation.items()},
        predictions=model.predict(x, batch_size=8, verbose=0),
    ))


def main():
    cases = Cases("fit.keras.json", "keras", VERSION)
    random = np.random.default_rng(70)
    x, labels = values(71, 20, 4), random.integers(0, 3, 20)
    validation = (values(72, 10, 4), random.integers(0, 3, 10))
    logits = ("sparseCategoricalCrossentropy", dict(from_logits=True))
    sgd = ("sgd", dict(learning_rate=0.1, momentum=0.9))
    perceptron = [("dense", dict(units=6, activation="tanh")), ("dense", dict(units=3))]

    run(cases, "validation", perceptron, sgd, logits, (x, labels), validation)
    run(cases, "penalties on kernel and bias", [
        ("dense", dict(units=6, activation="tanh", kernel_regularizer=("l2", dict(l2=0.02)), bias_regularizer=("l1", dict(l1=0.01)))),
        ("dense", dict(units=3, kernel_regularizer=("l1l2", dict(l1=0.005, l2=0.01)))),
    ], sgd, logits, (x, labels), validation)
    run(cases, "penalty on activity",
        [("dense", dict(units=6, activation="relu", activity_regularizer=("l2", dict(l2=0.05)))), ("dense", dict(units=3))],
        sgd, logits, (x, labels), validation)
    weights = np.round(random.random(20) * 2, 2).astype(np.float32)
    weights[3] = 0
    run(cases, "weighted examples", perceptron, sgd, logits, (x, labels), validation, sample_weight=weights)
    run(cases, "weighted classes", perceptron, sgd, logits, (x, labels), validation, class_weight={0: 0.5, 2: 2.0})
    run(cases, "one sigmoid output", [("dense", dict(units=4, activation="gelu")), ("dense", dict(units=1, activation="sigmoid"))],
        ("adam", dict(learning_rate=0.02)), ("binaryCrossentropy", {}), (x, (values(73, 20, 1) > 0).astype(np.float32)))
    run(cases, "softmax outputs, smoothed one-hot labels", [("dense", dict(units=3, activation="softmax"))],
        ("adam", dict(learning_rate=0.02, epsilon=1e-4)), ("categoricalCrossentropy", dict(label_smoothing=0.1)),
        (x, np.eye(3, dtype=np.float32)[labels]))
    run(cases, "regression", [("dense", dict(units=5, activation="silu")), ("dense", dict(units=2))],
        ("rmsprop", dict(learning_rate=0.01, momentum=0.5)), ("huber", dict(delta=0.7)), (x, values(74, 20, 2)), metrics=())
    run(cases, "convolutional network", [
        ("conv2d", dict(filters=3, kernel_size=3, padding="same", strides=2, use_bias=False)), ("batchNormalization", dict(momentum=0.9)),
        ("activation", dict(activation="relu")), ("averagePooling2d", dict(pool_size=2, padding="same")),
        ("conv2d", dict(filters=4, kernel_size=2, activation="elu")), ("globalAveragePooling2d", {}), ("dense", dict(units=3)),
    ], ("adam", dict(learning_rate=0.01)), logits, (values(75, 20, 7, 8, 2), labels), (values(76, 10, 7, 8, 2), validation[1]))
    cases.write()


if __name__ == "__main__":
    main()
