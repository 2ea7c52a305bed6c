"""Makes calibration.json: scores of the choices' probabilities of the docs in tests/golden/scores.

    python3 -m venv v && v/bin/pip install ai2-olmo-eval==0.9.0 lm-eval==0.4.13 torchmetrics==1.9.0 numpy==2.4.6
    v/bin/python make_calibration.py > calibration.json

Probabilities are the softmax of log-likelihoods ("acc") or of log-likelihoods / characters ("len_norm"; "with blank"
counts the leading blank, as ai2-olmo-eval's v2 does). soft and soft_log are ICLMetric.compute() of ai2-olmo-eval,
which works in single precision; brier is lm-evaluation-harness's brier_score, over the docs of each number of
choices; the calibration error with bins of equal width is torchmetrics' multiclass_calibration_error, in double
precision. With bins of equal mass there is no reference: it is computed here with NumPy, and so is the rest.
"""

import gzip
import json
import math
import pathlib

import numpy as np
import torch
from lm_eval.api.metrics import brier_score
from lm_eval.utils import softmax
from olmo_eval.metrics import ICLMetric
from torchmetrics.functional.classification import multiclass_calibration_error

SCORES = pathlib.Path(__file__).resolve().parents[1] / "scores"


def read(task):
    docs = {}
    with gzip.open(SCORES / f"{task}.jsonl.gz", "rt") as lines:
        for row in map(json.loads, lines):
            doc = docs.setdefault(row["doc_id"], {"gold": row["gold"], "sums": [], "chars": [], "chars_with": []})
            # The tests sum the recorded log-probabilities of the tokens, which they store in single precision.
            doc["sums"].append(float(np.sum(np.float32(row["token_loglikelihoods"]).astype(np.float64))))
            doc["chars"].append(row["chars_without_blank"])
            doc["chars_with"].append(row["chars"])
    return [docs[doc_id] for doc_id in sorted(docs)]


def soft(kind, values, values_without, golds):
    metric = ICLMetric(kind)
    for doc_id, (v, w, gold) in enumerate(zip(values, values_without, golds)):
        for i in range(len(v)):
            metric.labels.append((doc_id, i, gold))
            metric.loglikelihoods.append((doc_id, i, v[i]))
            metric.loglikelihoods_no_leading_space.append((doc_id, i, w[i]))
            for state in ("celosses", "bpbs", "celosses_no_leading_space", "bpbs_no_leading_space"):
                getattr(metric, state).append((doc_id, i, 1.0))
    result = metric.compute()
    return {name: float(result[name]) for name in ("soft_v1", "soft_v2", "soft_log_v1", "soft_log_v2")}


def brier(probabilities, golds):
    total = 0
    for size in set(map(len, probabilities)):
        items = [(g, p) for p, g in zip(probabilities, golds) if len(p) == size]
        total += brier_score(items) * len(items)
    return total / len(golds)


def equal_width(probabilities, golds, bins):
    most = max(map(len, probabilities))
    padded = torch.tensor(np.array([np.pad(p, (0, most - len(p))) for p in probabilities]), dtype=torch.float64)
    return float(multiclass_calibration_error(padded, torch.tensor(golds), num_classes=most, n_bins=bins, norm="l1"))


def equal_mass(confidence, correct, bins):
    order = np.argsort(confidence, kind="stable")
    edges = [i * len(order) // bins for i in range(bins + 1)]
    gaps = (confidence - correct)[order]
    return sum(abs(gaps[a:b].sum()) for a, b in zip(edges, edges[1:])) / len(order)


def scores(probabilities, golds):
    confidence = np.array([p.max() for p in probabilities])
    correct = np.array([float(np.argmax(p) == g) for p, g in zip(probabilities, golds)])
    return {"brier": brier(probabilities, golds), "confidence": confidence.mean(), "accuracy": correct.mean(),
            "first_confidences": confidence[:10].tolist(),
            "equal_width": {bins: equal_width(probabilities, golds, bins) for bins in (1, 10, 15)},
            "equal_mass": {bins: equal_mass(confidence, correct, bins) for bins in (1, 10, 15)}}


def centred(values, chances):
    """(A - C) / (1 - C) of means A and C, with the delta method."""
    a, c, n = np.mean(values), np.mean(chances), len(values)
    gradient = np.array([1 / (1 - c), (a - 1) / (1 - c) ** 2])
    variance = gradient @ np.cov(values, chances) @ gradient / n
    return {"value": (a - c) / (1 - c), "error": math.sqrt(variance)}


def task(name):
    docs = read(name)
    golds = [doc["gold"] for doc in docs]
    sums = [np.array(doc["sums"]) for doc in docs]
    per_char = [np.array(doc["sums"]) / doc["chars"] for doc in docs]
    per_char_with = [np.array(doc["sums"]) / doc["chars_with"] for doc in docs]
    correct = [float(np.argmax(x) == gold) for x, gold in zip(sums, golds)]
    return {"docs": len(docs),
            "centred": centred(correct, [1 / len(x) for x in sums]),
            "acc": soft("acc", sums, sums, golds) | scores(list(map(softmax, sums)), golds),
            "len_norm": soft("len_norm", per_char_with, per_char, golds)
            | scores(list(map(softmax, per_char)), golds)}


if __name__ == "__main__":
    print(json.dumps({name: task(name) for name in ("arc_challenge", "sciq", "winogrande")}, indent=1))
