"""Golden values made by Keras on TensorFlow: focal losses and losses of overlap. Run with `python make_keras_losses.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel_keys, values
from keras import losses

cases = Cases("losses-more.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")


def run(name, loss, make, targets, predictions, options, written=None, reduction="sum_over_batch_size"):
    variable = tf.Variable(predictions)
    with tf.GradientTape() as tape:
        value = make(reduction=reduction, **options)(targets, variable)
        total = tf.reduce_sum(value)
    gradient = tf.convert_to_tensor(tape.gradient(total, variable)).numpy()
    settings = dict(camel_keys(options), **(written or {}), **(dict(reduction="none") if reduction is None else {}))
    cases.add(name, dict(targets=targets, predictions=predictions), dict(loss=loss, **settings),
              dict(loss=np.asarray(value), gradient=gradient))


binary = (values(1, 4, 3) > 0).astype(np.float32)
one_hot = np.eye(3, dtype=np.float32)[[0, 2, 1, 0]]
logits = values(2, 4, 3, scale=2)
probabilities = np.round(1 / (1 + np.exp(-logits)), 3).astype(np.float32)
for options in [{}, dict(gamma=0.5, label_smoothing=0.2), dict(alpha=0.7, gamma=3.0, apply_class_balancing=True)]:
    run(f"binary focal {options}", "binaryFocalCrossentropy", losses.BinaryFocalCrossentropy, binary, probabilities, options)
    run(f"binary focal of logits {options}", "binaryFocalCrossentropy", losses.BinaryFocalCrossentropy, binary, logits,
        dict(options, from_logits=True))
for options in [{}, dict(gamma=0.5, alpha=0.6, label_smoothing=0.2), dict(alpha=[0.2, 0.5, 0.9], gamma=3.0)]:
    run(f"categorical focal {options}", "categoricalFocalCrossentropy", losses.CategoricalFocalCrossentropy, one_hot,
        probabilities, options)
    run(f"categorical focal of logits {options}", "categoricalFocalCrossentropy", losses.CategoricalFocalCrossentropy, one_hot,
        logits, dict(options, from_logits=True))
run("categorical focal, not reduced", "categoricalFocalCrossentropy", losses.CategoricalFocalCrossentropy, one_hot, logits,
    dict(from_logits=True), reduction=None)

regions = (values(3, 2, 3, 3, 2) > 0).astype(np.float32)
predicted = np.round(1 / (1 + np.exp(-values(4, 2, 3, 3, 2))), 3).astype(np.float32)
run("dice of each example", "dice", losses.Dice, regions, predicted, dict(axis=[1, 2, 3]))
run("dice of each class", "dice", losses.Dice, regions, predicted, dict(axis=[1, 2]), reduction=None)
run("dice of a batch", "dice", losses.Dice, regions, predicted, dict(axis=[0, 1, 2, 3]))
# Keras's alpha weighs what lacks in the prediction, contrary to the paper and to its own names.
run("tversky", "tversky", losses.Tversky, regions, predicted, dict(alpha=0.3, beta=0.8, axis=[1, 2, 3]), dict(alpha=0.8, beta=0.3))
cases.write()
