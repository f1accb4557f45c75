"""Golden values made by scikit-learn: accuracy, precision, recall, F1 and confusion matrices. Run with `python make_sklearn.py`."""

import warnings

import numpy as np
import sklearn
from golden import Cases
from sklearn import metrics

warnings.filterwarnings("ignore", category=UserWarning)


def data_sets():
    """Pairs of (number of classes, true labels, predicted labels), ordinary and degenerate."""
    random = np.random.default_rng(0)

    def noisy(labels, classes, rate):
        """The labels, of which about `rate` are replaced by random classes."""
        return np.where(random.random(len(labels)) < rate, random.integers(0, classes, len(labels)), labels)

    two = random.integers(0, 2, 40)
    yield "two classes", 2, two, noisy(two, 2, 0.5)
    rare = (random.random(60) < 0.1).astype(int)
    yield "two classes, one rare", 2, rare, noisy(rare, 2, 0.3)
    yield "two classes, all right", 2, two, two
    yield "two classes, all wrong", 2, two, 1 - two
    yield "two classes, the positive one never predicted", 2, two, np.zeros_like(two)
    yield "two classes, the positive one absent from the labels", 2, np.zeros_like(two), two
    yield "two classes, only the negative one anywhere", 2, np.zeros(5, int), np.zeros(5, int)
    yield "two classes, only the positive one anywhere", 2, np.ones(5, int), np.ones(5, int)
    three = random.integers(0, 3, 50)
    yield "three classes", 3, three, noisy(three, 3, 0.6)
    yield "three classes, all wrong", 3, three, (three + 1) % 3
    yield "three classes, one predicted for all", 3, three, np.ones_like(three)
    ten = random.choice(10, 80, p=[0.3, 0.2, 0.1, 0.1, 0.08, 0.08, 0.05, 0.04, 0.03, 0.02])
    yield "ten unbalanced classes", 10, ten, noisy(ten, 10, 0.4)
    four = random.choice([0, 1, 3], 30)
    yield "four classes, one absent from labels and predictions", 4, four, random.permutation(four)
    yield "four classes, one absent from the labels", 4, four, noisy(four, 4, 0.8)
    yield "four classes, one absent from the predictions", 4, noisy(four, 4, 0.8), four
    yield "five classes, a single sample, right", 5, np.array([3]), np.array([3])
    yield "five classes, a single sample, wrong", 5, np.array([3]), np.array([1])


def scores(function, classes, labels, predictions, **arguments):
    """One score: for each class, averaged over all classes and over those that occur, and of class 1 where there are two."""

    def averaged(**among):
        return {kind: function(labels, predictions, average=kind, **among, **arguments) for kind in ("micro", "macro", "weighted")}

    every_class = dict(labels=np.arange(classes))
    result = dict(
        none=function(labels, predictions, average=None, **every_class, **arguments),
        all=averaged(**every_class),
        occurring=averaged(),
    )
    if classes == 2:
        result["binary"] = function(labels, predictions, average="binary", **arguments)
    return result


def main():
    cases = Cases("metrics.sklearn.json", "scikit-learn", sklearn.__version__)
    functions = dict(precision=metrics.precision_score, recall=metrics.recall_score, f1Score=metrics.f1_score)

    def add(name, classes, labels, predictions, zero_division, weights=None):
        inputs = dict(labels=labels, predictions=predictions)
        if weights is not None:
            inputs["sampleWeights"] = weights
        cases.add(name, inputs, dict(classes=classes, zeroDivision=zero_division), dict(
            accuracy=metrics.accuracy_score(labels, predictions, sample_weight=weights),
            confusionMatrix=metrics.confusion_matrix(labels, predictions, labels=np.arange(classes), sample_weight=weights),
            **{key: scores(function, classes, labels, predictions, sample_weight=weights, zero_division=zero_division)
               for key, function in functions.items()},
        ))

    for name, classes, labels, predictions in data_sets():
        for zero_division in (0, 1):
            add(f"{name}, zero division {zero_division}", classes, labels, predictions, zero_division)
        if name in ("two classes", "three classes"):
            weights = np.round(np.random.default_rng(1).random(len(labels)) * 2, 2)
            add(f"{name}, weighted samples", classes, labels, predictions, 0, weights=weights)
    cases.write()


if __name__ == "__main__":
    main()
