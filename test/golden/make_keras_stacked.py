"""Golden values made by Keras on TensorFlow: recurrent cells on top of one another, with masks and states, forward and backward.

The form is that of recurrent-masks.keras.json. Stateful ones are left out: Keras 3.15 cannot reset the states of several cells. Run with `python make_keras_stacked.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers

cases = Cases("stacked.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")
makers = {"simpleRNN": layers.SimpleRNNCell, "lstm": layers.LSTMCell, "gru": layers.GRUCell}
MASK = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 1]], dtype=bool)


def add(name, cells, mask=None, states=False, both=False, **options):
    """A case. `cells`: kinds with options. Weights and states are those of the cells, in their order. `both`: in both directions."""
    layer = layers.RNN([makers[kind](**settings) for kind, settings in cells], **options)
    halves = {"": layer}
    if both:
        layer = layers.Bidirectional(layer)
        halves = {"forward/": layer.forward_layer, "backward/": layer.backward_layer}
    batch, time = MASK.shape
    x = tf.Variable(values(1, batch, time, 3))
    given, nested = [], []
    if states:
        for cell in layer.cell.cells:
            sizes = cell.state_size if isinstance(cell.state_size, (list, tuple)) else [cell.state_size]
            own = [tf.Variable(values(40 + len(given) + index, batch, size)) for index, size in enumerate(sizes)]
            given += own
            nested.append(own if len(own) > 1 else own[0])
    arguments = dict(mask=None if mask is None else tf.constant(mask))
    if states:
        arguments["initial_state"] = nested
    layer(x, **arguments)
    weights = {}
    for path, half in halves.items():
        for at, cell in enumerate(half.cell.cells):
            weights.update({f"{path}cell{at}/{camel(weight.name)}": weight for weight in cell.trainable_weights})
    for index, weight in enumerate(weights.values()):
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
    with tf.GradientTape() as tape:
        outputs = tf.nest.flatten(layer(x, **arguments))
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
    config = dict(cells=[dict(className=kind, config=camel_keys(settings)) for kind, settings in cells], **camel_keys(options))
    made = dict(className="rnn", config=config)
    cases.add(name, inputs, dict(className="bidirectional", config=dict(layer=made)) if both else made, results)


LSTM_GRU = [("lstm", dict(units=3)), ("gru", dict(units=2))]
THREE = [("gru", dict(units=2)), ("simpleRNN", dict(units=3)), ("lstm", dict(units=2))]
for name, cells in (("an LSTM below a GRU", LSTM_GRU), ("three cells", THREE)):
    add(f"{name}, last output", cells)
    add(f"{name}, sequences and states", cells, return_sequences=True, return_state=True)
    add(f"{name}, initial states", cells, states=True, return_state=True)
    add(f"{name}, mask", cells, mask=MASK, return_sequences=True, return_state=True)
    add(f"{name}, mask, last output, initial states", cells, mask=MASK, states=True)
    add(f"{name}, mask, zero output", cells, mask=MASK, return_sequences=True, zero_output_for_mask=True)
    add(f"{name}, backwards", cells, go_backwards=True, return_sequences=True, return_state=True)
    add(f"{name}, backwards, mask", cells, mask=MASK, go_backwards=True, return_sequences=True, return_state=True)
add("both directions, last output", LSTM_GRU, both=True, return_state=True)
add("both directions, mask, sequences", LSTM_GRU, both=True, mask=MASK, return_sequences=True)
add("one cell", [("lstm", dict(units=2))], return_state=True)
cases.write()
