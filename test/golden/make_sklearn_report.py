"""Golden values made by scikit-learn: classification reports as they are printed. Run with `python make_sklearn_report.py`."""

import warnings

import numpy as np
import sklearn
from golden import Cases
from sklearn import metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(3)
cases = Cases("report.sklearn.json", "scikit-learn", sklearn.__version__)


def add(name, truth, guess, labels=None, class_names=None, digits=2):
    text = metrics.classification_report(truth, guess, labels=labels, target_names=class_names, digits=digits, zero_division=0)
    options = dict(report={}, digits=digits)
    if labels is not None:
        options["report"]["labels"] = labels
    if class_names is not None:
        options["report"]["classNames"] = class_names
    cases.add(name, dict(truth=np.asarray(truth), guess=np.asarray(guess)), options, dict(text=text))


truth = random.integers(0, 3, 1200)
guess = np.where(random.random(1200) < 0.4, random.integers(0, 3, 1200), truth)
add("three classes", truth[:40], guess[:40])
add("names longer than the averages'", truth[:40], guess[:40], class_names=["cat", "a rather long name", "dog"])
add("classes chosen", truth[:40], guess[:40], labels=[0, 2])
add("many examples, four digits", truth, guess, digits=4)
add("one predicted for all", [0, 1, 1], [1, 1, 1])
add("all right", [0, 1], [0, 1], digits=0)
cases.write()
