"""Golden values made by PyTorch: recurrent layers on packed sequences of different lengths. Run with `python make_torch_packed.py`."""

import torch
from golden import Cases, values
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

cases = Cases("packed.torch.json", "torch", torch.__version__)
LENGTHS = [5, 3, 1, 4]
UNITS, FEATURES = 3, 2


def blocks(weight, order):
    """PyTorch's weight [blocks · units, ...] as Keras and Rappel have it: [..., blocks · units], the blocks in another order."""
    parts = weight.detach().chunk(len(order), 0)
    return torch.cat([parts[index] for index in order], 0)


def add(name, kind, make, order, bidirectional):
    torch.manual_seed(0)
    layer = make(FEATURES, UNITS, batch_first=True, bidirectional=bidirectional)
    for index, weight in enumerate(layer.parameters()):
        weight.data = torch.tensor(values(10 + index, *weight.shape, scale=0.5))
    x = torch.tensor(values(1, len(LENGTHS), max(LENGTHS), FEATURES), requires_grad=True)
    packed = pack_padded_sequence(x, LENGTHS, batch_first=True, enforce_sorted=False)
    output, state = layer(packed)
    output, _ = pad_packed_sequence(output, batch_first=True)
    states = list(state) if isinstance(state, tuple) else [state]
    slope = torch.tensor(values(20, *output.shape))
    (gradient,) = torch.autograd.grad((output * slope).sum(), [x])
    weights = {}
    for prefix, suffix in (("forward/", ""), ("backward/", "_reverse"))[: 2 if bidirectional else 1]:
        prefix = prefix if bidirectional else ""
        get = lambda part: blocks(getattr(layer, f"{part}_l0{suffix}"), order)
        weights[f"{prefix}kernel"] = get("weight_ih").T.numpy()
        weights[f"{prefix}recurrentKernel"] = get("weight_hh").T.numpy()
        pair = get("bias_ih"), get("bias_hh")
        weights[f"{prefix}bias"] = (torch.stack(pair) if kind == "gru" else sum(pair)).numpy()
    inputs = dict(input=x.detach().numpy(), outputGradient=slope.numpy(), weights=weights)
    # States are [directions, batch, units]: all of the forward direction first, as the layers' results come.
    last = [each[direction].detach().numpy() for direction in range(2 if bidirectional else 1) for each in states]
    outputs = dict(output=output.detach().numpy(), states=last, gradient=gradient.numpy())
    cases.add(name, inputs, dict(className=kind, bidirectional=bidirectional, units=UNITS, lengths=LENGTHS), outputs)


# Gates: PyTorch's LSTM has i, f, g, o as Keras; its GRU r, z, n where Keras has z, r, h.
for both in (False, True):
    name = "bidirectional " if both else ""
    add(f"{name}lstm", "lstm", torch.nn.LSTM, [0, 1, 2, 3], both)
    add(f"{name}gru", "gru", torch.nn.GRU, [1, 0, 2], both)
    add(f"{name}simpleRNN", "simpleRNN", torch.nn.RNN, [0], both)
cases.write()
