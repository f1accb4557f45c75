"""Golden values made by scikit-learn: scores that Rappel's metrics keep on the device while batches come one by one.

A case is { name, origin, version, inputs: { targets, predictions, sampleWeights? }, options: { metric, options }, outputs: { result } }:
what the metric gives after all examples. Predictions are float32 with three decimals, and scikit-learn gets the same float32 numbers.
Run with `python make_sklearn_streaming.py`.
"""

import warnings

import numpy as np
import sklearn
from golden import Cases, camel_keys
from sklearn import metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(11)
cases = Cases("streaming.sklearn.json", "scikit-learn", sklearn.__version__)


def add(name, metric, targets, predictions, options, result, sample_weights=None):
    inputs = dict(targets=np.asarray(targets), predictions=np.asarray(predictions, np.float32))
    if sample_weights is not None:
        inputs["sampleWeights"] = np.asarray(sample_weights, np.float32)
    plain = {key: value.item() if isinstance(value, np.generic) else value for key, value in camel_keys(options).items()}
    plain = {key: "NaN" if isinstance(value, float) and np.isnan(value) else value for key, value in plain.items()}
    result = result if np.ndim(result) == 0 else np.asarray(result, np.float64)
    cases.add(f"{metric}: {name}", inputs, dict(metric=metric, options=plain), dict(result=result))


def weights(count):
    return np.round(random.random(count) * 2, 2).astype(np.float32)


def probabilities(rows, classes):
    draw = np.round(random.dirichlet(np.ones(classes), rows), 3)
    draw[:, -1] = 1 - draw[:, :-1].sum(axis=1)
    return np.abs(np.round(draw, 3)).astype(np.float32)


def specificity(y_true, y_pred, average, zero_division, sample_weight):
    """The recall of 'not this class' from scikit-learn's matrices of each label, or of each example."""
    samplewise = average == "samples"
    matrices = metrics.multilabel_confusion_matrix(
        y_true, y_pred, samplewise=samplewise, sample_weight=None if samplewise else sample_weight)
    negative, wrong, support = matrices[:, 0, 0], matrices[:, 0, 1], matrices[:, 1].sum(axis=1)
    if average == "micro":
        negative, wrong, support = negative.sum(keepdims=True), wrong.sum(keepdims=True), support.sum(keepdims=True)
    each = np.array([n / (n + w) if n + w else zero_division for n, w in zip(negative, wrong)], float)
    if average is None:
        return each
    by = {"samples": sample_weight, "weighted": support}.get(average)
    known = ~np.isnan(each)
    return np.average(each[known], weights=None if by is None else by[known]) if known.any() else np.nan


SCORES = dict(precision=metrics.precision_score, recall=metrics.recall_score, f1Score=metrics.f1_score,
              jaccardScore=metrics.jaccard_score)


def several_labels():
    scores = np.round(random.random((16, 4)), 3).astype(np.float32)
    truth = np.where(random.random((16, 4)) < 0.3, scores < 0.5, scores > 0.6).astype(np.int64)
    truth[2] = 0
    scores[2] = scores[5] = 0.125  # Nothing is predicted for two, one of which has labels,
    truth[5, 1] = 1
    truth[7] = 1
    scores[7] = 0.75  # … and everything for one that has all.
    truth[:, 3] = 0
    scores[:, 3] = 0.25  # A label that never occurs.
    decided = (scores > 0.5).astype(int)
    for average in ("samples", "micro", "macro", "weighted", None):
        for zero_division in (0, 1, np.nan):
            for kind, weight in (("", None), (", weighted", weights(16))):
                if weight is not None and zero_division != 0:
                    continue
                name = f"{average} of labels, {zero_division} for a division by 0{kind}"
                options = dict(average=average or "none", multiLabel=True, zeroDivision=zero_division)
                common = dict(average=average, zero_division=zero_division, sample_weight=weight)
                for metric, function in SCORES.items():
                    if metric == "jaccardScore" and np.isnan(zero_division):
                        continue
                    add(name, metric, truth, scores, options, function(truth, decided, **common), weight)
                add(f"beta 2, {name}", "fbetaScore", truth, scores, dict(options, beta=2),
                    metrics.fbeta_score(truth, decided, beta=2, **common), weight)
                add(name, "specificity", truth, scores, options,
                    specificity(truth, decided, average, zero_division, weight), weight)
    high = (scores > 0.7).astype(int)
    for average in ("samples", "macro"):
        for metric, function in SCORES.items():
            add(f"{average}, another threshold", metric, truth, scores, dict(average=average, multiLabel=True, threshold=0.7),
                function(truth, high, average=average, zero_division=0))
            add(f"{average}, labels chosen", metric, truth, scores, dict(average=average, multiLabel=True, labels=[2, 0]),
                function(truth, decided, average=average, labels=[2, 0], zero_division=0))
    weight = weights(16)
    add("of labels", "accuracy", truth, scores, dict(multiLabel=True), metrics.accuracy_score(truth, decided))
    add("of labels, weighted", "accuracy", truth, scores, dict(multiLabel=True),
        metrics.accuracy_score(truth, decided, sample_weight=weight), weight)
    add("of labels", "hammingLoss", truth, scores, dict(multiLabel=True), metrics.hamming_loss(truth, decided))
    add("of labels, weighted", "hammingLoss", truth, scores, dict(multiLabel=True),
        metrics.hamming_loss(truth, decided, sample_weight=weight), weight)
    rest = slice(0, 3)  # The last label has no area.
    for average in ("micro", "macro", "weighted", None):
        options = dict(average=average or "none", thresholds="exact")
        for kind, each in (("", None), (", weighted", weight)):
            add(f"{average} of labels{kind}", "auc", truth[:, rest], scores[:, rest], options,
                metrics.roc_auc_score(truth[:, rest], scores[:, rest], average=average, sample_weight=each), each)
            add(f"{average} of labels{kind}", "averagePrecision", truth[:, rest], scores[:, rest], options,
                metrics.average_precision_score(truth[:, rest], scores[:, rest], average=average, sample_weight=each), each)


def classes():
    rows = probabilities(30, 4)
    truth = np.where(random.random(30) < 0.6, rows.argmax(1), random.integers(0, 4, 30))
    truth[truth == 3] = 0
    decided = rows.argmax(1)
    weight = weights(30)
    everywhere = [0, 1, 2, 3]
    for average in ("micro", "macro", "weighted", None):
        for kind, each in (("", None), (", weighted", weight)):
            common = dict(average=average, sample_weight=each, zero_division=0)
            options = dict(average=average or "none")
            add(f"{average} of classes{kind}", "jaccardScore", truth, rows, options,
                metrics.jaccard_score(truth, decided, labels=everywhere if average is None else None, **common), each)
            for metric, function in SCORES.items():
                add(f"{average}, classes chosen{kind}", metric, truth, rows, dict(options, labels=[2, 0, 3]),
                    function(truth, decided, labels=[2, 0, 3], **common), each)
            dice = metrics.f1_score(truth, decided, average=average, labels=everywhere, sample_weight=each, zero_division=np.nan)
            add(f"{average} of classes{kind}", "diceScore", truth, rows, options, dice, each)
    add("macro of classes", "iouScore", truth, rows, {}, metrics.jaccard_score(truth, decided, average="macro"))
    add("without the background", "iouScore", truth, rows, dict(labels=[1, 2]),
        metrics.jaccard_score(truth, decided, average="macro", labels=[1, 2]))
    seen = truth != 1
    add("a class ignored", "diceScore", truth, rows, dict(ignoreClass=1),
        metrics.f1_score(truth[seen], decided[seen], average="macro", zero_division=np.nan))
    two = probabilities(30, 2)[:, 1]
    binary = (np.where(random.random(30) < 0.3, 1 - two, two) > 0.5).astype(int)
    add("of two classes", "jaccardScore", binary, two, {}, metrics.jaccard_score(binary, two > 0.5))
    add("of two classes, the other one", "jaccardScore", binary, two, dict(positiveClass=0),
        metrics.jaccard_score(binary, two > 0.5, pos_label=0))
    for normalize in ("true", "pred", "all"):
        add(f"normalized, {normalize}", "confusionMatrix", truth, rows, dict(normalize=normalize),
            metrics.confusion_matrix(truth, decided, normalize=normalize, labels=everywhere))
    for kind, each in (("", None), (", weighted", weight)):
        add(f"of classes{kind}", "hammingLoss", truth, rows, {}, metrics.hamming_loss(truth, decided, sample_weight=each), each)
        add(f"of classes{kind}", "averagePrecision", truth % 3, rows[:, :3], dict(thresholds="exact"),
            metrics.average_precision_score(truth % 3, rows[:, :3], sample_weight=each), each)


def calibration_error(confidence, hits, bins, norm, sample_weight=None):
    """By the definition: bins (k/n, (k+1)/n], the first one with 0."""
    weight = np.ones(len(hits)) if sample_weight is None else sample_weight.astype(np.float64)
    confidence = confidence.astype(np.float64)
    which = np.searchsorted(np.arange(1, bins) / bins, confidence, side="left")
    share, gaps = [], []
    for bin in np.unique(which):
        inside = which == bin
        share.append(weight[inside].sum() / weight.sum())
        gaps.append(abs(np.average(hits[inside], weights=weight[inside]) - np.average(confidence[inside], weights=weight[inside])))
    share, gaps = np.array(share), np.array(gaps)
    return {"l1": (share * gaps).sum(), "l2": np.sqrt((share * gaps**2).sum()), "max": gaps.max()}[norm]


def probability_scores():
    likely = np.round(random.random(30), 3).astype(np.float32)
    likely[:8] = np.float32([0, 1, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7])  # On the edges of bins.
    two = (np.where(random.random(30) < 0.3, 1 - likely, likely) > 0.5).astype(int)
    inner = np.clip(likely, 0.001, 0.999)
    rows = probabilities(36, 3)
    three = np.concatenate([np.arange(3), random.integers(0, 3, 33)])
    inside = np.clip(rows, 0.001, 1)
    inside /= inside.sum(axis=1, keepdims=True)
    for kind, a, b in (("", None, None), (", weighted", weights(30), weights(36))):
        add(f"two classes{kind}", "brierScore", two, likely, {}, metrics.brier_score_loss(two, likely, sample_weight=a), a)
        add(f"two classes, a column{kind}", "brierScore", two, likely[:, None], dict(scaleByHalf=False),
            metrics.brier_score_loss(two, likely, sample_weight=a, scale_by_half=False), a)
        add(f"three classes{kind}", "brierScore", three, rows, {}, metrics.brier_score_loss(three, rows, sample_weight=b), b)
        add(f"three classes, halved{kind}", "brierScore", np.eye(3, dtype=int)[three], rows, dict(scaleByHalf=True),
            metrics.brier_score_loss(three, rows, sample_weight=b, scale_by_half=True), b)
        add(f"two classes{kind}", "logLoss", two, inner, {}, metrics.log_loss(two, inner.astype(np.float64), sample_weight=a), a)
        add(f"three classes{kind}", "logLoss", three, inside, {},
            metrics.log_loss(three, inside.astype(np.float64), sample_weight=b), b)
        for bins in (1, 5, 10):
            for norm in ("l1", "l2", "max"):
                options = dict(bins=bins, norm=norm)
                add(f"two classes, {bins} bins, {norm}{kind}", "expectedCalibrationError", two, likely, options,
                    calibration_error(likely, two, bins, norm, a), a)
                add(f"three classes, {bins} bins, {norm}{kind}", "expectedCalibrationError", three, rows, options,
                    calibration_error(rows.max(1), rows.argmax(1) == three, bins, norm, b), b)


def real_values():
    truth = np.round(random.standard_normal((33, 3)) * 2 + 40, 3).astype(np.float32)
    guess = np.round(truth + random.standard_normal((33, 3)) + 5, 3).astype(np.float32)
    weight = weights(33)
    for average, own in (("uniform_average", "uniformAverage"), ("variance_weighted", "varianceWeighted"), ("raw_values", "rawValues")):
        for kind, each in (("", None), (", weighted", weight)):
            add(f"{own}{kind}", "explainedVariance", truth, guess, dict(multioutput=own),
                metrics.explained_variance_score(truth.astype(float), guess.astype(float), multioutput=average, sample_weight=each), each)
    for kind, each in (("", None), (", weighted", weight)):
        rows = metrics.pairwise.paired_cosine_distances(truth.astype(float), guess.astype(float))
        add(f"rows{kind}", "cosineSimilarity", truth, guess, {}, np.average(1 - rows, weights=each), each)
    add("one output", "explainedVariance", truth[:, 0], guess[:, 0], {},
        metrics.explained_variance_score(truth[:, 0].astype(float), guess[:, 0].astype(float)))
    add("one output", "maxError", truth[:, 0], guess[:, 0], {}, metrics.max_error(truth[:, 0], guess[:, 0]))
    add("no error", "maxError", truth[:, 0], truth[:, 0], {}, 0.0)


several_labels()
classes()
probability_scores()
real_values()
cases.write()
