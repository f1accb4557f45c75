"""Golden values made by PyTorch: the rarer activations, their values and slopes. Run with `python make_torch_activations.py`."""

import torch
import torch.nn.functional as F
from golden import ACTIVATION_GRID, Cases, values

torch.set_num_threads(1)
FUNCTIONS = dict(celu=F.celu, hardShrink=F.hardshrink, softShrink=F.softshrink, tanhShrink=F.tanhshrink, hardTanh=F.hardtanh,
                 softmin=lambda x: F.softmin(x, dim=-1), logSigmoid=F.logsigmoid)


def main():
    cases = Cases("activations-more.torch.json", "torch", torch.__version__)
    for name, function in FUNCTIONS.items():
        x, output_gradient = torch.tensor(ACTIVATION_GRID, requires_grad=True), values(33, *ACTIVATION_GRID.shape)
        y = function(x)
        y.backward(torch.tensor(output_gradient))
        cases.add(name, dict(input=ACTIVATION_GRID, outputGradient=output_gradient), dict(activation=name),
                  dict(output=y.detach().numpy(), gradients=dict(input=x.grad.numpy())))
    cases.write()


main()
