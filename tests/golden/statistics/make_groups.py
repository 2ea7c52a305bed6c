"""Makes groups.json: SciPy's results for tests of groups.

    python3 -m venv v && v/bin/pip install numpy==2.4.6 scipy==1.17.1
    v/bin/python make_groups.py > groups.json
"""

import itertools
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(20261126)


def welch():
    cases = []
    for sizes in ((5, 9), (4, 30, 12), (20, 20, 20, 7, 3)):
        groups = [rng.normal(rng.normal(scale=0.7), rng.uniform(0.2, 2), size=n) for n in sizes]
        anova = stats.f_oneway(*groups, equal_var=False)
        t_test = stats.ttest_ind(groups[0], groups[1], equal_var=False)
        cases.append({"groups": [g.tolist() for g in groups], "f": anova.statistic, "p": anova.pvalue,
                      "first_difference": groups[0].mean() - groups[1].mean(), "first_p": t_test.pvalue})
    return cases


def permuted():
    cases = []
    for n, ties in ((3, False), (6, True), (8, False), (8, True), (12, True)):
        x, y = rng.normal(size=n), rng.normal(size=n)
        if ties:
            x, y = np.round(x), np.round(y * 2)
        rho = stats.spearmanr(x, y).statistic
        ranks_x, ranks_y = stats.rankdata(x), stats.rankdata(y)
        if n <= 8:
            far = [abs(np.corrcoef(ranks_x, p)[0, 1]) >= abs(rho) - 1e-9 for p in itertools.permutations(ranks_y)]
            p = float(np.mean(far))
        else:  # SciPy draws orders, too
            p = stats.permutation_test((x,), lambda a: stats.spearmanr(a, y).statistic, permutation_type="pairings",
                                       n_resamples=20000, rng=rng).pvalue
        cases.append({"x": x.tolist(), "y": y.tolist(), "rho": rho, "p": p})
    return cases


if __name__ == "__main__":
    f_tails = [[f, a, b, stats.f.sf(f, a, b)] for f in (0.0, 0.5, 3.2, 40.0) for a, b in ((1, 4.5), (5, 211.7), (55, 9.25))]
    print(json.dumps({"f_upper_tail": f_tails, "welch": welch(), "permuted": permuted()}))
