"""Golden values made by Keras on TensorFlow: the CTC loss, and the greedy reading. Run with `python make_keras_ctc.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, values

origin = f"{keras.__version__} (TensorFlow {tf.__version__})"
cases = Cases("ctc.keras.json", "keras", origin)


def add(name, labels, logits, **options):
    leaf = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = keras.losses.CTC(**options)(tf.constant(labels), leaf)
    config = dict(reduction="mean" if options.get("reduction", "x").startswith("sum_over") else options.get("reduction", "mean"))
    cases.add(name, dict(labels=labels.astype(np.int32), logits=logits), config,
              dict(loss=np.asarray(loss.numpy()), gradient=tape.gradient(loss, leaf).numpy()))


x = values(1, 3, 6, 4)
add("mean", np.array([[1, 2, 3], [2, 1, 0], [3, 3, 0]]), x)
add("sum", np.array([[1, 2, 3], [2, 1, 0], [3, 3, 0]]), x, reduction="sum")
add("each row", np.array([[1, 1, 2], [3, 0, 0], [2, 1, 2]]), x * 3, reduction="none")
cases.write()

decodings = Cases("ctc-greedy.keras.json", "keras", origin)
steps = np.array([8, 5, 3], np.int32)
logits = values(7, 3, 8, 4, scale=3)
for merge in (True, False):
    (labels,), scores = keras.ops.ctc_decode(logits, steps, strategy="greedy", merge_repeated=merge, mask_index=0)
    decodings.add("merged" if merge else "not merged", dict(logits=logits, logitLength=steps), dict(mergeRepeated=merge),
                  dict(labels=np.asarray(labels).astype(np.int32)))
decodings.write()
