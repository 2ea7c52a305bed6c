#!/usr/bin/env python3
"""Compares vffn's statistics with SciPy's on one thread, in turn: medians in milliseconds, and ratios of the times.

    python bench/scipy_peer.py --program build/bench/statistics_benchmark [--rounds N]

The comparison covers the paired bootstrap of 10,042 questions (percentile interval of the mean difference,
`scipy.stats.bootstrap` in batches), and Spearman's correlation of 500,000 tokens (`scipy.stats.spearmanr`) alone and with 100
replicates of a bootstrap over their 1,000 documents. Both programs use data of the same size and shape. Requires SciPy.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
import numpy  # noqa: E402
import scipy.stats  # noqa: E402

BATCH = 10  # the fastest of 10, 30, 100, 300, 1000


def differences(generator):
    return generator.choice([-1.0, 0.0, 1.0], 10042, p=[0.05, 0.88, 0.07])


def bootstrap(replicates):
    values = differences(numpy.random.default_rng(1))
    scipy.stats.bootstrap((values,), numpy.mean, n_resamples=replicates, batch=BATCH, method="percentile",
                          rng=numpy.random.default_rng(2))


def tokens():
    generator = numpy.random.default_rng(1)
    return generator.integers(1, 5, 500000), generator.normal(3, 1, 500000)


def spearman():
    scipy.stats.spearmanr(*tokens())


def spearman_interval(replicates):
    """Draws whole documents of 500 tokens."""
    loops, surprisal = (column.reshape(1000, 500) for column in tokens())
    generator = numpy.random.default_rng(2)
    rhos = []
    for _ in range(replicates):
        drawn = generator.integers(0, 1000, 1000)
        rhos.append(scipy.stats.spearmanr(loops[drawn].ravel(), surprisal[drawn].ravel()).statistic)
    numpy.percentile(rhos, [2.5, 97.5])


PEERS = {
    "BootstrapOfOneTask/1000": lambda: bootstrap(1000),
    "BootstrapOfOneTask/10000": lambda: bootstrap(10000),
    "SpearmanWithInterval/0": spearman,
    "SpearmanWithInterval/100": lambda: spearman_interval(100),
}


def ours(program, name):
    report = subprocess.run([program, f"--benchmark_filter=^{name}$", "--benchmark_format=json"], check=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    [run] = json.loads(report.stdout)["benchmarks"]
    return run["real_time"]


def milliseconds(call):
    start = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print("| | vffn, ms | SciPy, ms | SciPy / vffn (range) |\n|---|---:|---:|---:|")
    for name, peer in PEERS.items():
        rounds = [(ours(options.program, name), milliseconds(peer)) for _ in range(options.rounds)]
        ratios = [theirs / own for own, theirs in rounds]
        own, theirs = (statistics.median(column) for column in zip(*rounds))
        print(f"| {name} | {own:.0f} | {theirs:.0f} | {statistics.median(ratios):.1f} "
              f"({min(ratios):.1f} to {max(ratios):.1f}) |", flush=True)


if __name__ == "__main__":
    main()
