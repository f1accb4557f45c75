"""Golden values made by Keras on TensorFlow: what steers a training. Optimizers, regularizers, initializers, early stopping.

Run with `python make_keras_training.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import OPTIMIZER_VALUES, Cases, camel, camel_keys, optimizer_gradients, values
from keras import initializers, optimizers, regularizers

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"


def file(topic):
    return Cases(f"{topic}.keras.json", "keras", VERSION)


def make_optimizers():
    """Ten steps by Keras's formulas, which differ from PyTorch's.

    The momentum holds learning rates too, Adam adds epsilon to the square root before the bias correction, weight decay is decoupled.
    """
    cases = file("optimizers")
    gradients = optimizer_gradients()

    def run(name, optimizer, make, options):
        parameters = {key: keras.Variable(value) for key, value in OPTIMIZER_VALUES.items()}
        # Keras writes clipnorm where everybody else writes clip_norm.
        instance, steps = make(**{key.replace("clip_", "clip"): value for key, value in options.items()}), []
        for gradient in gradients:
            instance.apply([tf.constant(gradient[key]) for key in parameters], list(parameters.values()))
            steps.append({key: parameter.numpy().copy() for key, parameter in parameters.items()})
        cases.add(name, dict(parameters=OPTIMIZER_VALUES, gradients=gradients),
                  dict(optimizer=optimizer, **camel_keys(options)), dict(steps=steps))

    run("sgd", "sgd", optimizers.SGD, dict(learning_rate=0.1))
    run("sgd with momentum", "sgd", optimizers.SGD, dict(learning_rate=0.05, momentum=0.9))
    run("sgd with Nesterov momentum", "sgd", optimizers.SGD, dict(learning_rate=0.05, momentum=0.9, nesterov=True))
    run("sgd with weight decay", "sgd", optimizers.SGD, dict(learning_rate=0.1, momentum=0.9, weight_decay=0.01))
    run("sgd with clipped values", "sgd", optimizers.SGD, dict(learning_rate=0.1, clip_value=0.5))
    run("sgd with each gradient's norm clipped", "sgd", optimizers.SGD, dict(learning_rate=0.1, clip_norm=1.0))
    run("sgd with the global norm clipped", "sgd", optimizers.SGD, dict(learning_rate=0.1, global_clip_norm=1.0))
    run("adam", "adam", optimizers.Adam, dict(learning_rate=1e-3))
    run("adam with betas 0.8 and 0.95", "adam", optimizers.Adam, dict(learning_rate=0.05, beta_1=0.8, beta_2=0.95))
    run("adam with epsilon 1e-3", "adam", optimizers.Adam, dict(learning_rate=0.01, epsilon=1e-3))
    run("adam with AMSGrad", "adam", optimizers.Adam, dict(learning_rate=0.05, beta_2=0.9, amsgrad=True))
    run("adam with decoupled weight decay", "adam", optimizers.Adam, dict(learning_rate=0.01, weight_decay=0.1))
    run("adamW", "adamW", optimizers.AdamW, dict(learning_rate=0.01))
    run("rmsprop", "rmsprop", optimizers.RMSprop, dict(learning_rate=0.01))
    run("rmsprop with momentum", "rmsprop", optimizers.RMSprop, dict(learning_rate=0.01, rho=0.8, momentum=0.9))
    run("rmsprop, centered", "rmsprop", optimizers.RMSprop, dict(learning_rate=0.01, epsilon=1e-3, centered=True))
    run("adagrad", "adagrad", optimizers.Adagrad, dict(learning_rate=0.1))
    run("adagrad from 0", "adagrad", optimizers.Adagrad, dict(learning_rate=0.1, initial_accumulator_value=0.0, epsilon=1e-3))
    cases.write()


def make_regularizers():
    cases = file("regularizers")
    for seed, (name, make, options) in enumerate([
        ("l1", regularizers.L1, dict(l1=0.01)), ("l2", regularizers.L2, dict(l2=0.02)),
        ("l1l2", regularizers.L1L2, dict(l1=0.03, l2=0.005)), ("l1l2", regularizers.L1L2, dict(l1=0.01, l2=0.01)),
    ], 60):
        for shape in ((3, 4), (2, 2, 3, 2)):
            weights = values(seed, *shape)
            weights.flat[0] = 0
            variable = tf.Variable(weights)
            with tf.GradientTape() as tape:
                penalty = make(**options)(variable)
            gradient = tf.convert_to_tensor(tape.gradient(penalty, variable)).numpy()
            settings = ", ".join(f"{key} {value:g}" for key, value in options.items())
            cases.add(f"{name} ({settings}), rank {len(shape)}", dict(weights=weights), dict(regularizer=name, **options),
                      dict(penalty=np.asarray(penalty), gradient=gradient))
    cases.write()


def make_initializers():
    """What each initializer asks of its random generator, and the values of those that draw nothing.

    A truncated normal is asked for a standard deviation that is larger by 1 / 0.8796 than the one wanted, since cutting at two
    standard deviations narrows it. `standardDeviation` is the one wanted; a sample must agree with it.
    """
    cases = file("initializers")
    asked = {}

    class Recorder:
        """Stands in for Keras's random module inside its initializers, and keeps what was asked of it."""

        def __getattr__(self, name):
            return getattr(keras.random, name)

        def uniform(self, shape, minval, maxval, **options):
            asked.update(distribution="uniform", limit=maxval)
            return keras.random.uniform(shape, minval, maxval, **options)

        def truncated_normal(self, shape, mean, stddev, **options):
            asked.update(distribution="truncatedNormal", untruncatedStandardDeviation=stddev)
            return keras.random.truncated_normal(shape, mean, stddev, **options)

    keras.src.initializers.random_initializers.random = Recorder()
    shapes = [(100, 50), (30, 400), (3, 3, 16, 32), (5, 2, 1, 8), (7,)]
    for scheme in ("glorot", "he", "lecun"):
        for distribution in ("uniform", "normal"):
            name = f"{scheme}_{distribution}"
            for shape in shapes:
                make = getattr(initializers, "".join(part.capitalize() for part in name.split("_")))
                sample = np.stack([make(seed=seed)(shape).numpy() for seed in range(60)])
                if distribution == "uniform":
                    expected = asked["limit"] / 3**0.5
                else:
                    expected = asked["untruncatedStandardDeviation"] * 0.87962566
                if abs(sample.std() / expected - 1) > 0.1:
                    raise ValueError(f"{name} {shape}: measured {sample.std()}, expected {expected}")
                cases.add(f"{camel(name)} {list(shape)}", {}, dict(initializer=camel(name), shape=list(shape)),
                          dict(asked, standardDeviation=expected))
                asked.clear()
    for name, make, options, shape in [
        ("zeros", initializers.Zeros, {}, (2, 3)), ("ones", initializers.Ones, {}, (2, 3)),
        ("constant", initializers.Constant, dict(value=0.25), (2, 3)),
        ("identity", initializers.Identity, {}, (3, 3)), ("identity", initializers.Identity, dict(gain=2.0), (2, 4)),
    ]:
        cases.add(f"{name} {list(shape)}", {}, dict(initializer=name, shape=list(shape), **options),
                  dict(value=make(**options)(shape).numpy()))
    for shape, gain in [((4, 4), 1.0), ((5, 3), 1.0), ((3, 5), 2.0), ((3, 3, 2, 4), 1.0)]:
        # Keras flattens all axes but the last; of the two Gram matrices the smaller one is gain² times the identity.
        matrix = initializers.Orthogonal(gain=gain, seed=1)(shape).numpy().reshape(-1, shape[-1])
        orthonormal = "columns" if matrix.shape[0] >= matrix.shape[1] else "rows"
        gram = matrix.T @ matrix if orthonormal == "columns" else matrix @ matrix.T
        np.testing.assert_allclose(gram, gain**2 * np.eye(len(gram)), atol=1e-5)
        cases.add(f"orthogonal {list(shape)}", {}, dict(initializer="orthogonal", shape=list(shape), gain=gain),
                  dict(orthonormal=orthonormal, gram=gain**2 * np.eye(len(gram), dtype=np.float32)))
    cases.write()


def make_early_stopping():
    """Drives the callback as `fit` does, with a model whose only weight is the number of the epoch."""
    cases = file("early-stopping")

    class Model:
        def __init__(self):
            self.stop_training, self.epoch, self.restored = False, None, None

        def get_weights(self):
            return self.epoch

        def set_weights(self, weights):
            self.restored = weights

    def run(name, monitored, **options):
        model, callback = Model(), keras.callbacks.EarlyStopping(monitor="val_loss", **options)
        callback.set_model(model)
        callback.on_train_begin()
        epochs = 0
        for epoch, value in enumerate(monitored):
            model.epoch = epoch
            callback.on_epoch_end(epoch, dict(val_loss=value))
            epochs += 1
            if model.stop_training:
                break
        callback.on_train_end()
        best = None if callback.best is None else float(callback.best)
        cases.add(name, dict(monitored=monitored), camel_keys(options), dict(
            epochsRun=epochs, stoppedEpoch=callback.stopped_epoch if model.stop_training else None,
            best=best, bestEpoch=callback.best_epoch, restoredEpoch=model.restored,
        ))

    falling, valley = [1.0, 0.75, 0.5, 0.25, 0.125], [1.0, 0.75, 0.5, 0.625, 0.75, 0.5, 0.25, 0.375, 0.5, 0.625]
    run("always improving", falling, patience=2)
    run("patience 0", [1.0, 0.5, 0.75, 0.25], patience=0)
    run("patience 0, second epoch worse", [1.0, 2.0, 0.5], patience=0)
    run("patience 1", valley, patience=1)
    run("patience 2", valley, patience=2)
    run("patience 3, never reached", valley[:8], patience=3)
    run("an equal value is no improvement", [1.0, 1.0, 1.0, 1.0], patience=2)
    run("minimal change of 0.25", [1.0, 0.875, 0.75, 0.625, 0.5, 0.375], patience=2, min_delta=0.25)
    run("minimal change, exactly reached", [1.0, 0.75, 0.5, 0.25], patience=1, min_delta=0.25)
    run("mode max", [0.25, 0.5, 0.75, 0.625, 0.5, 0.875], patience=2, mode="max")
    run("mode max, minimal change", [0.25, 0.5, 0.625, 0.6875, 0.75], patience=2, mode="max", min_delta=0.25)
    run("mode min", [0.25, 0.5, 0.75, 0.625], patience=2, mode="min")
    run("baseline reached late", [1.0, 0.875, 0.75, 0.375, 0.5, 0.625], patience=3, baseline=0.5)
    run("baseline never reached", [1.0, 1.125, 0.75, 0.625, 0.75, 0.875], patience=3, baseline=0.5)
    run("baseline, improving but never below it", [1.0, 0.875, 0.75, 0.6875, 0.625, 0.75], patience=2, baseline=0.5)
    run("start from epoch 3", [0.125, 1.0, 1.0, 0.5, 0.625, 0.75, 0.875], patience=2, start_from_epoch=3)
    run("restore best weights", valley, patience=2, restore_best_weights=True)
    run("restore best weights, never stopped", [1.0, 0.5, 0.75], patience=5, restore_best_weights=True)
    run("restore best weights, baseline never reached", [1.0, 0.75, 0.875, 1.0], patience=3, baseline=0.5, restore_best_weights=True)
    run("restore best weights, start from epoch 2", [0.125, 0.25, 1.0, 0.75, 0.875, 1.0, 1.0], patience=2, start_from_epoch=2,
        restore_best_weights=True)
    run("a NaN is no improvement", [1.0, 0.5, float("nan"), float("nan"), 0.25], patience=2)
    run("a NaN between improvements", [1.0, float("nan"), 0.5, float("nan"), 0.25], patience=2)
    run("all options", [0.125, 0.25, 0.5, 0.625, 0.75, 0.8125, 0.875, 0.75], patience=2, mode="max", min_delta=0.125,
        baseline=0.375, start_from_epoch=1, restore_best_weights=True)
    cases.write()


if __name__ == "__main__":
    make_optimizers()
    make_regularizers()
    make_initializers()
    make_early_stopping()
