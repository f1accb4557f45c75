"""Golden values made by PyTorch: activations with options of their own, at their kinks too.

Run with `python make_torch_activation_layers.py`.
"""

import numpy as np
import torch
from golden import Cases, values
from torch import nn

torch.set_num_threads(1)

cases = Cases("activation-layers.torch.json", "torch", torch.__version__)


def add(layer, module, options, kinks):
    """Runs a module on random values and on those where its slope jumps."""
    x = np.concatenate([values(61, 2, 7, scale=2), np.resize(np.array(kinks, np.float32), (2, len(kinks)))], axis=1)
    given = torch.tensor(x, requires_grad=True)
    output = module(given)
    output_gradient = values(62, *x.shape)
    output.backward(torch.tensor(output_gradient))
    name = ", ".join([layer, *(f"{key} {value}" for key, value in options.items())])
    cases.add(name, dict(input=x, outputGradient=output_gradient), dict(layer=layer, **options),
              dict(output=output.detach().numpy(), gradients=dict(input=given.grad.numpy())))


add("celu", nn.CELU(), {}, [0, -30, 90])
add("celu", nn.CELU(alpha=0.5), dict(alpha=0.5), [0, -30, 90])
add("hardShrink", nn.Hardshrink(), {}, [0, 0.5, -0.5])
add("hardShrink", nn.Hardshrink(lambd=1.25), dict(threshold=1.25), [0, 1.25, -1.25])
add("softShrink", nn.Softshrink(), {}, [0, 0.5, -0.5])
add("softShrink", nn.Softshrink(lambd=1.25), dict(threshold=1.25), [0, 1.25, -1.25])
add("hardTanh", nn.Hardtanh(), {}, [0, 1, -1])
add("hardTanh", nn.Hardtanh(min_val=-0.5, max_val=2.5), dict(minValue=-0.5, maxValue=2.5), [0, -0.5, 2.5])
add("threshold", nn.Threshold(0, 0), {}, [0, -1, 1])
add("threshold", nn.Threshold(0.75, -2), dict(threshold=0.75, value=-2), [0, 0.75, -2])
add("softplus", nn.Softplus(), {}, [0, -30, 90])
add("softplus", nn.Softplus(beta=3), dict(beta=3), [0, -30, 30])
cases.write()
