"""Golden values made by PyTorch: cross-entropies with weights of positive targets and of classes.

PyTorch's mean over labels divides by the sum of their weights; Rappel's by their number, so that those cases are sums or examples.
Run with `python make_torch_weighted_losses.py`.
"""

import numpy as np
import torch
import torch.nn.functional as F
from golden import Cases, values

torch.set_num_threads(1)
cases = Cases("losses-weighted.torch.json", "torch", torch.__version__)


def run(name, targets, predictions, loss, options):
    leaf = torch.tensor(predictions, requires_grad=True)
    value = loss(leaf, torch.tensor(targets))
    value.sum().backward()
    cases.add(name, dict(targets=targets, predictions=predictions), options,
              dict(loss=value.detach().numpy(), gradient=leaf.grad.numpy()))


logits = values(1, 5, 3, scale=3)
binary = (values(2, 5, 3) > 0).astype(np.float32)
for weight in (2.5, 0.25, [0.5, 1, 4]):
    run(f"binary from logits, positive weight {weight}", binary, logits,
        lambda x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(weight)),
        dict(loss="binaryCrossentropy", fromLogits=True, positiveWeight=weight))
run("binary from large logits, positive weight 3", np.array([[0, 1], [1, 0]], np.float32), np.array([[90, -90], [90, -90]], np.float32),
    lambda x, y: F.binary_cross_entropy_with_logits(x, y, pos_weight=torch.tensor(3.0)),
    dict(loss="binaryCrossentropy", fromLogits=True, positiveWeight=3))
probabilities = np.round(1 / (1 + np.exp(-values(3, 5, 3))), 3).astype(np.float32)
run("binary from probabilities, positive weight 2", binary, probabilities,
    lambda p, y: F.binary_cross_entropy(p, y, weight=1 + y), dict(loss="binaryCrossentropy", positiveWeight=2))

logits = values(4, 6, 4, scale=2)
weights = [0.5, 2, 1, 0]
soft = np.round(np.random.default_rng(5).dirichlet(np.ones(4), 6), 3).astype(np.float32)
labels = np.array([0, 1, 2, 3, 1, 0], np.int32)
one_hot = np.eye(4, dtype=np.float32)[labels]
for smoothing in (0, 0.2):
    common = dict(weight=torch.tensor(weights), label_smoothing=smoothing)
    options = dict(fromLogits=True, classWeight=weights, labelSmoothing=smoothing)
    run(f"soft rows, smoothing {smoothing}", soft, logits, lambda x, y: F.cross_entropy(x, y, **common),
        dict(loss="categoricalCrossentropy", **options))
    run(f"one-hot rows, smoothing {smoothing}", one_hot, logits, lambda x, y: F.cross_entropy(x, y, reduction="none", **common),
        dict(loss="categoricalCrossentropy", reduction="none", **options))
    run(f"labels, smoothing {smoothing}", labels, logits,
        lambda x, y: F.cross_entropy(x, y.long(), reduction="none", **common),
        dict(loss="sparseCategoricalCrossentropy", reduction="none", **options))
    run(f"labels, one ignored, smoothing {smoothing}", labels, logits,
        lambda x, y: F.cross_entropy(x, y.long(), reduction="sum", ignore_index=1, **common),
        dict(loss="sparseCategoricalCrossentropy", reduction="sum", ignoreClass=1, **options))
cases.write()
