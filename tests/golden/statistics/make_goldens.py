"""Makes statistics.json: the results of SciPy and statsmodels for the cases in it.

    python3 -m venv v && v/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
    v/bin/python make_goldens.py > statistics.json
"""

import itertools
import json
import math

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import test_proportions_2indep

rng = np.random.default_rng(20261122)


def distributions():
    return {
        "normal_two_sided": [[z, 2 * stats.norm.sf(z)] for z in (0.0, 0.3, 1.0, 1.959963984540054, 5.2, 12.0)],
        "normal_quantile": [[p, stats.norm.ppf(p)] for p in (1e-9, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999999)],
        "student_two_sided": [[t, df, 2 * stats.t.sf(abs(t), df)]
                              for t in (0.0, 0.4, -2.1, 7.5) for df in (1, 2, 7, 298, 10041)],
        "binomial_upper_tail": [[k, n, p, stats.binom.sf(k - 1, n, p)]
                                for k, n, p in ((12, 12, 0.03), (11, 12, 0.184), (5, 12, 0.2376), (0, 12, 0.5),
                                                (1, 1, 0.25), (600, 1000, 0.57))],
    }


def mcnemar_cases():
    cases = []
    for b, c in ((0, 1), (1, 0), (5, 0), (3, 3), (10, 4), (17, 31), (120, 90), (1011, 958), (2600, 2400)):
        exact = mcnemar([[0, b], [c, 0]], exact=True).pvalue
        x = min(b, c)
        mid = exact - stats.binom.pmf(x, b + c, 0.5) if b != c else 1 - 0.5 * stats.binom.pmf(x, b + c, 0.5)
        cases.append([b, c, exact, mid])
    return cases


def sign_flip_cases():
    cases = []
    for size in (1, 4, 9, 14):
        d = rng.integers(-3, 4, size=size)
        sums = [abs(sum(s * x for s, x in zip(signs, d))) for signs in itertools.product((1, -1), repeat=size)]
        observed = abs(int(d.sum()))
        exact = sum(s >= observed for s in sums) / len(sums)
        mid = exact - 0.5 * sum(s == observed for s in sums) / len(sums)
        if size > 4:
            scipys = stats.permutation_test((d,), np.sum, permutation_type="samples", n_resamples=np.inf)
            assert math.isclose(scipys.pvalue, exact), (scipys.pvalue, exact)
        cases.append({"differences": d.tolist(), "p": exact, "mid_p": mid} if d.any() else
                     {"differences": d.tolist(), "p": None, "mid_p": None})
    return cases


def paired_errors():
    cases = []
    for n, groups in ((40, 40), (60, 11), (200, 50)):
        d = rng.integers(-1, 2, size=n).astype(float) if n != 60 else rng.normal(size=n)
        g = rng.integers(0, groups, size=n)
        fit = sm.OLS(d, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": g})
        cases.append({"differences": d.tolist(), "clusters": g.tolist(), "mean": d.mean(), "error": stats.sem(d),
                      "clustered_error": fit.bse[0], "t_test_p": stats.ttest_1samp(d, 0).pvalue})
    return cases


def bootstrap():
    strata = {"one": rng.integers(-1, 2, size=120).astype(float), "two": rng.normal(0.2, 1, size=75)}
    cases = {"strata": {name: d.tolist() for name, d in strata.items()}, "intervals": {}}
    for name, d in strata.items():
        ci = stats.bootstrap((d,), np.mean, n_resamples=200000, method="percentile", batch=1000,
                             rng=rng).confidence_interval
        cases["intervals"][name] = [ci.low, ci.high]
    ci = stats.bootstrap(tuple(strata.values()), lambda a, b, axis=-1: (a.mean(axis) + b.mean(axis)) / 2,
                         n_resamples=200000, method="percentile", batch=1000, rng=rng).confidence_interval
    cases["average"] = [ci.low, ci.high]
    cases["seeded"] = seeded_bootstrap(cases["strata"], 1000, 20)
    return cases


class Random:
    """The generator of base/random.h: xoshiro256++ seeded by SplitMix64 and FNV-1a."""

    MASK = 2**64 - 1

    def __init__(self, seed, name):
        state, first = self.split_mix(seed)
        hashed = 0xCBF29CE484222325
        for byte in name.encode():
            hashed = ((hashed ^ byte) * 0x100000001B3) & self.MASK
        state, self.state = first ^ hashed, []
        for _ in range(4):
            state, word = self.split_mix(state)
            self.state.append(word)

    def split_mix(self, state):
        state = (state + 0x9E3779B97F4A7C15) & self.MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return state, z ^ (z >> 31)

    def rotate(self, x, k):
        return ((x << k) | (x >> (64 - k))) & self.MASK

    def next(self):
        a, b, c, d = self.state
        result = (self.rotate((a + d) & self.MASK, 23) + a) & self.MASK
        c, d = c ^ a, d ^ b
        self.state = [a ^ d, b ^ c, c ^ ((b << 17) & self.MASK), self.rotate(d, 45)]
        return result

    def draw(self, count):
        while True:
            product = (self.next() >> 32) * count
            if product % 2**32 >= 2**32 % count:
                return product >> 32


def seeded_bootstrap(strata, replicates, seed):
    """The bootstrap of analysis/paired_bootstrap.h, without clusters."""
    means = []
    for name, d in strata.items():
        random = Random(seed, "paired bootstrap " + name)
        means.append([sum(d[random.draw(len(d))] for _ in d) / len(d) for _ in range(replicates)])
    means.append([sum(m / len(strata) for m in row) for row in zip(*means)])
    tail = int((1 - 0.95) / 2 * replicates)
    return [[sorted(m)[tail], sorted(m)[replicates - 1 - tail]] for m in means]


def holm():
    p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.5, 1.0, 0.012]
    return {"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()}


def detectable():
    cases = []
    za, zb = stats.norm.ppf(0.975), stats.norm.ppf(0.8)
    for n in (299, 1838, 10042):
        for psi in (0.01, 0.08, 0.2, 0.5):
            f = lambda d: math.sqrt(n) * d - za * math.sqrt(psi) - zb * math.sqrt(max(0, psi - d * d))
            d = optimize.brentq(f, 0, psi, xtol=1e-15) if f(psi) > 0 else None
            cases.append([n, psi, d])
    return cases


def exact_power():
    """Power of the mid-p test at the detectable difference, which is 0.8 according to the formula."""
    cases = []
    for n, psi, d in detectable():
        if d is None or n > 2000:
            continue
        share = (psi + d) / 2 / psi
        total = 0.0
        for m in range(int(stats.binom.ppf(1e-9, n, psi)), int(stats.binom.ppf(1 - 1e-9, n, psi)) + 1):
            k = np.arange(m + 1)
            low = np.minimum(k, m - k)
            mid = 2 * stats.binom.cdf(low, m, 0.5) - stats.binom.pmf(low, m, 0.5)
            total += stats.binom.pmf(m, n, psi) * stats.binom.pmf(k, m, share)[mid < 0.05].sum()
        cases.append([n, psi, float(total)])
    return cases


def unpaired():
    cases = []
    for k1, n1, k2, n2 in ((92, 299, 90, 299), (400, 1000, 460, 1200)):
        test = test_proportions_2indep(k2, n2, k1, n1, method="wald", compare="diff", correction=False)
        cases.append([k1, n1, k2, n2, float(test.statistic)])
    return cases


def correlation():
    tasks = [(0.6844, 0.6910, 1838), (0.3077, 0.3010, 299), (0.3653, 0.3669, 1221), (0.5201, 0.5351, 1267)]

    def z(r):
        d = sum(b - a for a, b, _ in tasks)
        v = sum((a * (1 - a) + b * (1 - b) - 2 * r * math.sqrt(a * (1 - a) * b * (1 - b))) / n for a, b, n in tasks)
        return d / math.sqrt(v)

    return {"tasks": tasks, "correlation": optimize.brentq(lambda r: z(r) - stats.norm.ppf(0.975), -1, 0.999),
            "z": z(0)}


print(json.dumps({"made_with": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                                "numpy": np.__version__},
                  "distributions": distributions(), "mcnemar": mcnemar_cases(), "sign_flip": sign_flip_cases(),
                  "paired_errors": paired_errors(), "bootstrap": bootstrap(), "holm": holm(),
                  "detectable": detectable(), "exact_power": exact_power(), "unpaired": unpaired(),
                  "correlation": correlation()},
                 separators=(",", ":")))
