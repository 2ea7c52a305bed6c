"""Scores ARC-challenge with a full-size model in plain PyTorch (plain_torch.py), in the manner of an evaluation loop.

Every choice (context and continuation) is a separate row, padded on the right to the longest row of its batch. Logits are
computed where a token is scored. Prints one line of JSON. `--check FOLDER` compares with an oracle of the release instead.
"""

import time

START = time.perf_counter()

import argparse
import contextlib
import json
import sys
from pathlib import Path

import torch

import arc_challenge
import oracle
import plain_torch


def pad(sequences: list) -> torch.Tensor:
    length = max(map(len, sequences))
    return torch.tensor([sequence + [0] * (length - len(sequence)) for sequence in sequences])


class Scorer:
    """Sums log-probabilities, batch by batch, and counts the rows that were run."""

    def __init__(self, model: plain_torch.Transformer, whole_logits: bool):
        self.model, self.whole_logits = model, whole_logits
        self.positions = 0
        self.histograms = torch.zeros(model.config["n_layers"], model.config.get("max_loops", 0), dtype=torch.long)

    def score(self, requests: list) -> list:
        """Scores each (context, continuation)."""
        queries = [context + continuation[:-1] for context, continuation in requests]
        ids = pad(queries)
        self.positions += ids.numel()
        rows = torch.tensor([i for i, (_, continuation) in enumerate(requests) for _ in continuation])
        columns = torch.tensor([len(context) - 1 + j for context, cont in requests for j in range(len(cont))])
        targets = torch.tensor([token for _, continuation in requests for token in continuation])
        hidden = self.model.hidden(ids)
        if self.whole_logits:
            logits = self.model.head(hidden)[rows, columns]
        else:
            logits = self.model.head(hidden[rows, columns])
        log_probs = logits.float().log_softmax(dim=-1).gather(1, targets.unsqueeze(1)).squeeze(1)
        self.count_loops(queries)
        return torch.zeros(len(requests)).index_add_(0, rows, log_probs).tolist()

    def count_loops(self, queries: list) -> None:
        """Counts the loops of tokens, without padding."""
        for layer, histogram in zip(self.model.layers, self.histograms):
            if isinstance(layer, plain_torch.VersatileLayer):
                real = torch.cat([layer.loops[i, : len(query)] for i, query in enumerate(queries)])
                histogram += real.bincount(minlength=len(histogram) + 1)[1:]


def run(options) -> dict:
    model = plain_torch.load(options.model)
    autocast = contextlib.nullcontext()
    if options.dtype == "bfloat16":  # as in the release: weights in bfloat16, under autocast
        model.to(torch.bfloat16)
        autocast = torch.autocast("cpu", dtype=torch.bfloat16)
    docs = arc_challenge.load(options.data, options.docs)
    requests = [request for doc in docs for request in doc]
    order = list(range(len(requests)))
    if options.sort:
        order.sort(key=lambda i: sum(map(len, requests[i])), reverse=True)
    scorer = Scorer(model, options.whole_logits)
    sums = [0.0] * len(requests)
    start = time.perf_counter()
    with torch.inference_mode(), autocast:
        for begin in range(0, len(order), options.batch_size):
            batch = order[begin : begin + options.batch_size]
            for i, value in zip(batch, scorer.score([requests[i] for i in batch])):
                sums[i] = value
    return {
        "docs": options.docs,
        "seconds_scoring": time.perf_counter() - start,
        "seconds_total": time.perf_counter() - START,
        **arc_challenge.count_tokens(docs),
        "positions": scorer.positions,
        "loop_histograms": scorer.histograms.tolist() if scorer.histograms.numel() else None,
        "log_likelihoods": sums,
    }


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="folder with model.json and model.safetensors")
    parser.add_argument("--data", type=Path, default=arc_challenge.ROOT / ".setup/data")
    parser.add_argument("--docs", type=int, default=10)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--sort", action="store_true", help="longest requests first, to reduce padding")
    parser.add_argument("--whole-logits", action="store_true", help="at every position, as in OLMo's training loop")
    parser.add_argument("--check", type=Path, metavar="FOLDER", help="compare with the oracle in FOLDER")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    if options.check:
        oracle.check(options.check)
    elif options.model:
        print(json.dumps(run(options)))
    else:
        sys.exit("run_plain_torch.py: give --model or --check")


if __name__ == "__main__":
    main()
