"""Golden values made by PyTorch: what Keras has no layer or no option for, on sequences, images and volumes.

Explicit padding and output padding, groups of transposed convolutions, padding by reflection, replication and on a ring, and
adaptive pooling. Channels stand last, as Rappel has them; kernels are `[...axes, in / groups, out]` and those of transposed
convolutions `[...axes, out / groups, in]`. Run with `python make_torch_spatial.py`.
"""

import torch
from golden import Cases, values
from torch import nn

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def channels_first(tensor):
    return tensor.movedim(-1, 1)


def channels_last(tensor):
    return tensor.movedim(1, -1)


def kernel_to_torch(kernel):
    """`[...axes, a, b]` as `[b, a, ...axes]`."""
    return kernel.movedim(-1, 0).movedim(-1, 1)


def add(cases, name, shape, seed, options, forward, **weight_shapes):
    """Runs `forward(input, **weights)`, which takes and gives channels first, and records the case."""
    x = leaf(values(seed, *shape))
    arrays = {key: values(seed + 500 + index, *size, scale=0.4) for index, (key, size) in enumerate(weight_shapes.items())}
    weights = {key: leaf(array) for key, array in arrays.items()}
    output = channels_last(forward(channels_first(x), **weights)).contiguous()
    output_gradient = values(seed + 900, *output.shape)
    output.backward(torch.tensor(output_gradient))
    gradients = {key: tensor.grad.numpy() for key, tensor in dict(input=x, **weights).items()}
    cases.add(name, dict(input=x.detach().numpy(), outputGradient=output_gradient, **arrays), options,
              dict(output=output.detach().numpy(), gradients=gradients))


def convolution():
    cases = Cases("convolution3d.torch.json", "torch", torch.__version__)

    def conv3d(name, seed, shape, filters, kernel, strides=1, padding=0, dilation=1, groups=1):
        triple = [padding] * 3 if isinstance(padding, int) else padding
        options = dict(layer="conv3d", filters=filters, kernelSize=kernel, strides=strides, dilationRate=dilation, groups=groups,
                       padding=[[each, each] for each in triple])
        add(cases, f"conv3d, {name}", shape, seed, options,
            lambda x, kernel, bias: nn.functional.conv3d(x, kernel_to_torch(kernel), bias, strides, padding, dilation, groups),
            kernel=[*kernel, shape[-1] // groups, filters], bias=[filters])

    conv3d("padding 1", 7000, (1, 3, 3, 4, 2), 3, (3, 2, 3), padding=1)
    conv3d("padding 2, 0, 1, strides 2", 7001, (1, 3, 4, 3, 2), 2, (3, 3, 2), strides=2, padding=(2, 0, 1))
    conv3d("padding 2, dilation 2, groups 2", 7002, (1, 3, 3, 3, 4), 2, (2, 3, 2), padding=2, dilation=2, groups=2)
    conv3d("a group for each channel", 7003, (1, 3, 3, 2, 3), 6, (2, 2, 2), groups=3)

    def transpose(rank, name, seed, shape, filters, kernel, strides=1, padding=0, output_padding=0, dilation=1, groups=1):
        function = [nn.functional.conv_transpose1d, nn.functional.conv_transpose2d, nn.functional.conv_transpose3d][rank - 1]
        options = dict(layer=f"conv{rank}dTranspose", filters=filters, kernelSize=kernel, strides=strides, dilationRate=dilation, groups=groups,
                       padding=[[padding, padding]] * rank if rank > 1 else [padding, padding], outputPadding=output_padding)
        add(cases, f"conv{rank}dTranspose, {name}", shape, seed, options,
            lambda x, kernel, bias: function(x, kernel_to_torch(kernel), bias, strides, padding, output_padding, groups, dilation),
            kernel=[*kernel, filters // groups, shape[-1]], bias=[filters])

    transpose(1, "padding 1, strides 2, output padding 1", 7020, (2, 4, 2), 3, (3,), 2, 1, 1)
    transpose(1, "groups 2, dilation 2", 7021, (1, 4, 4), 2, (3,), 1, 1, 0, 2, 2)
    transpose(2, "padding 1, strides 2, output padding 1", 7022, (1, 3, 2, 2), 3, (3, 4), 2, 1, 1)
    transpose(2, "groups 2, strides 3", 7023, (1, 2, 3, 4), 4, (3, 2), 3, 0, 0, 1, 2)
    transpose(2, "dilation 2, strides 2", 7024, (1, 2, 3, 2), 2, (3, 2), 2, 1, 1, 2)
    transpose(3, "padding 1, strides 2, output padding 1", 7025, (1, 2, 2, 2, 2), 2, (3, 4, 3), 2, 1, 1)
    transpose(3, "groups 2, strides 2", 7026, (1, 2, 2, 2, 4), 4, (3, 2, 2), 2, 0, 0, 1, 2)
    transpose(3, "dilation 2, padding 1", 7027, (1, 3, 2, 2, 1), 2, (2, 2, 3), 1, 1, 0, 2)
    cases.write()


def padding():
    cases = Cases("padding.torch.json", "torch", torch.__version__)
    kinds = {
        "reflectionPadding": (nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d),
        "replicationPadding": (nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d),
        "circularPadding": (nn.CircularPad1d, nn.CircularPad2d, nn.CircularPad3d),
    }
    for kind, makes in kinds.items():
        for rank, make in enumerate(makes, 1):
            sizes = (3, 4, 3)[:rank]
            for seed, margins in ((7100 + rank, [[1, 1]] * rank), (7110 + rank, [[0, 2], [1, 3], [2, 0]][:rank])):
                backwards = [each for pair in reversed(margins) for each in pair]
                options = dict(layer=f"{kind}{rank}d", padding=margins[0] if rank == 1 else margins)
                add(cases, f"{kind}{rank}d, {margins}", (1, *sizes, 2), seed, options, make(tuple(backwards)))
    cases.write()


def adaptive():
    cases = Cases("adaptive-pooling.torch.json", "torch", torch.__version__)
    variants = {
        1: [((1, 5, 2), [1]), ((2, 7, 2), [3]), ((1, 11, 2), [4]), ((1, 3, 2), [7]), ((1, 8, 2), [6])],
        2: [((1, 6, 5, 2), [4, 3]), ((1, 3, 7, 2), [5, 2])],
        3: [((1, 3, 4, 5, 1), [2, 2, 3]), ((1, 5, 2, 4, 2), [3, 2, 1])],
    }
    makes = {
        "Average": (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
        "Max": (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
    }
    for kind, by_rank in makes.items():
        for rank, list_of in variants.items():
            for seed, (shape, size) in enumerate(list_of, 7200 + 10 * rank):
                layer = f"adaptive{kind}Pooling{rank}d"
                add(cases, f"{layer}, {list(shape[1:-1])} to {size}", shape, seed, dict(layer=layer, outputSize=size), by_rank[rank - 1](tuple(size)))
    cases.write()


def shuffling():
    cases = Cases("pixel-shuffle.torch.json", "torch", torch.__version__)
    add(cases, "pixelShuffle", (2, 2, 3, 8), 7300, dict(layer="pixelShuffle", upscaleFactor=2), nn.PixelShuffle(2))
    add(cases, "pixelUnshuffle", (1, 4, 6, 2), 7301, dict(layer="pixelUnshuffle", downscaleFactor=2), nn.PixelUnshuffle(2))
    cases.write()


if __name__ == "__main__":
    shuffling()
    convolution()
    padding()
    adaptive()
