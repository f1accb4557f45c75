"""Golden values made by PyTorch: scaled dot-product attention, its value and its gradients for query, key and value.

Run with `python make_torch_attention.py`.
"""

import torch
import torch.nn.functional as F
from golden import Cases, values

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def attention():
    cases = Cases("attention.torch.json", "torch", torch.__version__)

    def add(name, query, key, value, mask=None, **options):
        leaves = {
            "query": torch.tensor(values(1, *query), requires_grad=True),
            "key": torch.tensor(values(2, *key), requires_grad=True),
            "value": torch.tensor(values(3, *value), requires_grad=True),
        }
        torch_mask = None if mask is None else torch.tensor(mask)
        if options.get("booleanMask"):
            torch_mask = torch_mask > 0
        output = F.scaled_dot_product_attention(
            *leaves.values(), attn_mask=torch_mask, is_causal=options.get("causal", False), scale=options.get("scale")
        )
        upstream = values(4, *output.shape)
        output.backward(torch.tensor(upstream))
        inputs = {name: leaf.detach().numpy() for name, leaf in leaves.items()} | {"outputGradient": upstream}
        if mask is not None:
            inputs["mask"] = mask
        gradients = {name: leaf.grad.numpy() for name, leaf in leaves.items()}
        cases.add(name, inputs, options, {"output": output.detach().numpy(), "gradients": gradients})

    add("one head", (1, 5, 4), (1, 5, 4), (1, 5, 4))
    add("batch and heads", (2, 3, 7, 8), (2, 3, 7, 8), (2, 3, 7, 8))
    add("causal", (2, 2, 6, 4), (2, 2, 6, 4), (2, 2, 6, 4), causal=True)
    add("cross attention, wider values", (2, 3, 4), (2, 5, 4), (2, 5, 6))
    add("scale", (1, 4, 4), (1, 4, 4), (1, 4, 4), scale=0.3)
    add("added mask", (2, 4, 3), (2, 5, 3), (2, 5, 3), mask=values(5, 4, 5, scale=3))
    boolean = (values(6, 2, 4, 5) > -0.5).astype("float32")
    boolean[:, :, 0] = 1
    add("boolean mask", (2, 4, 3), (2, 5, 3), (2, 5, 3), mask=boolean, booleanMask=True)
    add("one key", (1, 3, 2), (1, 1, 2), (1, 1, 2))
    cases.write()


attention()
