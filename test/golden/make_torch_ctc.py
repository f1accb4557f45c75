"""Golden values made by PyTorch: connectionist temporal classification. Run with `python make_torch_ctc.py`."""

import numpy as np
import torch
import torch.nn.functional as F
from golden import Cases, values

torch.set_num_threads(1)
cases = Cases("ctc.torch.json", "torch", torch.__version__)


def add(name, labels, logits, label_length=None, logit_length=None, blank=0, zero_infinity=False, mean=False, **options):
    leaf = torch.tensor(logits, requires_grad=True)
    batch, steps, _ = logits.shape
    targets = torch.tensor(labels)
    label_lengths = torch.tensor(label_length if label_length is not None else (labels != blank).sum(1))
    logit_lengths = torch.tensor(logit_length if logit_length is not None else [steps] * batch)
    loss = F.ctc_loss(leaf.log_softmax(-1).transpose(0, 1), targets, logit_lengths, label_lengths, blank=blank,
                      zero_infinity=zero_infinity, reduction="mean" if mean else "none")
    loss.sum().backward()
    given = dict(labels=labels.astype(np.int32), logits=logits)
    if label_length is not None:
        given["labelLength"] = np.array(label_length, np.int32)
    if logit_length is not None:
        given["logitLength"] = np.array(logit_length, np.int32)
    if blank:
        options["blank"] = blank
    if zero_infinity:
        options["zeroInfinity"] = True
    if mean:
        options.update(reduction="mean", divideByLabelLength=True)
    cases.add(name, given, options, dict(loss=loss.detach().numpy(), gradient=leaf.grad.numpy()))


x = values(1, 3, 6, 4)
labels = np.array([[1, 2, 3], [2, 1, 0], [3, 0, 0]])
add("labels of different lengths", labels, x)
add("repeated labels", np.array([[1, 1, 1], [2, 2, 3], [3, 1, 1]]), x)
add("an empty row", np.array([[0, 0], [1, 2], [0, 0]]), x)
add("rows of different steps", labels, x, logit_length=[6, 3, 1])
add("another blank, lengths of labels", np.array([[0, 1, 2], [2, 1, 1], [0, 0, 1]]), x, label_length=[3, 2, 1], blank=3)
add("as many steps as labels", np.array([[1, 2, 3, 1, 2, 3]]), values(2, 1, 6, 4))
add("impossible: too few steps between equal labels, counting nothing", np.array([[1, 1, 1, 1], [1, 2, 0, 0]]), values(3, 2, 6, 4),
    zero_infinity=True)
add("the mean of losses a label", labels, x, mean=True)
add("confident logits", labels, x * 20)
add("many steps", np.random.default_rng(4).integers(1, 5, (2, 12)), values(5, 2, 60, 5))
cases.write()
