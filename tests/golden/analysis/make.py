"""Writes golden.json beside itself: rank correlations by SciPy, clustered errors by statsmodels, log-odds by the formula
of Monroe, Colaresi and Quinn (2008), Eq. 15-22, in NumPy.

    python tests/golden/analysis/make.py        # scipy 1.17.1, statsmodels 0.15.0, numpy 2.4.6
"""
import json
import pathlib

import numpy as np
import scipy.stats
import statsmodels.api as sm


def spearman(random, tokens, tie):
    x = random.integers(1, 5, tokens)
    y = np.round(random.normal(size=tokens) + 0.4 * x, tie)
    count = random.integers(1, 4, tokens)
    cluster = random.integers(0, 9, tokens)
    rho = scipy.stats.spearmanr(np.repeat(x, count), np.repeat(y, count)).statistic
    return {"x": x.tolist(), "y": y.tolist(), "count": count.tolist(), "cluster": cluster.tolist(), "rho": float(rho)}


def clustered(random):
    cluster = np.sort(random.integers(0, 12, 80))
    value = random.integers(1, 5, 80) + 0.5 * cluster
    fit = sm.OLS(value, np.ones(80)).fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    groups = len(set(cluster.tolist()))
    return {"value": value.tolist(), "cluster": cluster.tolist(), "mean": float(fit.params[0]),
            "standard_error": float(fit.bse[0] * np.sqrt(groups / (groups - 1)))}


def log_odds(counts, prior_words):
    counts = np.array(counts, dtype=float)  # [bins, words]
    alpha = prior_words * counts.sum(0) / counts.sum()
    rows = []
    for i in range(len(counts)):
        here, there = counts[i], counts.sum(0) - counts[i]
        odds = [(y + alpha) / (y.sum() + prior_words - y - alpha) for y in (here, there)]
        delta = np.log(odds[0]) - np.log(odds[1])
        deviation = np.sqrt(1 / (here + alpha) + 1 / (there + alpha))
        rows.append({"log_odds": delta.tolist(), "z": (delta / deviation).tolist(),
                     "low": (delta - 1.96 * deviation).tolist(), "high": (delta + 1.96 * deviation).tolist()})
    return {"counts": counts.astype(int).tolist(), "prior_words": prior_words, "bins": rows}


random = np.random.default_rng(5)
golden = {
    "spearman": [spearman(random, 40, 1), spearman(random, 60, 6), spearman(random, 12, 0)],
    "clustered": clustered(random),
    "log_odds": log_odds([[7, 1, 4, 9], [2, 6, 4, 1], [1, 1, 3, 2]], 50.0),
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(golden, indent=1) + "\n")
