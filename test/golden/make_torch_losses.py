"""Golden values made by PyTorch: losses of distances between embeddings. Run with `python make_torch_losses.py`.

PyTorch has no semi-hard triplets and no contrastive loss; they are written here as their papers state them, triplet by triplet, and
PyTorch differentiates them.
"""

import numpy as np
import torch
import torch.nn.functional as F
from golden import Cases, values

torch.set_num_threads(1)
cases = Cases("losses-more.torch.json", "torch", torch.__version__)


def run(name, targets, predictions, loss, options):
    leaf = torch.tensor(predictions, requires_grad=True)
    value = loss(torch.tensor(targets), leaf)
    value.backward()
    cases.add(name, dict(targets=targets, predictions=predictions), options,
              dict(loss=value.detach().numpy(), gradient=leaf.grad.numpy()))


def semi_hard(margin):
    def loss(labels, embeddings):
        count, terms = len(labels), []
        away = lambda i, j: (embeddings[i] - embeddings[j]).norm()
        for a in range(count):
            for p in range(count):
                if a == p or labels[a] != labels[p]:
                    continue
                negatives = [away(a, n) for n in range(count) if labels[n] != labels[a]]
                outside = [d for d in negatives if d > away(a, p)]
                chosen = min(outside) if outside else max(negatives)
                terms.append(torch.clamp(away(a, p) - chosen + margin, min=0))
        return torch.stack(terms).mean()

    return loss


def contrastive(margin):
    return lambda same, d: (same * d**2 + (1 - same) * torch.clamp(margin - d, min=0) ** 2).mean()


triplets = values(1, 5, 3, 4)
nothing = values(2, 5)
for margin, swap in [(1.0, False), (2.5, False), (1.5, True)]:
    run(f"triplets, margin {margin}{', swapped' if swap else ''}", nothing, triplets,
        lambda _, x: F.triplet_margin_loss(x[:, 0], x[:, 1], x[:, 2], margin=margin, swap=swap),
        dict(loss="tripletMargin", margin=margin, swap=swap))
labels = values(3, 8) > 0
for margin in (0.2, 1.0):
    run(f"semi-hard triplets, margin {margin}", labels.astype("int32"), values(4, 8, 3), semi_hard(margin),
        dict(loss="tripletSemiHard", margin=margin))
run("semi-hard triplets of four labels", np.array([0, 1, 2, 3, 0, 1, 2, 3], np.int32), values(5, 8, 2),
    semi_hard(1.0), dict(loss="tripletSemiHard"))
run("contrastive", (values(6, 6) > 0).astype("float32"), abs(values(7, 6)), contrastive(1.0), dict(loss="contrastive"))
run("contrastive, margin 0.5", (values(6, 6) > 0).astype("float32"), abs(values(7, 6)), contrastive(0.5),
    dict(loss="contrastive", margin=0.5))
cases.write()
