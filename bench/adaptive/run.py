#!/usr/bin/env python3
"""Does time follow FLOPs? Dense, k-Loop, MoE and VersatileFFN models at full size on the first ARC-challenge documents.

The contestants are vffn, vffn with every token run to the largest loop count of its pack (--masked), vffn with the hidden
values of the first loop reused (--reuse_hidden), and the same models in plain PyTorch. They run in turn, for R rounds. Prints
Markdown tables of medians and writes every run to output/adaptive.json. `make bench-adaptive` sets everything up first; bench/README.md defines the columns.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rounds import (
    DTYPES,
    ROOT,
    Contestant,
    add_options,
    gemm_peak,
    is_wanted,
    machine,
    read_printed,
    read_results,
    take_turns,
    write_report,
)
from tables import comparison_table, formula_table, work_table

SCALES = ("354m", "720m")
KINDS = ("base", "moe", "2-loop", "4-loop", "6-loop", "versatile")
TORCH_KINDS = ("base", "versatile")


def read_vffn(output: str, _) -> dict:
    """The executed work that vffn reports, and the log-likelihood of every choice."""
    own = read_results(output)["vffn"]["scoring"]
    docs = []
    with open(Path(output) / "ledger.jsonl") as file:
        for row in map(json.loads, file):
            if row.get("row") == "doc":
                docs.append((row["doc_id"], [sum(choice["log_probs"]) for choice in row["choices"]]))
    sums = [value for _, choices in sorted(docs) for value in choices]
    keys = ("seconds_scoring", "seconds_to_first_score", "query_tokens", "trie_tokens", "head_rows", "executed")
    return {**{key: own[key] for key in keys}, "log_likelihoods": sums}


def make_contestants(options) -> dict:
    """Named "MODEL CONTESTANT"."""
    data = Path(options.data)
    tokenizer = data / "tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json"
    table = {}

    def add(name: str, docs: int, command, read) -> None:
        if is_wanted(name, options.only):
            table[name] = Contestant(docs, command, read)

    for model in (f"{scale}-{kind}" for scale in SCALES for kind in KINDS):
        folder = str(Path(options.models) / model)

        def vffn(*more, folder=folder):
            return lambda output: [
                *(options.vffn, "eval", "--model", folder, "--tokenizer", str(tokenizer), "--data", str(data)),
                *("--tasks", "arc_challenge", "--limit", str(options.docs), "--dtype", options.dtype),
                *("--output", output, *more),
            ]

        def torch(*more, folder=folder):
            return lambda _: [
                *(str(Path(options.peers) / "venv/bin/python"), str(ROOT / "bench/adaptive/run_plain_torch.py")),
                *("--model", folder, "--data", str(data), "--docs", str(options.torch_docs or options.docs)),
                *("--dtype", options.dtype, "--batch-size", str(options.batch_size), *more),
            ]

        kind = model.split("-", 1)[1]
        torch_docs = options.torch_docs or options.docs
        add(f"{model} vffn", options.docs, vffn(), read_vffn)
        if kind == "versatile":
            add(f"{model} vffn masked", options.docs, vffn("--masked"), read_vffn)
            add(f"{model} vffn reusing", options.docs, vffn("--reuse_hidden"), read_vffn)
        if kind in TORCH_KINDS or options.torch_all:
            add(f"{model} PyTorch", torch_docs, torch(), read_printed)
        if kind == "versatile":
            add(f"{model} PyTorch sorted", torch_docs, torch("--sort"), read_printed)
    return table


def summarise(runs: dict) -> dict:
    """Name -> medians of its times, and the other values of its first run."""
    rows = {}
    for name, entries in runs.items():
        done = [entry for entry in entries if "error" not in entry]
        if not done:
            if entries:
                print(f"{name}: {entries[-1]['error']}", file=sys.stderr)
            continue
        seconds = {
            key: statistics.median(entry[key] for entry in done) for key in ("seconds_total", "seconds_scoring")
        }
        model, contestant = name.split(" ", 1)
        rows[name] = {**done[0], **seconds, "model": model, "contestant": contestant, "rounds": len(done)}
        # Rows that passed through the layers: nodes of tries, or positions of padded batches.
        rows[name]["rows"] = done[0].get("positions") or done[0]["executed"]["tokens"]
    return rows


def check_tokens(rows: dict) -> None:
    """Checks that all contestants have read the same documents."""
    counts = {}
    for name, row in rows.items():
        found = (row["query_tokens"], row["trie_tokens"])
        first, same = counts.setdefault(row["docs"], (name, found))
        if found != same:
            sys.exit(f"{name} read {found} query and trie tokens, {first} {same}: not the same documents")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=24, help="documents each contestant scores (24)")
    parser.add_argument("--torch-docs", type=int, default=0, help="other number for PyTorch; times are compared per token")
    parser.add_argument("--torch-all", action="store_true", help=f"PyTorch with all models, not only {TORCH_KINDS}")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument("--batch-size", type=int, default=16, help="requests per batch, PyTorch (16)")
    parser.add_argument("--models", default=str(ROOT / ".setup/adaptive"), help="folder with the models of make_model.py")
    add_options(parser, output="output/adaptive.json", only="354m,720m-versatile")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    peaks = gemm_peak(options.gemm_bench)
    runs = take_turns(make_contestants(options), options)
    rows = summarise(runs)
    check_tokens(rows)
    write_report(options.output, {"dtype": options.dtype, "gemm_peak": peaks, "runs": runs})
    configs = {
        row["model"]: json.loads((Path(options.models) / row["model"] / "model.json").read_text())
        for row in rows.values()
    }
    print(work_table(rows, peaks.get(options.dtype)), end="\n\n")
    print(comparison_table(rows), end="\n\n")
    print(formula_table(rows, configs))
    print(f"\n{options.dtype}, {machine()['cores']} x {machine()['cpu']}; every run in {options.output}")


if __name__ == "__main__":
    main()
