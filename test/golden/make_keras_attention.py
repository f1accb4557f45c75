"""Golden values made by Keras on TensorFlow: multi-head attention, forward and backward. Run with `python make_keras_attention.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import tensorflow as tf
from golden import Cases, values
from keras import layers

cases = Cases("multi-head-attention.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")
names = dict(num_heads="numHeads", key_dim="keyDim", value_dim="valueDim", output_shape="outputSize", use_bias="useBias")


def add(name, *shapes, causal=False, **options):
    layer = layers.MultiHeadAttention(**options)
    inputs = [tf.Variable(values(1 + index, *shape)) for index, shape in enumerate(shapes)]
    arguments = (inputs * 2)[:2] if len(inputs) == 1 else inputs
    layer(*arguments)
    weights = {}
    for index, weight in enumerate(layer.trainable_weights):
        role = weight.path.split("/")[-2].removeprefix("attention_")
        key = role + weight.name.capitalize()
        weights[key] = weight
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
    with tf.GradientTape() as tape:
        y = layer(*arguments, use_causal_mask=causal)
    slope = values(20, *y.shape)
    variables = dict(inputs=inputs, **{key: weight.value for key, weight in weights.items()})
    gradients = tape.gradient(y, variables, output_gradients=tf.constant(slope))
    config = {names[key]: value for key, value in options.items()} | (dict(useCausalMask=True) if causal else {})
    cases.add(
        name,
        dict(inputs=[x.numpy() for x in inputs], outputGradient=slope, weights={key: w.numpy() for key, w in weights.items()}),
        config,
        dict(output=y.numpy(), inputs=[g.numpy() for g in gradients.pop("inputs")], weights={k: g.numpy() for k, g in gradients.items()}),
    )


add("self-attention", (2, 4, 3), num_heads=2, key_dim=2)
add("causal", (2, 5, 4), num_heads=2, key_dim=3, causal=True)
add("query and value", (2, 3, 4), (2, 5, 3), num_heads=2, key_dim=2, value_dim=3)
add("query, value and key", (1, 3, 4), (1, 4, 3), (1, 4, 2), num_heads=3, key_dim=2)
add("another output size, without biases", (2, 3, 4), num_heads=1, key_dim=2, output_shape=5, use_bias=False)
cases.write()
