"""Golden values made by PyTorch: blocks of transformers and rotary positions. Run with `python make_torch_transformer.py`."""

import numpy as np
import torch
from golden import Cases, values

torch.set_num_threads(1)
cases = Cases("transformer.torch.json", "torch", torch.__version__)


def randomize(module, seed):
    with torch.no_grad():
        for index, parameter in enumerate(module.parameters()):
            parameter.copy_(torch.tensor(values(seed + index, *parameter.shape, scale=0.4)))


def attention(name, module, read):
    """The weights of a MultiheadAttention, or their gradients, by Rappel's names and in its shapes."""
    heads, width = module.num_heads, module.embed_dim
    result = {}
    kernels = read(module.in_proj_weight).chunk(3)
    biases = read(module.in_proj_bias).chunk(3) if module.in_proj_bias is not None else [None] * 3
    for role, kernel, bias in zip(("query", "key", "value"), kernels, biases):
        result[f"{name}/{role}Kernel"] = kernel.mT.reshape(width, heads, -1)
        if bias is not None:
            result[f"{name}/{role}Bias"] = bias.reshape(heads, -1)
    result[f"{name}/outputKernel"] = read(module.out_proj.weight).mT.reshape(heads, -1, width)
    if module.out_proj.bias is not None:
        result[f"{name}/outputBias"] = read(module.out_proj.bias)
    return result


def pair(name, module, read, weight, bias):
    result = {f"{name}/{weight}": read(module.weight).mT if weight == "kernel" else read(module.weight)}
    if module.bias is not None:
        result[f"{name}/{bias}"] = read(module.bias)
    return result


def block(layer, read):
    cross = hasattr(layer, "multihead_attn")
    result = attention("selfAttention", layer.self_attn, read) | pair("selfAttentionNorm", layer.norm1, read, "gamma", "beta")
    if cross:
        result |= attention("crossAttention", layer.multihead_attn, read)
        result |= pair("crossAttentionNorm", layer.norm2, read, "gamma", "beta")
    result |= pair("feedforwardIntermediate", layer.linear1, read, "kernel", "bias")
    result |= pair("feedforwardOutput", layer.linear2, read, "kernel", "bias")
    result |= pair("feedforwardNorm", layer.norm3 if cross else layer.norm2, read, "gamma", "beta")
    return {key: value.detach().numpy() for key, value in result.items()}


def add(name, class_name, layer, inputs, call, options, masks=()):
    randomize(layer, 10)
    leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
    output = call(layer, *leaves)
    slope = values(99, *output.shape)
    output.backward(torch.tensor(slope))
    linear1 = layer.linear1
    config = dict(className=class_name, intermediateDim=linear1.out_features, numHeads=layer.self_attn.num_heads,
                  normalizeFirst=layer.norm_first, **options)
    cases.add(
        name,
        dict(inputs=[*inputs, *masks], outputGradient=slope, weights=block(layer, lambda p: p)),
        config,
        dict(output=output.detach().numpy(), inputs=[leaf.grad.numpy() for leaf in leaves],
             weights=block(layer, lambda p: p.grad)),
    )


def encoder(width, heads, hidden, **options):
    return torch.nn.TransformerEncoderLayer(width, heads, hidden, dropout=0, batch_first=True, **options).train()


def decoder(width, heads, hidden, **options):
    return torch.nn.TransformerDecoderLayer(width, heads, hidden, dropout=0, batch_first=True, **options).train()


def causal(time):
    return torch.triu(torch.ones(time, time, dtype=torch.bool), 1)


x = values(1, 2, 3, 4)
padding = np.array([[1, 1, 1], [1, 1, 0]], np.int32)
hidden = ~torch.tensor(padding, dtype=torch.bool)
pattern = np.array([[1, 0, 1], [1, 1, 0], [0, 0, 1]], np.int32)
add("encoder", "transformerEncoder", encoder(4, 2, 5), [x], lambda layer, x: layer(x), {})
add("encoder, normalized first, gelu", "transformerEncoder", encoder(4, 4, 8, norm_first=True, activation="gelu"), [x],
    lambda layer, x: layer(x), dict(activation="gelu"))
add("encoder, without biases, another epsilon", "transformerEncoder", encoder(4, 2, 4, bias=False, layer_norm_eps=1e-2), [x],
    lambda layer, x: layer(x), dict(useBias=False, layerNormEpsilon=1e-2))
add("encoder, padding", "transformerEncoder", encoder(4, 2, 5), [x],
    lambda layer, x: layer(x, src_key_padding_mask=hidden), dict(useAttentionMask=True), [padding])
add("encoder, attention mask", "transformerEncoder", encoder(4, 2, 5, norm_first=True), [x],
    lambda layer, x: layer(x, src_mask=~torch.tensor(pattern, dtype=torch.bool)), dict(useAttentionMask=True),
    [np.stack([pattern, pattern])])
add("encoder, causal", "transformerEncoder", encoder(4, 2, 5), [x], lambda layer, x: layer(x, src_mask=causal(3)),
    dict(useCausalMask=True))
add("decoder without an encoder", "transformerDecoder", encoder(4, 2, 7, norm_first=True, activation="gelu"), [x],
    lambda layer, x: layer(x, src_mask=causal(3)), dict(activation="gelu"))
memory = values(2, 2, 2, 4)
add("decoder", "transformerDecoder", decoder(4, 2, 5), [x, memory],
    lambda layer, x, memory: layer(x, memory, tgt_mask=causal(3)), {})
add("decoder, normalized first, gelu, not causal", "transformerDecoder", decoder(4, 4, 5, norm_first=True, activation="gelu"),
    [x, memory], lambda layer, x, memory: layer(x, memory), dict(activation="gelu", useCausalMask=False))
told = np.array([[1, 1], [1, 0]], np.int32)
add("decoder, both masks", "transformerDecoder", decoder(4, 2, 5), [x, memory],
    lambda layer, x, memory: layer(x, memory, tgt_mask=causal(3), tgt_key_padding_mask=hidden,
                                   memory_key_padding_mask=~torch.tensor(told, dtype=torch.bool)),
    dict(useSelfAttentionMask=True, useCrossAttentionMask=True), [padding, told])
cases.write()

# Rotary positions as products of complex numbers, the two halves of the features being their parts.
rotary = Cases("rotary.torch.json", "torch", torch.__version__)
for base, scaling, shape in [(10000, 1, (2, 5, 6)), (100, 2, (1, 4, 3, 4))]:
    leaf = torch.tensor(values(3, *shape), requires_grad=True)
    half = shape[-1] // 2
    angles = torch.arange(shape[1])[:, None] / scaling / base ** (torch.arange(half) / half)
    turn = torch.polar(torch.ones_like(angles), angles).reshape(shape[1], *[1] * (len(shape) - 3), half)
    turned = torch.complex(leaf[..., :half], leaf[..., half:]) * turn
    y = torch.cat([turned.real, turned.imag], -1)
    slope = values(4, *shape)
    y.backward(torch.tensor(slope))
    rotary.add(f"base {base}, positions divided by {scaling}", dict(input=leaf.detach().numpy(), outputGradient=slope),
               dict(maxWavelength=base, scalingFactor=scaling),
               dict(output=y.detach().numpy(), gradients=dict(input=leaf.grad.numpy())))
rotary.write()
