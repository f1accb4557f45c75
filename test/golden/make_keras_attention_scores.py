"""Golden values made by Keras on TensorFlow: the scores that multi-head attention returns. Run with `python make_keras_attention_scores.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, values
from keras import layers

cases = Cases("attention-scores.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")


def add(name, make, config, *shapes, mask=None, causal=False):
    layer = make()
    inputs = [tf.constant(values(1 + index, *shape)) for index, shape in enumerate(shapes)]
    arguments = (inputs * 2)[:2] if len(inputs) == 1 else inputs
    layer(*arguments)
    weights = {}
    for index, weight in enumerate(layer.trainable_weights):
        role = weight.path.split("/")[-2].removeprefix("attention_")
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
        weights[role + weight.name.capitalize()] = weight.numpy()
    output, scores = layer(*arguments, attention_mask=mask, use_causal_mask=causal, return_attention_scores=True)
    given = dict(inputs=[x.numpy() for x in inputs], weights=weights)
    if mask is not None:
        given["mask"] = mask.astype(np.int32)
    config = dict(config, returnAttentionScores=True, useCausalMask=causal, useAttentionMask=mask is not None)
    cases.add(name, given, config, dict(output=output.numpy(), scores=scores.numpy()))


def heads(count, width):
    return (lambda: layers.MultiHeadAttention(num_heads=count, key_dim=width)), dict(numHeads=count, keyDim=width)


MASK = np.array([[[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 0]]] * 2)
add("self-attention", *heads(2, 2), (2, 4, 3))
add("causal", *heads(2, 3), (2, 5, 4), causal=True)
add("query and value, masked", *heads(3, 2), (2, 3, 4), (2, 4, 3), mask=MASK)
cases.write()
