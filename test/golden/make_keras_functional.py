"""Golden values made by Keras on TensorFlow: functional models' predictions, and their losses and weights after one training step.

The graph is written down once, as Rappel has it in data, and built in Keras from that. Run with `python make_keras_functional.py`.
"""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel, camel_keys, values
from keras import layers, losses, optimizers

VERSION = f"{keras.__version__} (TensorFlow {tf.__version__})"
KERAS_LAYERS = dict(
    dense=layers.Dense, conv2d=layers.Conv2D, globalAveragePooling2d=layers.GlobalAveragePooling2D, add=layers.Add,
    subtract=layers.Subtract, multiply=layers.Multiply, average=layers.Average, maximum=layers.Maximum,
    minimum=layers.Minimum, concatenate=layers.Concatenate, dot=layers.Dot,
)
KERAS_LOSSES = dict(
    meanSquaredError=losses.MeanSquaredError(), sparseCategoricalCrossentropy=losses.SparseCategoricalCrossentropy(from_logits=True)
)


class Graph:
    """Applies layers in Keras and writes down what was applied to what."""

    def __init__(self):
        self.layers, self.made, self.nodes, self.tensors = [], {}, [], []

    def input(self, name, *shape):
        self.layers.append(dict(className="input", config=dict(name=name, inputShape=list(shape))))
        return self._node(name, [], keras.Input(shape, name=name))

    def layer(self, class_name, name, **options):
        config = {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()}
        self.layers.append(dict(className=class_name, config=camel_keys(dict(config, name=name))))
        self.made[name] = KERAS_LAYERS[class_name](name=name, **options)
        return lambda *inputs: self._node(
            name, inputs, self.made[name]([self.tensors[i] for i in inputs] if len(inputs) > 1 else self.tensors[inputs[0]])
        )

    def _node(self, name, inputs, tensor):
        self.nodes.append(dict(layer=name, inputs=list(inputs)))
        self.tensors.append(tensor)
        return len(self.tensors) - 1


def run(cases, name, graph, inputs, outputs, x, y, loss, metrics, loss_weights=None):
    model = keras.Model({key: graph.tensors[node] for key, node in inputs.items()},
                        {key: graph.tensors[node] for key, node in outputs.items()})
    for index, weight in enumerate(model.trainable_weights):
        fan_in = max(1, int(np.prod(weight.shape[:-1])))
        weight.assign(values(800 + index, *weight.shape, scale=0.7 * fan_in**-0.5))

    def weights():
        return {f"{layer.name}/{camel(weight.name)}": weight.numpy() for layer in model.layers for weight in layer.weights}

    before, predictions = weights(), model.predict(x, verbose=0)
    keras_metrics = dict(accuracy="accuracy", meanAbsoluteError="mean_absolute_error")
    model.compile(
        optimizers.SGD(learning_rate=0.1, momentum=0.9), {key: KERAS_LOSSES[kind] for key, kind in loss.items()},
        loss_weights=loss_weights, metrics={key: [keras_metrics[metric] for metric in each] for key, each in metrics.items()},
    )
    # Losses and metrics of the batch before the update, as evaluate gives them.
    logs = model.evaluate(x, y, batch_size=len(next(iter(x.values()))), verbose=0, return_dict=True)
    model.train_on_batch(x, y)
    ends = {key: [dict(name=end, node=node) for end, node in nodes.items()] for key, nodes in dict(inputs=inputs, outputs=outputs).items()}
    options = dict(model=dict(name="golden", layers=graph.layers, nodes=graph.nodes, **ends), loss=loss, metrics=metrics)
    if loss_weights:
        options["lossWeights"] = loss_weights
    cases.add(name, dict(x=x, y=y, weights=before), options,
              dict(predictions=predictions, logs={camel(key): float(value) for key, value in logs.items()}, weights=weights()))


def two_by_two(cases):
    graph = Graph()
    left, right, side = graph.input("left", 4), graph.input("right", 4), graph.input("side", 3)
    shared = graph.layer("dense", "shared", units=5, activation="tanh")
    one, two = shared(left), shared(right)
    joined = graph.layer("concatenate", "joined")(
        graph.layer("add", "sum")(one, two), graph.layer("subtract", "difference")(one, two), side)
    block = graph.layer("dense", "block", units=5, activation="gelu")(joined)
    residual = graph.layer("add", "residual")(block, one)
    cosine = graph.layer("dot", "cosine", axes=1, normalize=True)(one, two)
    score = graph.layer("dense", "score", units=1)(graph.layer("concatenate", "with_cosine")(residual, cosine))
    kind = graph.layer("dense", "kind", units=3)(residual)
    random = np.random.default_rng(80)
    run(cases, "shared layer, two outputs", graph, dict(left=left, right=right, side=side), dict(score=score, kind=kind),
        dict(left=values(81, 8, 4), right=values(82, 8, 4), side=values(83, 8, 3)),
        dict(score=values(84, 8, 1), kind=random.integers(0, 3, 8)),
        dict(score="meanSquaredError", kind="sparseCategoricalCrossentropy"),
        dict(score=["meanAbsoluteError"], kind=["accuracy"]), dict(score=1.5, kind=0.25))


def residual_network(cases):
    graph = Graph()
    image = graph.input("image", 5, 6, 2)
    stem = graph.layer("conv2d", "stem", filters=4, kernel_size=3, padding="same", activation="relu")(image)
    block = graph.layer("conv2d", "block", filters=4, kernel_size=3, padding="same", activation="tanh")(stem)
    residual = graph.layer("add", "residual")(stem, block)
    gate = graph.layer("conv2d", "gate", filters=1, kernel_size=1, activation="sigmoid")(residual)
    gated = graph.layer("multiply", "gated")(residual, gate)
    pool = graph.layer("globalAveragePooling2d", "pool")
    merged = [graph.layer(kind, kind)(pool(gated), pool(block)) for kind in ("average", "maximum", "minimum")]
    head = graph.layer("dense", "head", units=3)(graph.layer("concatenate", "joined", axis=1)(*merged))
    run(cases, "residual network with gates", graph, dict(image=image), dict(head=head), dict(image=values(85, 8, 5, 6, 2)),
        dict(head=np.random.default_rng(86).integers(0, 3, 8)), dict(head="sparseCategoricalCrossentropy"), dict(head=["accuracy"]))


def main():
    cases = Cases("functional.keras.json", "keras", VERSION)
    two_by_two(cases)
    residual_network(cases)
    cases.write()


if __name__ == "__main__":
    main()
