"""Golden values made by Keras on TensorFlow: layers that heed masks, and a masked model's loss, metrics and training step. Run with `python make_keras_masks.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers
from keras.src import backend

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"
cases = Cases("masks.keras.json", "keras", VERSION)
MASK = np.array([[1, 1, 1, 0], [0, 1, 0, 1], [1, 0, 0, 0]], dtype=bool)
OTHER = np.array([[1, 0, 1, 0], [0, 0, 1, 1], [0, 1, 1, 1]], dtype=bool)
NOTHING = np.array([[1, 1, 0, 0], [0, 0, 0, 0], [0, 1, 1, 1]], dtype=bool)


def add(name, class_name, layer, masks, config=None, shapes=None, training=False, call=None, weight_name=None):
    shapes = shapes or [(3, 4, 2)] * len(masks)
    inputs = [tf.Variable(values(1 + index, *shape)) for index, shape in enumerate(shapes)]

    def run():
        tensors = [tf.convert_to_tensor(x) for x in inputs]
        for tensor, mask in zip(tensors, masks):
            if mask is not None:
                backend.set_keras_mask(tensor, tf.constant(mask))
        if call:
            return call(tensors)
        return layer(tensors if len(tensors) > 1 else tensors[0], **(dict(training=True) if training else {}))

    run()
    weight_name = weight_name or (lambda weight: camel(weight.name))
    weights = {weight_name(weight): weight for weight in layer.weights if "seed" not in weight.path}
    for index, weight in enumerate(weights.values()):
        weight.assign(values(10 + index, *weight.shape, scale=0.5, shift=1 if "variance" in weight.name else 0))
    before = {key: weight.numpy() for key, weight in weights.items()}
    learned = {key: weight for key, weight in weights.items() if weight.trainable}
    with tf.GradientTape() as tape:
        y = run()
    slope = values(20, *y.shape)
    variables = dict(inputs=inputs, weights={key: weight.value for key, weight in learned.items()})
    gradients = tape.gradient(y, variables, output_gradients=tf.constant(slope))
    state = {key: weight.numpy() for key, weight in weights.items() if key not in learned}
    output_mask = backend.get_keras_mask(y)
    cases.add(
        name,
        dict(
            inputs=[x.numpy() for x in inputs],
            masks=[None if mask is None else mask.astype(np.int32) for mask in masks],
            outputGradient=slope,
            weights=before,
        ),
        dict(className=class_name, config=config or {}, training=training),
        dict(
            output=y.numpy(),
            mask=None if output_mask is None else np.asarray(output_mask).astype(np.int32),
            inputs=[np.asarray(gradient) for gradient in gradients["inputs"]],
            weights={key: np.asarray(gradient) for key, gradient in gradients["weights"].items()},
            state=state,
        ),
    )


add("global average pooling", "globalAveragePooling1d", layers.GlobalAveragePooling1D(), [MASK])
add("global average pooling, kept axes", "globalAveragePooling1d", layers.GlobalAveragePooling1D(keepdims=True), [OTHER], dict(keepDims=True))
add("softmax over the steps", "softmax", layers.Softmax(axis=-1), [NOTHING], dict(axis=-1), [(3, 4)])
add("batch normalization, training", "batchNormalization", layers.BatchNormalization(momentum=0.9), [MASK], dict(momentum=0.9), training=True)
add("batch normalization, inference", "batchNormalization", layers.BatchNormalization(), [MASK])
add("dense", "dense", layers.Dense(3), [MASK], dict(units=3))
for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
    add(f"{kind.lower()}, both masked", kind.lower(), getattr(layers, kind)(), [MASK, OTHER])
    add(f"{kind.lower()}, one masked", kind.lower(), getattr(layers, kind)(), [None, OTHER])
for axis in (1, 2):
    for masks in ([MASK, OTHER], [MASK, None]):
        kind = "both masked" if masks[1] is not None else "one masked"
        add(f"concatenate along axis {axis}, {kind}", "concatenate", layers.Concatenate(axis=axis), masks, dict(axis=axis))


def attention(name, masks, causal=False, shapes=None):
    layer = layers.MultiHeadAttention(num_heads=2, key_dim=2)
    # With the scores returned, Keras takes its documented masked softmax, which gives nothing where everything is masked.
    given = dict(use_causal_mask=causal, return_attention_scores=True)

    def call(tensors):
        query, *others = tensors
        value, key = (others or [query])[0], (others[1] if len(others) > 1 else None)
        return layer(query, value, key, **given)[0]

    def role(weight):
        return weight.path.split("/")[-2].removeprefix("attention_") + weight.name.capitalize()

    config = dict(numHeads=2, keyDim=2) | (dict(useCausalMask=True) if causal else {})
    add(f"attention: {name}", "multiHeadAttention", layer, masks, config, shapes, call=call, weight_name=role)


attention("to itself", [MASK])
attention("to itself, causal", [NOTHING], causal=True)
attention("masked queries", [MASK, None])
attention("masked values", [None, OTHER], shapes=[(3, 5, 2), (3, 4, 3)])
attention("all masked", [MASK, OTHER, NOTHING])
cases.write()

# A whole model: words of 0 are padding; loss and metrics with sample weights; a step of SGD.
models = Cases("masked-model.keras.json", "keras", VERSION)
TOKENS = np.array([[3, 1, 4, 0, 0], [0, 0, 2, 1, 3], [1, 0, 2, 0, 4], [0, 0, 0, 0, 0], [2, 3, 4, 1, 1]], dtype=np.int32)
LABELS = np.array([[0, 1, 2, 0, 0], [1, 1, 2, 0, 1], [2, 0, 0, 1, 1], [0, 1, 2, 0, 1], [2, 1, 0, 0, 2]], dtype=np.int32)


def fit(name, stack, losses, judged, config, y, sample_weight=None, **compile_options):
    model = keras.Sequential([layers.Input((5,), dtype="int32"), *stack])
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss=losses[0], run_eagerly=False, **compile_options)
    weights = {}
    for index, weight in enumerate(model.trainable_weights):
        weight.assign(values(10 + index, *weight.shape, scale=0.5))
        weights[f"{weight.path.split('/')[-3] if 'cell' in weight.path else weight.path.split('/')[-2]}/{camel(weight.name)}"] = weight
    before = {key: weight.numpy() for key, weight in weights.items()}
    predictions = model.predict(TOKENS, verbose=0)
    logs = model.train_on_batch(TOKENS, y, sample_weight=sample_weight, return_dict=True)
    after = {key: weight.numpy() for key, weight in weights.items()}
    inputs = dict(x=TOKENS, y=y, weights=before)
    if sample_weight is not None:
        inputs["sampleWeight"] = sample_weight[:, 0]
    options = dict(layers=config, loss=losses[1], **{judged[0]: judged[1]})
    renamed = {camel(key): float(value) for key, value in logs.items()}
    models.add(name, inputs, options, dict(predictions=predictions, logs=renamed, weights=after))


def embedding():
    return layers.Embedding(5, 3, mask_zero=True, name="embedding"), dict(
        className="embedding", config=dict(name="embedding", inputDim=5, outputDim=3, maskZero=True)
    )


def recurrent(kind, **options):
    maker = dict(gru=layers.GRU, lstm=layers.LSTM)[kind]
    return maker(name=kind, **options), dict(className=kind, config=dict(name=kind, **camel_keys(options)))


def dense(units, **options):
    return layers.Dense(units, name="head", **options), dict(className="dense", config=dict(name="head", units=units, **options))


SPARSE = keras.losses.SparseCategoricalCrossentropy(from_logits=True), dict(
    className="sparseCategoricalCrossentropy", config=dict(fromLogits=True)
)
stack, config = zip(embedding(), recurrent("gru", units=2, return_sequences=True), dense(3))
fit("a label for each step", stack, SPARSE, ("metrics", ["sparseCategoricalAccuracy"]), config, LABELS, metrics=["sparse_categorical_accuracy"])
stack, config = zip(embedding(), recurrent("lstm", units=2, return_sequences=True), dense(3))
WEIGHTS = np.array([[1], [0.5], [2], [3], [0]], dtype=np.float32) * np.ones((1, 5), np.float32)
fit(
    "a label for each step, weighted",
    stack,
    SPARSE,
    ("weightedMetrics", ["sparseCategoricalAccuracy"]),
    config,
    LABELS,
    sample_weight=WEIGHTS,
    weighted_metrics=["sparse_categorical_accuracy"],
)
stack, config = zip(embedding(), recurrent("lstm", units=2), dense(1))
fit(
    "a value for each sequence",
    stack,
    (keras.losses.MeanSquaredError(), dict(className="meanSquaredError", config={})),
    ("metrics", ["meanAbsoluteError"]),
    config,
    values(5, 5, 1),
    metrics=["mean_absolute_error"],
)
models.write()
