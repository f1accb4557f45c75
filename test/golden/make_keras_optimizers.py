"""Golden values made by Keras on TensorFlow: ten steps of further optimizers, and of options that every optimizer takes.

Run with `python make_keras_optimizers.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import OPTIMIZER_VALUES, Cases, camel_keys, optimizer_gradients, values
from keras import constraints, optimizers

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"

# Options that Rappel calls otherwise.
NAMES = dict(
    clip_norm="clipnorm", newton_schulz_steps="ns_steps", adam_beta1="adam_beta_1", adam_beta2="adam_beta_2",
    adam_learning_rate_ratio="adam_lr_ratio", beta1="beta_1", beta2="beta_2", beta2_decay="beta_2_decay", epsilon1="epsilon_1",
    epsilon2="epsilon_2", exclude_from_muon="exclude_layers",
)


def make_optimizers():
    cases = Cases("optimizers-more.keras.json", "keras", VERSION)
    small = optimizer_gradients()
    # A tall and a wide matrix, and three axes, for what treats matrices by rows and columns.
    shapes = dict(tall=(4, 2), wide=(2, 3), cube=(2, 3, 2), bias=(3,))
    matrix_values = {key: values(10 + at, *shape) for at, (key, shape) in enumerate(shapes.items())}
    matrix_gradients = [{key: values(300 + 10 * step + at, *shape) for at, (key, shape) in enumerate(shapes.items())}
                        for step in range(10)]

    def run(name, make, options, exclude=None, matrices=False):
        start, gradients = (matrix_values, matrix_gradients) if matrices else (OPTIMIZER_VALUES, small)
        parameters = {key: keras.Variable(value, name=key) for key, value in start.items()}
        instance, steps, averages = make(**{NAMES.get(key, key): value for key, value in options.items()}), [], []
        if exclude:
            instance.exclude_from_weight_decay(var_names=exclude)
        instance.build(list(parameters.values()))
        for gradient in gradients:
            instance.apply([tf.constant(gradient[key]) for key in parameters], list(parameters.values()))
            steps.append({key: parameter.numpy().copy() for key, parameter in parameters.items()})
            if options.get("use_ema"):
                averages.append({key: average.numpy().copy() for key, average in
                                 zip(parameters, instance._model_variables_moving_average)})
        written = dict(optimizer=make.__name__.lower().replace("adamw", "adamW"), **camel_keys(options))
        if exclude:
            written["excludeFromWeightDecay"] = exclude
        outputs = dict(steps=steps, **(dict(averages=averages) if averages else {}))
        cases.add(name, dict(parameters=start, gradients=gradients), written, outputs)

    run("adadelta", optimizers.Adadelta, dict(learning_rate=1.0))
    run("adadelta with rho 0.8", optimizers.Adadelta, dict(learning_rate=1.0, rho=0.8, epsilon=1e-3))
    run("adamax", optimizers.Adamax, dict(learning_rate=0.01))
    run("adamax with betas 0.8 and 0.9", optimizers.Adamax, dict(learning_rate=0.05, beta1=0.8, beta2=0.9, epsilon=1e-3))
    run("nadam", optimizers.Nadam, dict(learning_rate=0.01))
    run("nadam with betas 0.8 and 0.95", optimizers.Nadam, dict(learning_rate=0.05, beta1=0.8, beta2=0.95, weight_decay=0.1))
    run("lion", optimizers.Lion, dict(learning_rate=0.01))
    run("lion with weight decay", optimizers.Lion, dict(learning_rate=0.01, beta1=0.8, beta2=0.95, weight_decay=0.1))
    run("lamb", optimizers.Lamb, dict(learning_rate=0.01))
    run("lamb with weight decay", optimizers.Lamb, dict(learning_rate=0.05, beta1=0.8, beta2=0.95, weight_decay=0.1))
    run("adafactor", optimizers.Adafactor, dict(learning_rate=0.01), matrices=True)
    run("adafactor with a large rate", optimizers.Adafactor,
        dict(learning_rate=0.5, beta2_decay=-0.5, clip_threshold=0.5, epsilon2=0.1), matrices=True)
    run("ftrl", optimizers.Ftrl, dict(learning_rate=0.1))
    run("ftrl with penalties", optimizers.Ftrl,
        dict(learning_rate=0.1, learning_rate_power=-0.7, initial_accumulator_value=0.2, l1_regularization_strength=0.3,
             l2_regularization_strength=0.05, l2_shrinkage_regularization_strength=0.1, beta=0.2))
    run("muon", optimizers.Muon, dict(learning_rate=0.02), matrices=True)
    run("muon, one matrix by AdamW", optimizers.Muon,
        dict(learning_rate=0.02, momentum=0.9, nesterov=False, newton_schulz_steps=3, rms_rate=0.4, exclude_from_muon=["wide"],
             weight_decay=0.1, adam_weight_decay=0.2, adam_beta1=0.8, adam_beta2=0.95, adam_learning_rate_ratio=0.5,
             epsilon=1e-3), matrices=True)
    run("adamW that spares biases", optimizers.AdamW, dict(learning_rate=0.01, weight_decay=0.5), exclude=["bias"])
    run("adam with gradients accumulated over 3 steps", optimizers.Adam, dict(learning_rate=0.01, gradient_accumulation_steps=3))
    run("nadam with gradients accumulated, clipped and with weight decay", optimizers.Nadam,
        dict(learning_rate=0.01, gradient_accumulation_steps=2, clip_norm=0.5, weight_decay=0.1))
    run("adam with a moving average", optimizers.Adam, dict(learning_rate=0.05, use_ema=True, ema_momentum=0.8))
    run("sgd overwritten by its moving average", optimizers.SGD,
        dict(learning_rate=0.05, momentum=0.9, use_ema=True, ema_momentum=0.7, ema_overwrite_frequency=3))
    cases.write()


def make_constraints():
    cases = Cases("constraints.keras.json", "keras", VERSION)
    for name, make, options in [
        ("maxNorm", constraints.MaxNorm, {}), ("maxNorm", constraints.MaxNorm, dict(max_value=0.8, axis=1)),
        ("nonNegative", constraints.NonNeg, {}), ("unitNorm", constraints.UnitNorm, {}),
        ("unitNorm", constraints.UnitNorm, dict(axis=1)), ("minMaxNorm", constraints.MinMaxNorm, {}),
        ("minMaxNorm", constraints.MinMaxNorm, dict(min_value=1.5, max_value=2.0, rate=0.5, axis=1)),
    ]:
        weights = values(70, 4, 3)
        weights[:, 0] *= np.float32(0.1)
        cases.add(f"{name} {camel_keys(options)}", dict(weights=weights), dict(constraint=name, **camel_keys(options)),
                  dict(result=np.asarray(tf.convert_to_tensor(make(**options)(weights)))))
    kernel = values(71, 2, 2, 3, 2, scale=2)
    cases.add("maxNorm of filters", dict(weights=kernel), dict(constraint="maxNorm", maxValue=1, axis=[0, 1, 2]),
              dict(result=np.asarray(tf.convert_to_tensor(constraints.MaxNorm(1, axis=[0, 1, 2])(kernel)))))
    cases.write()


if __name__ == "__main__":
    make_optimizers()
    make_constraints()
