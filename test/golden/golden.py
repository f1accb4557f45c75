"""How the make_*.py scripts write golden values: a file is a JSON array of cases, one case a line.

A case is { name, origin, version, inputs, options, outputs }. Arrays are { "shape": [...], "data": [...] } in row-major
order, with "dtype": "int32" when they hold integers. Numbers have nine significant digits, which identify a float32.
JSON has no infinities and no NaN, so these are the strings "Infinity", "-Infinity" and "NaN".
"""

import json
import math
import pathlib

import numpy as np


def number(value):
    """A float with nine significant digits, or the name of a value that JSON cannot write."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    rounded = float(f"{value:.9g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e9 else rounded


def encode(value):
    """Turns nested dicts, lists, arrays and scalars into what `json.dumps` can write."""
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return number(value)
    array = np.asarray(value)
    encoded = {"shape": list(array.shape)}
    if np.issubdtype(array.dtype, np.integer):
        encoded["dtype"] = "int32"
        encoded["data"] = [int(item) for item in array.ravel()]
    else:
        encoded["data"] = [number(item) for item in array.ravel()]
    return encoded


def camel(name):
    """A Python name as Rappel writes it: `kernel_size` is `kernelSize`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def camel_keys(options):
    return {camel(key): value for key, value in options.items()}


class Cases:
    """Collects the cases of one file and writes it beside this script."""

    def __init__(self, file, origin, version):
        self.file, self.origin, self.version, self.lines, self.names = file, origin, version, [], set()

    def add(self, name, inputs, options, outputs):
        """Adds one case; its name says what is particular about it and is unique in the file."""
        if name in self.names:
            raise ValueError(f"{self.file} has two cases named '{name}'")
        self.names.add(name)
        case = dict(name=name, origin=self.origin, version=self.version, inputs=inputs, options=options, outputs=outputs)
        self.lines.append(json.dumps(encode(case), separators=(",", ":"), allow_nan=False))

    def write(self):
        path = pathlib.Path(__file__).parent / self.file
        path.write_text("[\n" + ",\n".join(self.lines) + "\n]\n")
        print(f"{self.file}: {len(self.lines)} cases, {path.stat().st_size} bytes")


def values(seed, *shape, scale=1.0, shift=0.0):
    """Normally distributed float32 values with three decimals: short to write, and reproduced exactly by their text."""
    draw = np.random.default_rng(seed).standard_normal(shape)
    return np.round(draw * scale + shift, 3).astype(np.float32)


# Arguments at which activations saturate, bend or cancel, and ordinary ones between them. Two rows, so that softmax fits too.
ACTIVATION_GRID = np.array(
    [
        [-100, -20, -6, -3, -2.5, -1, -0.5, -1e-3, -1e-6, 0, 1e-6, 1e-3],
        [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4.5, 6, 7, 20, 80],
    ],
    dtype=np.float32,
)

# Gradients for ten steps of an optimizer: ordinary, always zero, tiny (where the place of epsilon shows), large, and alternating.
OPTIMIZER_VALUES = dict(kernel=values(1, 2, 3), bias=values(2, 2))


def optimizer_gradients():
    """One dict of gradients a step, for `OPTIMIZER_VALUES`."""
    steps = []
    for step in range(10):
        kernel = values(100 + step, 2, 3)
        kernel[0, 1] = 0
        kernel[0, 2] *= np.float32(1e-7)
        kernel[1, 0] *= np.float32(100)
        kernel[1, 1] = 0.5 if step % 2 == 0 else -0.5
        steps.append(dict(kernel=kernel, bias=values(200 + step, 2)))
    return steps
