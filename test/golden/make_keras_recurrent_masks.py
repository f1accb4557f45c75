"""Golden values made by Keras on TensorFlow: recurrent layers with masks and states, forward and backward. Run with `python make_keras_recurrent_masks.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers

cases = Cases("recurrent-masks.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")
makers = {"simpleRNN": layers.SimpleRNN, "lstm": layers.LSTM, "gru": layers.GRU}

# Rows: all steps, padding at the right, padding at the left, a hole, nothing, the last step alone, a random row.
RANDOM = np.random.default_rng(7).random(4) < 0.5
MASK = np.array(
    [[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1], RANDOM], dtype=bool
)
BATCH, TIME = MASK.shape


def weights_of(layer):
    """The trainable weights by Rappel's names."""
    if not isinstance(layer, layers.Bidirectional):
        return {camel(weight.name): weight for weight in layer.trainable_weights}
    halves = (("forward", layer.forward_layer), ("backward", layer.backward_layer))
    return {f"{name}/{camel(weight.name)}": weight for name, half in halves for weight in half.trainable_weights}


def add(name, class_name, config, layer, mask=MASK, states=0, units=2, features=2):
    x = tf.Variable(values(1, BATCH, TIME, features))
    given = [tf.Variable(values(40 + index, BATCH, units)) for index in range(states)]
    arguments = dict(mask=None if mask is None else tf.constant(mask))
    if given:
        arguments["initial_state"] = given
    layer(x, **arguments)
    if layer.stateful:
        layer.reset_state()
    weights = weights_of(layer)
    for index, weight in enumerate(weights.values()):
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
    with tf.GradientTape() as tape:
        y = layer(x, **arguments)
        outputs = list(y) if isinstance(y, (list, tuple)) else [y]
    slopes = [values(20 + index, *output.shape) for index, output in enumerate(outputs)]
    variables = dict(input=x, states=given, weights={key: weight.value for key, weight in weights.items()})
    gradients = tape.gradient(outputs, variables, output_gradients=[tf.constant(slope) for slope in slopes])
    inputs = dict(input=x.numpy(), states=[state.numpy() for state in given], outputGradients=slopes)
    inputs["weights"] = {key: weight.numpy() for key, weight in weights.items()}
    if mask is not None:
        inputs["mask"] = mask.astype(np.int32)
    results = dict(outputs=[output.numpy() for output in outputs])
    results["gradients"] = dict(
        input=np.asarray(gradients["input"]),
        states=[np.asarray(gradient) for gradient in gradients["states"]],
        weights={key: np.asarray(gradient) for key, gradient in gradients["weights"].items()},
    )
    if layer.stateful:
        results["second"] = [np.asarray(output) for output in layer(x, **arguments)]
    cases.add(name, inputs, dict(className=class_name, config=config), results)


def one(name, kind, mask=MASK, states=False, **options):
    options = dict(units=2, **options)
    count = (2 if kind == "lstm" else 1) if states else 0
    add(f"{kind}: {name}", kind, camel_keys(options), makers[kind](**options), mask=mask, states=count)


for kind in makers:
    one("last output", kind)
    one("sequences", kind, return_sequences=True)
    one("sequences and state", kind, return_sequences=True, return_state=True)
    one("state without mask", kind, mask=None, return_state=True)
    one("initial state", kind, states=True, return_sequences=True, return_state=True)
    one("initial state, last output", kind, states=True)
    one("initial state without mask", kind, mask=None, states=True, return_sequences=True)
    one("zero output for mask", kind, return_sequences=True, zero_output_for_mask=True)
    one("zero output for mask, last output", kind, zero_output_for_mask=True)
    one("backwards", kind, go_backwards=True, return_sequences=True, return_state=True)
    one("backwards, initial state, zero output", kind, go_backwards=True, states=True, zero_output_for_mask=True)
    one("stateful", kind, stateful=True, return_sequences=True, return_state=True)
one("reset before", "gru", reset_after=False, return_sequences=True)
one("reset before, initial state", "gru", states=True, reset_after=False, return_state=True)


def both(name, kind, mode, mask=MASK, states=False, **options):
    options = dict(units=2, **options)
    layer = layers.Bidirectional(makers[kind](**options), merge_mode=mode)
    config = dict(layer=dict(className=kind, config=camel_keys(options)), mergeMode=mode)
    count = (4 if kind == "lstm" else 2) if states else 0
    add(f"bidirectional {kind}: {name}", "bidirectional", config, layer, mask=mask, states=count)


for kind in ("lstm", "gru"):
    both("last output", kind, "concat")
    both("sequences", kind, "concat", return_sequences=True)
    both("sequences, apart", kind, None, return_sequences=True)
    both("sequences and states", kind, "sum", return_sequences=True, return_state=True)
    both("initial states", kind, "ave", states=True, return_sequences=True)
    both("initial states without mask", kind, "mul", mask=None, states=True, return_state=True)
cases.write()
