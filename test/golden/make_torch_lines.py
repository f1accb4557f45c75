"""Golden values made by PyTorch: sorting, the largest elements, running results along an axis. Run with `python make_torch_lines.py`."""

import numpy as np
import torch
from golden import Cases, values

torch.set_num_threads(1)
cases = Cases("lines.torch.json", "torch", torch.__version__)


def run(name, function, x, compute, **options):
    leaf = torch.tensor(x, requires_grad=True)
    output, *positions = compute(leaf)
    slope = values(99, *output.shape)
    output.backward(torch.tensor(slope))
    outputs = dict(output=output.detach().numpy(), gradient=leaf.grad.numpy())
    if positions:
        outputs["positions"] = positions[0].numpy().astype(np.int32)
    cases.add(name, dict(x=x, outputGradient=slope), {"function": function, **options}, outputs)


x = values(1, 2, 5, 3)
ties = np.round(values(2, 2, 40), 0)
for axis in (0, 1, -1):
    for descending in (False, True):
        run(f"sort, axis {axis}{', descending' if descending else ''}", "sort", x,
            lambda leaf: torch.sort(leaf, dim=axis, descending=descending, stable=True), axis=axis, descending=descending)
run("sort of equal elements", "sort", ties, lambda leaf: torch.sort(leaf, dim=1, stable=True), axis=1)
run("sort of equal elements, descending", "sort", ties,
    lambda leaf: torch.sort(leaf, dim=1, stable=True, descending=True), axis=1, descending=True)
run("the 3 largest", "topK", x, lambda leaf: torch.topk(leaf, 3, dim=1), k=3, axis=1)
run("the 2 smallest", "topK", x, lambda leaf: torch.topk(leaf, 2, dim=-1, largest=False), k=2, largest=False)
run("the 20 largest of 50", "topK", np.arange(100, dtype=np.float32).reshape(2, 50) * 37 % 101, lambda leaf: torch.topk(leaf, 20), k=20)

zeros = x.copy()
zeros[0, 1, 2] = zeros[1, 2, 0] = zeros[1, 4, 0] = 0
for axis in (0, 1, -1):
    run(f"running sum, axis {axis}", "cumulativeSum", x, lambda leaf: [torch.cumsum(leaf, axis)], axis=axis)
    run(f"running product with zeros, axis {axis}", "cumulativeProduct", zeros, lambda leaf: [torch.cumprod(leaf, axis)],
        axis=axis)
    run(f"running maximum, axis {axis}", "cumulativeMax", x, lambda leaf: [torch.cummax(leaf, axis).values], axis=axis)
    run(f"running minimum, axis {axis}", "cumulativeMin", x, lambda leaf: [torch.cummin(leaf, axis).values], axis=axis)
back = lambda function: lambda leaf: [torch.flip(function(torch.flip(leaf, [1]), 1), [1])]
run("running sum, reverse", "cumulativeSum", x, back(torch.cumsum), axis=1, reverse=True)
run("running product, reverse", "cumulativeProduct", zeros, back(torch.cumprod), axis=1, reverse=True)
run("running maximum, reverse", "cumulativeMax", x, back(lambda y, d: torch.cummax(y, d).values), axis=1, reverse=True)
cases.write()
