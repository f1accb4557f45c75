"""Golden values made by Keras on TensorFlow: the learning rates of schedules over 100 updates. Run with `python make_keras_schedules.py`."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_ENABLE_ONEDNN_OPTS="0", TF_CPP_MIN_LOG_LEVEL="3")
import keras
import numpy as np
import tensorflow as tf
from golden import Cases, camel_keys
from keras.optimizers import schedules

cases = Cases("schedules.keras.json", "keras", f"{keras.__version__} (TensorFlow {tf.__version__})")


def run(name, schedule, make, **options):
    rates = np.array([float(make(**options)(step)) for step in range(100)], np.float32)
    cases.add(name, {}, dict(schedule=schedule, **camel_keys(options)), dict(rates=rates))


run("exponential", "exponentialDecay", schedules.ExponentialDecay, initial_learning_rate=0.1, decay_steps=13, decay_rate=0.7)
run("exponential in steps", "exponentialDecay", schedules.ExponentialDecay,
    initial_learning_rate=0.1, decay_steps=13, decay_rate=0.7, staircase=True)
run("inverse time", "inverseTimeDecay", schedules.InverseTimeDecay, initial_learning_rate=0.1, decay_steps=7, decay_rate=0.5)
run("inverse time in steps", "inverseTimeDecay", schedules.InverseTimeDecay,
    initial_learning_rate=0.1, decay_steps=7, decay_rate=0.5, staircase=True)
run("piecewise constant", "piecewiseConstant", schedules.PiecewiseConstantDecay, boundaries=[10, 40, 41], values=[1.0, 0.5, 0.1, 0.05])
run("polynomial, a line", "polynomialDecay", schedules.PolynomialDecay, initial_learning_rate=0.1, decay_steps=60)
run("polynomial of power 2", "polynomialDecay", schedules.PolynomialDecay,
    initial_learning_rate=0.1, decay_steps=60, end_learning_rate=0.01, power=2.0)
run("polynomial, repeated", "polynomialDecay", schedules.PolynomialDecay,
    initial_learning_rate=0.1, decay_steps=30, end_learning_rate=0.01, power=0.5, cycle=True)
run("cosine", "cosineDecay", schedules.CosineDecay, initial_learning_rate=0.1, decay_steps=80, alpha=0.1)
run("cosine with warm-up", "cosineDecay", schedules.CosineDecay,
    initial_learning_rate=0.01, decay_steps=60, alpha=0.05, warmup_target=0.2, warmup_steps=15)
run("cosine with restarts", "cosineDecayRestarts", schedules.CosineDecayRestarts, initial_learning_rate=0.1, first_decay_steps=11)
run("cosine with restarts of one length", "cosineDecayRestarts", schedules.CosineDecayRestarts,
    initial_learning_rate=0.1, first_decay_steps=16, t_mul=1.0, m_mul=0.5, alpha=0.1)
run("cosine with restarts of fractional lengths", "cosineDecayRestarts", schedules.CosineDecayRestarts,
    initial_learning_rate=0.1, first_decay_steps=9, t_mul=1.3, m_mul=0.8, alpha=0.01)
cases.write()
