"""Golden values made by Keras on TensorFlow: attention whose heads share keys and values, and masks. Run with
`python make_keras_grouped_attention.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, values
from keras import layers

cases = Cases("grouped-attention.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")


def add(name, layer, shapes, config, mask=None, **call):
    inputs = [tf.Variable(values(1 + index, *shape)) for index, shape in enumerate(shapes)]
    arguments = (inputs * 2)[:2] if len(inputs) == 1 else inputs
    layer(*arguments)
    weights = {}
    for index, weight in enumerate(layer.trainable_weights):
        role = weight.path.split("/")[-2].removeprefix("attention_")
        weights[role + weight.name.capitalize()] = weight
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
    if mask is not None:
        call["attention_mask"] = tf.constant(mask, tf.bool)
    with tf.GradientTape() as tape:
        y = layer(*arguments, **call)
    slope = values(20, *y.shape)
    variables = dict(inputs=inputs, **{key: weight.value for key, weight in weights.items()})
    gradients = tape.gradient(y, variables, output_gradients=tf.constant(slope))
    cases.add(
        name,
        dict(inputs=[x.numpy() for x in inputs] + ([] if mask is None else [mask]), outputGradient=slope,
             weights={key: w.numpy() for key, w in weights.items()}),
        config,
        dict(output=y.numpy(), inputs=[g.numpy() for g in gradients.pop("inputs")],
             weights={k: g.numpy() for k, g in gradients.items()}),
    )


def grouped(heads, shared, width, **options):
    return layers.GroupQueryAttention(head_dim=width, num_query_heads=heads, num_key_value_heads=shared, **options)


mask = (values(7, 2, 3, 5) > -0.5).astype(np.int32)
mask[..., 0] = 1
add("4 heads share 2", grouped(4, 2, 3), [(2, 4, 5)], dict(numHeads=4, numKeyValueHeads=2, keyDim=3))
add("all heads share one, causal", grouped(3, 1, 2), [(2, 5, 4)],
    dict(numHeads=3, numKeyValueHeads=1, keyDim=2, useCausalMask=True), use_causal_mask=True)
add("shared, with a mask, without biases", grouped(4, 2, 2, use_bias=False), [(2, 3, 4), (2, 5, 3)],
    dict(numHeads=4, numKeyValueHeads=2, keyDim=2, useBias=False, useAttentionMask=True), mask)
add("not shared, with a mask", layers.MultiHeadAttention(2, 3), [(2, 3, 4), (2, 5, 3)],
    dict(numHeads=2, keyDim=3, useAttentionMask=True), mask)
cases.write()
