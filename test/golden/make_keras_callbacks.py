"""Golden values made by Keras: what callbacks do with a course of monitored values. Run with `python make_keras_callbacks.py`.

`learning-rates.keras.json` has the learning rate after each epoch under ReduceLROnPlateau, `checkpoints.keras.json` the epochs
after which ModelCheckpoint saves.
"""

import keras
from golden import Cases, camel_keys


def make_learning_rates():
    cases = Cases("learning-rates.keras.json", "keras", keras.__version__)

    class Model:
        def __init__(self, rate):
            self.optimizer = keras.optimizers.SGD(learning_rate=rate)

    def run(name, monitored, rate=1.0, **options):
        model, callback = Model(rate), keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **options)
        callback.set_model(model)
        callback.on_train_begin()
        rates = []
        for epoch, value in enumerate(monitored):
            callback.on_epoch_end(epoch, dict(val_loss=value))
            rates.append(float(model.optimizer.learning_rate))
        named = {("minLearningRate" if key == "minLr" else key): value for key, value in camel_keys(options).items()}
        cases.add(name, dict(monitored=monitored, rate=rate), named, dict(rates=rates))

    flat = [1.0] * 9
    run("patience 2", flat, factor=0.5, patience=2)
    run("patience 1", flat, factor=0.5, patience=1)
    run("patience 0", flat[:4], factor=0.5, patience=0)
    run("the usual minimal change counts small steps as none", [1.0, 0.99995, 0.9999, 0.9998, 0.9], factor=0.5, patience=1)
    run("no minimal change", [1.0, 0.99995, 0.9999, 0.9998], factor=0.5, patience=1, min_delta=0)
    run("an improvement starts the wait anew", [1.0, 1.0, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4], factor=0.1, patience=2)
    run("cooldown", flat, factor=0.5, patience=1, cooldown=2)
    run("cooldown longer than patience", flat, factor=0.5, patience=2, cooldown=3)
    run("an improvement during cooldown", [1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5], factor=0.5, patience=1, cooldown=2)
    run("least rate", flat, factor=0.1, patience=1, min_lr=0.05)
    run("already at the least rate", flat[:4], rate=0.05, factor=0.1, patience=1, min_lr=0.05)
    run("mode max", [0.5, 0.6, 0.6, 0.6, 0.7, 0.7, 0.7], factor=0.5, patience=2, mode="max")
    run("NaN", [1.0, float("nan"), float("nan"), 0.5, 0.5], factor=0.5, patience=1)
    run("NaN first", [float("nan"), 1.0, 0.5, 0.5, 0.5], factor=0.5, patience=1)
    cases.write()


def make_checkpoints():
    cases = Cases("checkpoints.keras.json", "keras", keras.__version__)

    class Model:
        def __init__(self):
            self.saved, self.epoch = [], None

        def save(self, path, overwrite=True):
            self.saved.append(self.epoch)

    def run(name, monitored, **options):
        model = Model()
        callback = keras.callbacks.ModelCheckpoint("model.keras", monitor="val_loss", **options)
        callback.set_model(model)
        callback.on_train_begin()
        for epoch, value in enumerate(monitored):
            model.epoch = epoch
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, dict(val_loss=value))
        cases.add(name, dict(monitored=monitored), camel_keys(options), dict(saved=model.saved))

    course = [1.0, 0.75, 0.875, 0.5, 0.5, 0.625, 0.25]
    run("every epoch", course)
    run("the best only", course, save_best_only=True)
    run("the best only, mode max", course, save_best_only=True, mode="max")
    run("the best only, better than a value", course, save_best_only=True, mode="min", initial_value_threshold=0.6)
    run("the best only, never good enough", course, save_best_only=True, mode="min", initial_value_threshold=0.1)
    run("the best only, NaN", [1.0, float("nan"), 0.5], save_best_only=True)
    run("the best only, NaN first", [float("nan"), 1.0, 0.5, 2.0], save_best_only=True)
    cases.write()


make_learning_rates()
make_checkpoints()
