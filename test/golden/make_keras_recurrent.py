"""Golden values made by Keras on TensorFlow: recurrent layers, forward and backward. Run with `python make_keras_recurrent.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers

cases = Cases("recurrent.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")
makers = {"simpleRNN": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}


def add(name, kind, shape, **options):
    layer = makers[kind](**options)
    x = tf.Variable(values(1, *shape))
    layer.build(shape)
    weights = {}
    for index, weight in enumerate(layer.trainable_weights):
        weights[camel(weight.name)] = values(10 + index, *weight.shape, scale=0.5)
        weight.assign(weights[camel(weight.name)])
    with tf.GradientTape() as tape:
        y = layer(x)
    slope = values(20, *y.shape)
    variables = dict(input=x, **{camel(weight.name): weight.value for weight in layer.trainable_weights})
    gradients = tape.gradient(y, variables, output_gradients=tf.constant(slope))
    outputs = dict(output=y.numpy(), gradients={key: np.asarray(value) for key, value in gradients.items()})
    inputs = dict(input=x.numpy(), outputGradient=slope, **weights)
    cases.add(f"{kind}: {name}", inputs, dict(className=kind, config=camel_keys(options)), outputs)


for kind in makers:
    add("last output", kind, (2, 4, 3), units=3)
    add("sequences", kind, (2, 5, 2), units=3, return_sequences=True)
    add("backwards, sequences", kind, (2, 4, 2), units=2, go_backwards=True, return_sequences=True)
    add("without bias", kind, (1, 3, 2), units=2, use_bias=False)
    add("one step", kind, (3, 1, 2), units=2)
    add("relu", kind, (2, 4, 3), units=2, activation="relu")
add("hard gates", "lstm", (2, 4, 2), units=2, recurrent_activation="hard_sigmoid")
add("hard gates", "gru", (2, 4, 2), units=2, recurrent_activation="hard_sigmoid")
add("reset before", "gru", (2, 4, 3), units=3, reset_after=False)
add("reset before, sequences without bias", "gru", (2, 3, 2), units=2, reset_after=False, use_bias=False, return_sequences=True)


def add_bidirectional(name, kind, shape, merge_mode, **options):
    layer = layers.Bidirectional(makers[kind](**options), merge_mode=merge_mode)
    x = tf.Variable(values(1, *shape))
    layer.build(shape)
    weights = {}
    for direction, half in (("forward", layer.forward_layer), ("backward", layer.backward_layer)):
        for weight in half.trainable_weights:
            key = f"{direction}/{camel(weight.name)}"
            weight.assign(values(30 + len(weights), *weight.shape, scale=0.5))
            weights[key] = weight
    with tf.GradientTape() as tape:
        y = layer(x)
    slope = values(20, *y.shape)
    variables = dict(input=x, **{key: weight.value for key, weight in weights.items()})
    gradients = tape.gradient(y, variables, output_gradients=tf.constant(slope))
    outputs = dict(output=y.numpy(), gradients={key: np.asarray(value) for key, value in gradients.items()})
    inputs = dict(input=x.numpy(), outputGradient=slope, **{key: weight.numpy() for key, weight in weights.items()})
    config = dict(layer=dict(className=kind, config=camel_keys(options)), mergeMode=merge_mode)
    cases.add(f"bidirectional {kind}: {name}", inputs, dict(className="bidirectional", config=config), outputs)


for mode in ("concat", "sum", "ave", "mul"):
    add_bidirectional(f"last output, {mode}", "lstm", (2, 4, 2), mode, units=2)
    add_bidirectional(f"sequences, {mode}", "gru", (2, 3, 2), mode, units=2, return_sequences=True)
cases.write()
