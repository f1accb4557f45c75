"""Golden values made by PyTorch: optimizers, whole trainings, losses from logits, activations, convolutions.

Everything is laid out as Rappel has it: images [batch, height, width, channels], kernels [inputs, units] and
[height, width, inChannels / groups, outChannels]. Run with `python make_torch.py`.
"""

import numpy as np
import torch
import torch.nn.functional as F
from golden import ACTIVATION_GRID, OPTIMIZER_VALUES, Cases, optimizer_gradients, values

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
VERSION = torch.__version__


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def numpy(tensor):
    return tensor.detach().numpy().copy()


def images_to_torch(tensor):
    return tensor.permute(0, 3, 1, 2)


def images_from_torch(tensor):
    return tensor.permute(0, 2, 3, 1)


def filters_to_torch(tensor):
    return tensor.permute(3, 2, 0, 1)


def optimizers():
    cases = Cases("optimizers.torch.json", "torch", VERSION)
    gradients = optimizer_gradients()

    def run(name, make, options):
        parameters = {key: leaf(value.copy()) for key, value in OPTIMIZER_VALUES.items()}
        optimizer = make(list(parameters.values()))
        steps = []
        for gradient in gradients:
            for key, parameter in parameters.items():
                parameter.grad = torch.tensor(gradient[key])
            optimizer.step()
            steps.append({key: numpy(parameter) for key, parameter in parameters.items()})
        cases.add(name, dict(parameters=OPTIMIZER_VALUES, gradients=gradients), options, dict(steps=steps))

    def sgd(name, learning_rate, **options):
        torch_names = dict(momentum="momentum", nesterov="nesterov", coupledWeightDecay="weight_decay")
        arguments = {torch_names[key]: value for key, value in options.items()}
        run(name, lambda p: torch.optim.SGD(p, lr=learning_rate, **arguments), dict(optimizer="sgd", learningRate=learning_rate, **options))

    def adam(name, learning_rate, betas=(0.9, 0.999), eps=1e-8, decoupled=None, coupled=None):
        options = dict(optimizer="adam", learningRate=learning_rate, beta1=betas[0], beta2=betas[1], epsilon=eps)
        if decoupled is not None:
            options = dict(options, optimizer="adamW", weightDecay=decoupled)
            run(name, lambda p: torch.optim.AdamW(p, lr=learning_rate, betas=betas, eps=eps, weight_decay=decoupled), options)
        elif coupled is not None:
            options = dict(options, coupledWeightDecay=coupled)
            run(name, lambda p: torch.optim.Adam(p, lr=learning_rate, betas=betas, eps=eps, weight_decay=coupled), options)
        else:
            run(name, lambda p: torch.optim.Adam(p, lr=learning_rate, betas=betas, eps=eps), options)

    sgd("sgd", 0.1)
    sgd("sgd with momentum", 0.05, momentum=0.9)
    sgd("sgd with Nesterov momentum", 0.05, momentum=0.9, nesterov=True)
    sgd("sgd with weight decay in the gradient", 0.1, coupledWeightDecay=0.01)
    sgd("sgd with momentum and weight decay in the gradient", 0.05, momentum=0.9, coupledWeightDecay=0.01)
    adam("adam", 1e-3)
    adam("adam with betas 0.8 and 0.95", 0.05, betas=(0.8, 0.95))
    adam("adam with epsilon 1e-3", 0.01, eps=1e-3)
    adam("adam with weight decay in the gradient", 0.01, coupled=0.1)
    adam("adamW", 0.01, decoupled=0.1)
    cases.write()


def optimizer_of(name, parameters):
    """A PyTorch optimizer, and the same one written down for Rappel."""
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=0.1, momentum=0.9), dict(className="sgd", config=dict(learningRate=0.1, momentum=0.9))
    config = dict(learningRate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8)
    return torch.optim.Adam(parameters, lr=0.01, betas=(0.9, 0.999), eps=1e-8), dict(className="adam", config=config)


def train(cases, network, optimizer_name, features, labels, batch_size, steps, weights, forward, snapshot):
    """Trains `weights` on consecutive batches, around the data as often as needed, and records loss and weights at each step."""
    parameters = {key: leaf(value.copy()) for key, value in weights.items()}
    optimizer, written_down = optimizer_of(optimizer_name, list(parameters.values()))
    losses, snapshots = [], []
    for step in range(steps):
        start = step * batch_size % len(features)
        batch = slice(start, start + batch_size)
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(torch.tensor(features[batch]), parameters), torch.tensor(labels[batch]))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        snapshots.append(snapshot({key: numpy(parameter) for key, parameter in parameters.items()}))
    options = dict(network=network, optimizer=written_down, batchSize=batch_size)
    outputs = dict(losses=np.array(losses, np.float32), weights=snapshots)
    cases.add(f"{network} with {optimizer_name}", dict(features=features, labels=labels, weights=weights), options, outputs)


def training():
    """The layers of the networks "mlp" and "cnn" stand in training.test.ts; the loss is the mean cross-entropy of the logits."""
    cases = Cases("training.torch.json", "torch", VERSION)
    random = np.random.default_rng(7)

    def mlp(x, p):
        hidden = torch.tanh(x @ p["hidden/kernel"] + p["hidden/bias"])
        return hidden @ p["logits/kernel"] + p["logits/bias"]

    features, labels = values(8, 40, 4), random.integers(0, 3, 40)
    weights = {
        "hidden/kernel": values(9, 4, 5, scale=0.5), "hidden/bias": values(10, 5, scale=0.1),
        "logits/kernel": values(11, 5, 3, scale=0.5), "logits/bias": values(12, 3, scale=0.1),
    }
    for optimizer in ("sgd", "adam"):
        train(cases, "mlp", optimizer, features, labels, 8, 10, weights, mlp, lambda snapshot: snapshot)

    # The convolution has no bias: before a batch normalization its gradient is rounding noise around zero, which Adam would blow up.
    # The running statistics stored are Keras's, of momentum 0.9 and the biased variance (PyTorch would take the unbiased one).
    running = {}

    def cnn(x, p):
        maps = F.conv2d(images_to_torch(x), filters_to_torch(p["convolution/kernel"]), padding=1)
        mean, variance = maps.mean((0, 2, 3)), maps.var((0, 2, 3), unbiased=False)
        running["mean"] = 0.9 * running["mean"] + 0.1 * numpy(mean)
        running["variance"] = 0.9 * running["variance"] + 0.1 * numpy(variance)
        maps = F.batch_norm(maps, None, None, p["normalization/gamma"], p["normalization/beta"], training=True, eps=1e-3)
        maps = F.max_pool2d(F.relu(maps), 2)
        return images_from_torch(maps).flatten(1) @ p["logits/kernel"] + p["logits/bias"]

    features, labels = values(13, 20, 6, 6, 2), random.integers(0, 3, 20)
    weights = {
        "convolution/kernel": values(14, 3, 3, 2, 4, scale=0.3),
        "normalization/gamma": values(16, 4, scale=0.2, shift=1), "normalization/beta": values(17, 4, scale=0.1),
        "logits/kernel": values(18, 36, 3, scale=0.2), "logits/bias": values(19, 3, scale=0.1),
    }
    for optimizer in ("sgd", "adam"):
        running.update(mean=np.zeros(4, np.float32), variance=np.ones(4, np.float32))
        train(cases, "cnn", optimizer, features, labels, 4, 5, weights, cnn,
              lambda snapshot: {**snapshot, "normalization/movingMean": running["mean"].copy(),
                                "normalization/movingVariance": running["variance"].copy()})
    cases.write()


def losses():
    cases = Cases("losses.torch.json", "torch", VERSION)

    def run(name, loss, function, targets, predictions, options):
        for reduction in ("none", "mean", "sum"):
            prediction = leaf(predictions)
            value = function(prediction, torch.tensor(targets), reduction)
            value.sum().backward()
            cases.add(f"{name}, reduction {reduction}", dict(targets=targets, predictions=predictions),
                      dict(loss=loss, reduction=reduction, **options), dict(loss=numpy(value), gradient=numpy(prediction.grad)))

    def mean_squared_error(prediction, target, reduction):
        # As in Keras, a sample's loss is the mean over its last axis, and the reduction is over the samples.
        each = F.mse_loss(prediction, target, reduction="none").mean(-1)
        return each if reduction == "none" else getattr(each, reduction)()

    run("mean squared error", "meanSquaredError", mean_squared_error, values(20, 5, 3), values(21, 5, 3), {})
    labels = np.array([2, 0, 3, 1, 1, 0])
    ordinary = values(22, 6, 4, scale=3)
    extreme = values(23, 6, 4)
    extreme[0], extreme[1], extreme[2], extreme[3] = [1e4, -1e4, 0, 1], [1e4, -1e4, 1e4, 0], [-1e4, -1e4, -1e4, -1e4], [9999, 1e4, 0, 0]
    for kind, logits in (("ordinary", ordinary), ("extreme", extreme)):
        run(f"sparse categorical cross-entropy, {kind} logits", "sparseCategoricalCrossentropy",
            lambda p, t, r: F.cross_entropy(p, t, reduction=r), labels, logits, dict(fromLogits=True))
        one_hot = np.eye(4, dtype=np.float32)[labels]
        for smoothing in (0, 0.1):
            run(f"categorical cross-entropy, {kind} logits, label smoothing {smoothing}", "categoricalCrossentropy",
                lambda p, t, r: F.cross_entropy(p, t, reduction=r, label_smoothing=smoothing), one_hot, logits,
                dict(fromLogits=True, labelSmoothing=smoothing))
    soft = np.round(np.random.default_rng(24).dirichlet([1, 1, 1, 1], 6), 3).astype(np.float32)
    run("categorical cross-entropy, soft targets", "categoricalCrossentropy", lambda p, t, r: F.cross_entropy(p, t, reduction=r),
        soft, ordinary, dict(fromLogits=True, labelSmoothing=0))
    cases.write()


def activations():
    cases = Cases("activations.torch.json", "torch", VERSION)
    functions = dict(
        relu=F.relu, relu6=F.relu6, elu=F.elu, selu=F.selu, gelu=F.gelu, silu=F.silu, sigmoid=torch.sigmoid, tanh=torch.tanh,
        softsign=F.softsign, hardSigmoid=F.hardsigmoid, mish=F.mish, softplus=lambda x: F.softplus(x, threshold=1000),
        leakyRelu=lambda x: F.leaky_relu(x, 0.2), geluTanh=lambda x: F.gelu(x, approximate="tanh"),
        softmax=lambda x: F.softmax(x, -1), logSoftmax=lambda x: F.log_softmax(x, -1),
    )
    output_gradient = values(30, *ACTIVATION_GRID.shape)
    for name, function in functions.items():
        # At the kink of SELU PyTorch takes the slope from the left, Keras the one from the right: the test follows Keras.
        grid = np.where(ACTIVATION_GRID == 0, np.float32(0.125), ACTIVATION_GRID) if name == "selu" else ACTIVATION_GRID
        x = leaf(grid)
        y = function(x)
        y.backward(torch.tensor(output_gradient))
        cases.add(name, dict(input=grid, outputGradient=output_gradient), dict(activation=name),
                  dict(output=numpy(y), gradients=dict(input=numpy(x.grad))))
    cases.write()


def convolutions():
    """What Keras on TensorFlow refuses: strides together with dilation. And groups again, by a second implementation."""
    cases = Cases("convolution.torch.json", "torch", VERSION)
    variants = {
        "valid, strides 2, dilation 2": ((2, 9, 10, 3), (3, 3), 4, dict(strides=[2, 2], dilationRate=[2, 2], groups=1)),
        "valid, strides 3 by 1, dilation 1 by 3": ((1, 10, 11, 2), (2, 3), 3, dict(strides=[3, 1], dilationRate=[1, 3], groups=1)),
        "valid, groups 3, strides 2": ((2, 7, 6, 6), (3, 2), 9, dict(strides=[2, 2], dilationRate=[1, 1], groups=3)),
        "valid, one group a channel, dilation 2": ((1, 7, 7, 4), (3, 3), 4, dict(strides=[1, 1], dilationRate=[2, 2], groups=4)),
        "valid, two filters a channel, strides 2": ((1, 7, 7, 3), (3, 3), 6, dict(strides=[2, 2], dilationRate=[1, 1], groups=3)),
    }
    for seed, (name, (shape, size, filters, options)) in enumerate(variants.items(), 40):
        x, bias = leaf(values(seed, *shape)), leaf(values(seed + 100, filters))
        kernel = leaf(values(seed + 200, *size, shape[-1] // options["groups"], filters, scale=0.3))
        y = images_from_torch(F.conv2d(images_to_torch(x), filters_to_torch(kernel), bias, stride=options["strides"],
                                       dilation=options["dilationRate"], groups=options["groups"]))
        output_gradient = values(seed + 300, *y.shape)
        y.backward(torch.tensor(output_gradient))
        cases.add(name, dict(input=numpy(x), outputGradient=output_gradient, kernel=numpy(kernel), bias=numpy(bias)),
                  dict(filters=filters, kernelSize=list(size), padding="valid", **options),
                  dict(output=numpy(y), gradients=dict(input=numpy(x.grad), kernel=numpy(kernel.grad), bias=numpy(bias.grad))))
    cases.write()


if __name__ == "__main__":
    optimizers()
    training()
    losses()
    activations()
    convolutions()
