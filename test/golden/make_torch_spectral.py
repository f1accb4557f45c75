"""Golden values made by PyTorch: layers whose weight is divided by its spectral norm, in training.

The output, the gradients for the input and for the weight before the division, and the singular vector after the call. Kernels lie
as Rappel has them. Run with `python make_torch_spectral.py`.
"""

import torch
from golden import Cases, values
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def main():
    cases = Cases("spectral-normalization.torch.json", "torch", torch.__version__)

    def add(name, seed, module, x, kernel, layer, weight_name, to_torch, from_torch, dim, iterations, forward=None):
        start = values(seed + 2, kernel.shape[-1])
        bias = getattr(module, "bias", None)
        weights = {f"layer/{weight_name}": kernel}
        with torch.no_grad():
            module.weight.copy_(to_torch(torch.tensor(kernel)))
            if bias is not None:
                weights["layer/bias"] = values(seed + 3, *bias.shape)
                bias.copy_(torch.tensor(weights["layer/bias"]))
        nn.utils.spectral_norm(module, n_power_iterations=iterations, dim=dim)
        with torch.no_grad():
            module.weight_u.copy_(torch.tensor(start))
        module.train()
        is_real = x.dtype.kind == "f"
        leaf = torch.tensor(x, requires_grad=is_real)
        output = (forward or module)(leaf)
        output_gradient = values(seed + 4, *output.shape)
        output.backward(torch.tensor(output_gradient))
        gradients = {f"layer/{weight_name}": from_torch(module.weight_orig.grad).numpy()}
        if bias is not None:
            gradients["layer/bias"] = module.bias.grad.numpy()
        if is_real:
            gradients["input"] = leaf.grad.numpy()
        cases.add(name, dict(input=x, outputGradient=output_gradient, vectorU=start, **weights),
                  dict(layer=layer, powerIterations=iterations),
                  dict(output=output.detach().numpy(), gradients=gradients, vectorU=module.weight_u.numpy()))

    for iterations in (1, 4):
        add(f"dense, {iterations} power iterations", 8000, nn.Linear(5, 4), values(8000, 3, 5), values(8001, 5, 4),
            dict(className="dense", config=dict(units=4)), "kernel", lambda k: k.T, lambda g: g.T, 0, iterations)
    convolution = nn.Conv2d(2, 3, (3, 2))
    add("conv2d", 8010, convolution, values(8010, 1, 4, 4, 2), values(8011, 3, 2, 2, 3),
        dict(className="conv2d", config=dict(filters=3, kernelSize=[3, 2])), "kernel",
        lambda k: k.permute(3, 2, 0, 1), lambda g: g.permute(2, 3, 1, 0), 0, 1,
        lambda x: convolution(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))
    # Rappel's columns are the last axis, the width of the vectors.
    add("embedding", 8020, nn.Embedding(5, 3), values(8020, 2, 4, scale=0).astype("int32") + [[0, 1, 4, 1], [3, 2, 2, 0]], values(8021, 5, 3),
        dict(className="embedding", config=dict(inputDim=5, outputDim=3)), "embeddings", lambda k: k, lambda g: g, 1, 2)
    cases.write()


main()
