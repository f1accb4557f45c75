"""Golden values made by scikit-learn: scores of labels, rankings, probabilities and real values, ordinary and degenerate.

A case is one call: { name, origin, version, inputs: { yTrue, yPred }, options: { function, options }, outputs: { result } }.
Arrays are nested lists, and floats have all their digits, for the scores are computed in float64 on both sides.
Run with `python make_sklearn_scores.py`.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from golden import camel
from sklearn import calibration, metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(5)
lines, names = [], set()


def encode(value):
    """Lists, names and numbers that JSON can write; what it cannot is its name."""
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [encode(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() and abs(value) < 1e9 else value


def add(name, function, y_true, y_pred, options, result):
    if name in names:
        raise ValueError(f"two cases are named '{name}'")
    names.add(name)
    case = dict(name=name, origin="scikit-learn", version=sklearn.__version__, inputs=dict(yTrue=y_true, yPred=y_pred),
                options=dict(function=function, options=options), outputs=dict(result=result))
    lines.append(json.dumps(encode(case), separators=(",", ":"), allow_nan=False))


NAMES = dict(pos_label="positiveLabel", n_bins="bins")
VALUES = dict(uniform_average="uniformAverage", raw_values="rawValues", variance_weighted="varianceWeighted")


def call(name, function, y_true, y_pred, **options):
    """One call of a function, under the name that Rappel has for it and with its names of options."""
    result = function(y_true, y_pred, **options)
    translated = {}
    for key, value in options.items():
        if key == "average" and value is None:
            value = "none"
        translated[NAMES.get(key, camel(key))] = VALUES.get(value, value) if isinstance(value, str) else value
    own = camel(function.__name__)
    add(f"{own}: {name}", own, y_true, y_pred, translated, result)


def weights(count):
    return np.round(random.random(count) * 2, 2)


def probabilities(rows, classes):
    """Rows that sum to 1 but for rounding in the last digit of a float64."""
    draw = np.round(random.dirichlet(np.ones(classes), rows), 3)
    draw[:, -1] = 1 - draw[:, :-1].sum(axis=1)
    return np.abs(np.round(draw, 3))


def label_pairs():
    two, three = random.integers(0, 2, 24), random.integers(0, 3, 24)
    yield "two classes", two, np.where(random.random(24) < 0.4, 1 - two, two)
    yield "three classes", three, np.where(random.random(24) < 0.5, random.integers(0, 3, 24), three)
    yield "all right", three, three
    yield "all wrong", two, 1 - two
    yield "one predicted for all", three, np.zeros(24, int)
    yield "one true class", np.ones(8, int), np.array([1, 1, 0, 1, 2, 1, 0, 1])
    yield "one class anywhere", np.zeros(5, int), np.zeros(5, int)
    yield "a single example, wrong", np.array([2]), np.array([0])


def labels():
    for name, y_true, y_pred in label_pairs():
        for function in (metrics.balanced_accuracy_score, metrics.matthews_corrcoef, metrics.cohen_kappa_score, metrics.hamming_loss):
            call(name, function, y_true, y_pred)
            if name in ("two classes", "three classes"):
                call(f"{name}, weighted", function, y_true, y_pred, sample_weight=weights(len(y_true)))
        if name != "a single example, wrong":
            for kind in ("linear", "quadratic"):
                call(f"{name}, {kind}", metrics.cohen_kappa_score, y_true, y_pred, weights=kind)
        if name in ("two classes", "three classes", "one predicted for all"):
            call(f"{name}, adjusted", metrics.balanced_accuracy_score, y_true, y_pred, adjusted=True)
        for normalize in ("true", "pred", "all"):
            call(f"{name}, {normalize}", metrics.confusion_matrix, y_true, y_pred, normalize=normalize)
        for beta in (0, 0.5, 2, math.inf):
            call(f"{name}, beta {beta}", metrics.fbeta_score, y_true, y_pred, beta=beta, average="macro", zero_division=0)
        for average in ("micro", "macro", "weighted", None):
            call(f"{name}, {average}", metrics.jaccard_score, y_true, y_pred, average=average, zero_division=0)
            call(f"{name}, {average}, division NaN", metrics.f1_score, y_true, y_pred, average=average, zero_division=np.nan)
            negatives = metrics.multilabel_confusion_matrix(y_true, y_pred)
            specificity(f"{name}, {average}", y_true, y_pred, negatives, average)
    name, y_true, y_pred = list(label_pairs())[1]
    call("labels chosen", metrics.cohen_kappa_score, y_true, y_pred, labels=[2, 0], weights="linear")
    call("labels chosen", metrics.confusion_matrix, y_true, y_pred, labels=[2, 0], normalize="true")
    call("labels chosen, weighted", metrics.confusion_matrix, y_true, y_pred, labels=[1, 2], sample_weight=weights(24), normalize="all")
    call("labels chosen", metrics.fbeta_score, y_true, y_pred, beta=2, labels=[2, 0], average="micro")
    call("labels chosen, with one that is absent", metrics.precision_score, y_true, y_pred, labels=[2, 7], average="macro", zero_division=1)
    words = np.array(["ant", "bee", "cat"])
    call("names", metrics.matthews_corrcoef, words[y_true], words[y_pred])
    call("names", metrics.cohen_kappa_score, words[y_true], words[y_pred], weights="quadratic")
    call("the other class", metrics.fbeta_score, y_true % 2, y_pred % 2, beta=2, pos_label=0)


def specificity(name, y_true, y_pred, matrices, average):
    """The recall of 'not this class'; a class that all examples have leaves no negatives, and counts 0."""
    negatives, false_positives = matrices[:, 0, 0], matrices[:, 0, 1]
    support = matrices[:, 1, :].sum(axis=1)

    def share(tn, fp):
        return tn / (tn + fp) if tn + fp else 0.0

    each = [share(tn, fp) for tn, fp in zip(negatives, false_positives)]
    result = {"micro": share(negatives.sum(), false_positives.sum()), "macro": np.mean(each),
              "weighted": np.average(each, weights=support), None: each}[average]
    add(f"specificityScore: {name}", "specificityScore", y_true, y_pred, dict(average=average or "none"), result)


def label_rows():
    y_true = (random.random((12, 4)) < 0.4).astype(int)
    y_pred = np.where(random.random((12, 4)) < 0.3, 1 - y_true, y_true)
    y_true[3] = y_pred[3] = 0
    y_pred[5] = 0
    y_true[:, 3] = 0
    for average in ("samples", "micro", "macro", "weighted", None):
        for function in (metrics.precision_score, metrics.recall_score, metrics.f1_score, metrics.jaccard_score):
            call(f"rows, {average}", function, y_true, y_pred, average=average, zero_division=0)
            call(f"rows, {average}, division 1", function, y_true, y_pred, average=average, zero_division=1)
        call(f"rows, {average}", metrics.fbeta_score, y_true, y_pred, beta=0.5, average=average, zero_division=0, sample_weight=weights(12))
        call(f"rows, {average}, columns chosen", metrics.recall_score, y_true, y_pred, labels=[2, 0], average=average, zero_division=0)
    call("rows", metrics.accuracy_score, y_true, y_pred)
    call("rows", metrics.hamming_loss, y_true, y_pred, sample_weight=weights(12))


def curve(function, fields, name, y_true, scores, **options):
    translated = {NAMES.get(key, camel(key)): value for key, value in options.items()}
    own = camel(function.__name__)
    add(f"{own}: {name}", own, y_true, scores, translated, dict(zip(fields, function(y_true, scores, **options))))


def rankings():
    two = random.integers(0, 2, 20)
    data = [
        ("ordinary", two, np.round(random.random(20) + 0.3 * two, 3)),
        ("ties", two, np.round(random.random(20) + 0.3 * two, 1)),
        ("logits", two, np.round(random.standard_normal(20) + two, 2)),
        ("all scores equal", two, np.full(20, 0.5)),
        ("perfect", two, two * 0.5 + 0.25),
        ("worst", two, 0.75 - two * 0.5),
        ("only positives", np.ones(4, int), np.array([0.1, 0.4, 0.4, 0.9])),
        ("only negatives", np.zeros(4, int), np.array([0.1, 0.4, 0.4, 0.9])),
        ("labels -1 and 1", two * 2 - 1, np.round(random.random(20), 2)),
    ]
    for name, y_true, scores in data:
        for kind, more in (("", {}), (", weighted", dict(sample_weight=np.where(random.random(len(y_true)) < 0.2, 0, weights(len(y_true))))),
                           (", every point", dict(drop_intermediate=False)), (", few points", dict(drop_intermediate=True))):
            curve(metrics.roc_curve, ["falsePositiveRate", "truePositiveRate", "thresholds"], name + kind, y_true, scores, **more)
            curve(metrics.precision_recall_curve, ["precision", "recall", "thresholds"], name + kind, y_true, scores, **more)
        for kind, more in (("", {}), (", weighted", dict(sample_weight=weights(len(y_true))))):
            call(name + kind, metrics.roc_auc_score, y_true, scores, **more)
            call(name + kind, metrics.average_precision_score, y_true, scores, **more)
        call(f"{name}, the first part", metrics.roc_auc_score, y_true, scores, max_fpr=0.3)
        if not name.startswith("only"):
            call(f"{name}, k 1", metrics.top_k_accuracy_score, y_true, scores, k=1)
    words = np.array(["no", "yes"])[two]
    curve(metrics.roc_curve, ["falsePositiveRate", "truePositiveRate", "thresholds"], "names", words, data[0][2], pos_label="yes")
    call("names", metrics.roc_auc_score, words, data[0][2])
    call("the other class", metrics.average_precision_score, two, data[0][2], pos_label=0)

    four = np.concatenate([np.arange(4), random.choice(4, 20, p=[0.5, 0.3, 0.1, 0.1])])
    rows = probabilities(24, 4)
    for kind, average in (("ovr", "micro"), ("ovr", "macro"), ("ovr", "weighted"), ("ovr", None), ("ovo", "macro"), ("ovo", "weighted")):
        call(f"four classes, {kind}, {average}", metrics.roc_auc_score, four, rows, multi_class=kind, average=average)
        if kind == "ovr":
            call(f"four classes, {kind}, {average}, weighted", metrics.roc_auc_score, four, rows, multi_class=kind, average=average,
                 sample_weight=weights(24))
            call(f"four classes, {average}", metrics.average_precision_score, four, rows, average=average)
            call(f"four classes, {average}, weighted", metrics.average_precision_score, four, rows, average=average, sample_weight=weights(24))
    present = np.where(four == 2, 0, four)
    call("a class without examples, ovr", metrics.roc_auc_score, present, rows, multi_class="ovr", labels=[0, 1, 2, 3], average="weighted")
    call("a class without examples, ovr, each", metrics.roc_auc_score, present, rows, multi_class="ovr", labels=[0, 1, 2, 3], average=None)
    call("a class without examples, ovo", metrics.roc_auc_score, present, rows, multi_class="ovo", labels=[0, 1, 2, 3])
    for k in (1, 2, 3, 4):
        call(f"four classes, k {k}", metrics.top_k_accuracy_score, four, rows, k=k)
        call(f"four classes, ties, k {k}", metrics.top_k_accuracy_score, four, np.round(rows, 1), k=k, sample_weight=weights(24))
    call("the number", metrics.top_k_accuracy_score, four, rows, k=2, normalize=False)
    call("labels given", metrics.top_k_accuracy_score, present, rows, k=2, labels=[0, 1, 2, 3])

    truth = (random.random((12, 3)) < 0.5).astype(int)
    truth[0], truth[1] = 0, 1
    scores = np.round(random.random((12, 3)), 2)
    for average in ("samples", "micro", "macro", "weighted", None):
        for kind, more in (("", {}), (", weighted", dict(sample_weight=weights(12)))):
            call(f"rows, {average}{kind}", metrics.average_precision_score, truth, scores, average=average, **more)
            call(f"rows, {average}{kind}", metrics.roc_auc_score, truth, scores, average=average, **more)
    add("auc: falling x", "auc", [1, 0.5, 0.2, 0], [1, 0.7, 0.7, 0], None, metrics.auc([1, 0.5, 0.2, 0], [1, 0.7, 0.7, 0]))
    add("auc: equal x", "auc", [0, 0, 1, 1], [0, 0.5, 0.5, 1], None, metrics.auc([0, 0, 1, 1], [0, 0.5, 0.5, 1]))


def calibration_error(y_true, confidence, hits, bins, norm="l1", sample_weight=None):
    """By the definition: bins (k/n, (k+1)/n], the first one with 0."""
    weight = np.ones(len(hits)) if sample_weight is None else np.asarray(sample_weight)
    which = np.clip(np.ceil(np.round(confidence * bins, 9)).astype(int) - 1, 0, bins - 1)
    share, gaps = [], []
    for bin in np.unique(which):
        inside = which == bin
        share.append(weight[inside].sum() / weight.sum())
        gaps.append(abs(np.average(hits[inside], weights=weight[inside]) - np.average(confidence[inside], weights=weight[inside])))
    share, gaps = np.array(share), np.array(gaps)
    return {"l1": (share * gaps).sum(), "l2": math.sqrt((share * gaps**2).sum()), "max": gaps.max()}[norm]


def probability_scores():
    two = np.concatenate([[0, 1], random.integers(0, 2, 18)])
    likely = np.round(random.random(20), 3)
    certain = np.array([0, 1, 1, 0, 0.5] * 4)
    three = np.concatenate([np.arange(3), random.integers(0, 3, 15)])
    rows = probabilities(18, 3)
    for kind, more in (("", lambda count: {}), (", weighted", lambda count: dict(sample_weight=weights(count)))):
        for function in (metrics.log_loss, metrics.brier_score_loss):
            call(f"two classes{kind}", function, two, likely, **more(20))
            call(f"certain{kind}", function, two, certain, **more(20))
            call(f"rows of two classes{kind}", function, two, np.stack([1 - likely, likely], 1), **more(20))
            call(f"three classes{kind}", function, three, rows, **more(18))
            call(f"one class of three{kind}", function, np.full(18, 1), rows, labels=[0, 1, 2], **more(18))
    call("the sum", metrics.log_loss, three, rows, normalize=False)
    call("names", metrics.log_loss, np.array(["no", "yes"])[two], likely)
    call("names", metrics.brier_score_loss, np.array(["no", "yes"])[two], likely, pos_label="yes")
    call("the other class", metrics.brier_score_loss, two, likely, pos_label=0)
    call("three classes, halved", metrics.brier_score_loss, three, rows, scale_by_half=True)
    call("two classes, not halved", metrics.brier_score_loss, two, likely, scale_by_half=False)
    weight = weights(18)
    add("perplexity: three classes", "perplexity", three, rows, {}, math.exp(metrics.log_loss(three, rows)))
    add("perplexity: three classes, weighted", "perplexity", three, rows, dict(sampleWeight=weight),
        math.exp(metrics.log_loss(three, rows, sample_weight=weight)))
    for strategy in ("uniform", "quantile"):
        for bins in (1, 2, 5, 10):
            for name, scores in (("ordinary", likely), ("certain", certain), ("on the edges", np.round(likely, 1))):
                curve(calibration.calibration_curve, ["probTrue", "probPred"], f"{name}, {strategy}, {bins} bins", two, scores,
                      n_bins=bins, strategy=strategy)
    for bins in (1, 10, 15):
        for norm in ("l1", "l2", "max"):
            options = dict(bins=bins, norm=norm)
            add(f"expectedCalibrationError: {bins} bins, {norm}", "expectedCalibrationError", two, likely, options,
                calibration_error(two, likely, two, bins, norm))
            add(f"expectedCalibrationError: three classes, {bins} bins, {norm}", "expectedCalibrationError", three, rows, options,
                calibration_error(three, rows.max(1), rows.argmax(1) == three, bins, norm))
    add("expectedCalibrationError: weighted", "expectedCalibrationError", three, rows, dict(bins=5, sampleWeight=weight),
        calibration_error(three, rows.max(1), rows.argmax(1) == three, 5, sample_weight=weight))


def real_values():
    y_true = np.round(random.standard_normal(15) * 3, 2)
    y_pred = np.round(y_true + random.standard_normal(15), 2)
    rows = np.round(random.standard_normal((10, 3)) * [1, 5, 0.1], 2)
    guesses = np.round(rows + random.standard_normal((10, 3)) * 0.3, 2)
    constant = np.array([[1, 2.0], [1, 3], [1, 5], [1, 1]])
    data = [
        ("ordinary", y_true, y_pred), ("perfect", y_true, y_true), ("the mean for all", y_true, np.full(15, y_true.mean())),
        ("constant targets, met", np.full(4, 2.0), np.full(4, 2.0)), ("constant targets, missed", np.full(4, 2.0), np.array([1, 2, 3, 4.0])),
        ("zero among the targets", np.array([0, 1, 2.0]), np.array([0.5, 1, 1.0])), ("offset", y_true, y_true + 1),
        ("rows", rows, guesses), ("rows, one constant", constant, constant + [[0, 1], [0, 0], [0, 0], [0, 0]]),
        ("a single example", np.array([1.5]), np.array([2.0])),
    ]
    errors = [metrics.mean_squared_error, metrics.root_mean_squared_error, metrics.mean_absolute_error,
              metrics.mean_absolute_percentage_error, metrics.median_absolute_error]
    explained = [metrics.r2_score, metrics.explained_variance_score]
    for name, truth, guess in data:
        for function in errors + explained:
            call(name, function, truth, guess)
            call(f"{name}, weighted", function, truth, guess, sample_weight=weights(len(truth)))
            if truth.ndim == 2:
                call(f"{name}, each", function, truth, guess, multioutput="raw_values")
                call(f"{name}, own weights", function, truth, guess, multioutput=[0.25, 0.75] + [2.0] * (truth.shape[1] - 2))
        for function in explained:
            if truth.ndim == 2:
                call(f"{name}, by variance", function, truth, guess, multioutput="variance_weighted")
            call(f"{name}, as it is", function, truth, guess, force_finite=False)
        if truth.ndim == 1:
            call(name, metrics.max_error, truth, guess)
    even = np.array([1.0, 2, 3, 4])
    call("half of the weight between two", metrics.median_absolute_error, np.zeros(4), even, sample_weight=[1, 1, 1, 1])
    call("half of the weight before one without", metrics.median_absolute_error, np.zeros(4), even, sample_weight=[1, 1, 0, 2])


def segmentations():
    """Overlap as scikit-learn's Jaccard and F1 scores of the pixels."""
    truth = random.integers(0, 3, (2, 4, 5))
    guess = np.where(random.random(truth.shape) < 0.4, random.integers(0, 3, truth.shape), truth)
    for average in ("micro", "macro", "weighted", None):
        for own, function in (("iouScore", metrics.jaccard_score), ("diceScore", metrics.f1_score)):
            add(f"{own}: {average}", own, truth, guess, dict(average=average or "none"), function(truth.ravel(), guess.ravel(), average=average))
            seen = truth.ravel() != 2
            add(f"{own}: {average}, without a label", own, truth, guess, dict(average=average or "none", ignoreLabel=2, labels=[0, 1]),
                function(truth.ravel()[seen], guess.ravel()[seen], average=average, labels=[0, 1]))


labels()
label_rows()
rankings()
probability_scores()
real_values()
segmentations()
path = pathlib.Path(__file__).parent / "scores.sklearn.json"
path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
print(f"{path.name}: {len(lines)} cases, {path.stat().st_size} bytes")
