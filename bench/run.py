#!/usr/bin/env python3
"""Runs vffn and its peers on the first N HellaSwag documents with the same model, in turn, for R rounds.

Every run is a whole process, timed from outside. Prints a Markdown table of medians and writes every run to
output/bench.json. `make bench` sets everything up first; bench/README.md describes the comparison.
"""

import argparse
import statistics
import sys
from pathlib import Path

from rounds import (
    DTYPES,
    ROOT,
    Contestant,
    add_options,
    cpu_info,
    gemm_peak,
    is_wanted,
    machine,
    read_printed,
    read_results,
    take_turns,
    write_report,
)


def commands(options) -> dict:
    """Contestant -> function from (docs, output folder) to its command line."""
    peers = Path(options.peers)
    python, scripts = str(peers / "venv/bin/python"), ROOT / "bench/peers"
    table = {}
    for dtype in DTYPES:
        table[f"vffn {dtype}"] = lambda docs, output, dtype=dtype: [
            *(options.vffn, "eval", "--model", options.model, "--data", options.data, "--tasks", "hellaswag"),
            *("--dtype", dtype, "--limit", str(docs), "--output", output),
        ]
        table[f"lm-eval {dtype}"] = lambda docs, _, dtype=dtype: [
            *(python, str(scripts / "run_lm_eval.py"), "--model", str(peers / "model/hf"), "--data", options.data),
            *("--dtype", dtype, "--docs", str(docs), "--batch-size", str(options.batch_size)),
        ]
        table[f"OLMo in-loop {dtype}"] = lambda docs, _, dtype=dtype: [
            *(python, str(scripts / "run_olmo.py"), "--model", str(peers / "model/hf")),
            *("--dtype", dtype, "--docs", str(docs), "--batch-size", str(options.batch_size)),
        ]
        table[f"llama.cpp {dtype}"] = lambda docs, _, dtype=dtype: [
            *(python, str(scripts / "run_llama_cpp.py"), "--binary", str(peers / "llama-perplexity")),
            *("--model", str(peers / f"model/{dtype}.gguf"), "--data", options.data, "--docs", str(docs)),
        ]
    return table


def read_vffn(output: str, _) -> dict:
    """Reads vffn's own measurements from results_*.json."""
    results = read_results(output)
    own = results["vffn"]["scoring"]
    return {
        "seconds_scoring": own["seconds_scoring"],
        "seconds_to_first_score": own["seconds_to_first_score"],
        "necessary_flops": own["necessary_flops"],
        "scores": results["results"]["hellaswag"],
    }


def default_docs(name: str, docs: int) -> int:
    """PyTorch's bfloat16 products are slower than float32 on a CPU that has no instructions for them."""
    slow = "bfloat16" in name and name.startswith(("lm-eval", "OLMo"))
    if slow and not any(flag in cpu_info("flags") for flag in ("avx512_bf16", "amx_bf16")):
        return max(1, docs // 10)
    return docs


def summarise(runs: dict, peaks: dict) -> list:
    """One row per contestant: medians over its rounds, and the ratio to vffn at the same precision."""
    rows = []
    for name, entries in runs.items():
        dtype = name.split()[-1]
        done = [entry for entry in entries if "error" not in entry]
        row = {"name": name, "docs": entries[0]["docs"], "rounds": len(done)}
        if not done:
            rows.append({**row, "error": entries[-1]["error"]})
            continue
        row["total"] = statistics.median(entry["seconds_total"] for entry in done)
        row["scoring"] = statistics.median(entry["seconds_scoring"] for entry in done)
        if name.startswith("vffn"):
            row["flops"] = done[0]["necessary_flops"]
            row["first_score"] = statistics.median(entry["seconds_to_first_score"] for entry in done)
        own = next((other for other in rows if other["name"] == f"vffn {dtype}" and "total" in other), None)
        own = row if name.startswith("vffn") else own
        # Compares rates instead of times, because a slow contestant may have fewer documents.
        if own:
            row["times_total"] = row["total"] / row["docs"] / (own["total"] / own["docs"])
            row["times_scoring"] = row["scoring"] / row["docs"] / (own["scoring"] / own["docs"])
        if own and dtype in peaks and own["docs"] == row["docs"]:
            row["share_of_peak"] = own["flops"] / row["scoring"] / peaks[dtype]
        rows.append(row)
    return rows


def table(rows: list) -> str:
    lines = [
        "| | docs | rounds | whole process (s) | docs/s | scoring (s) | docs/s | time / vffn's: process | scoring "
        "| share of GEMM peak |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        head = f"| {row['name']} | {row['docs']} | {row['rounds']} |"
        if "error" in row:
            lines.append(f"{head} {row['error']} | | | | | | |")
            continue

        def cell(key, form):
            return form.format(row[key]) if key in row else "-"

        lines.append(
            f"{head} {row['total']:.1f} | {row['docs'] / row['total']:.2f} | {row['scoring']:.1f} "
            f"| {row['docs'] / row['scoring']:.2f} | {cell('times_total', '{:.2f}')} | {cell('times_scoring', '{:.2f}')} "
            f"| {cell('share_of_peak', '{:.0%}')} |"
        )
    return "\n".join(lines)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=100, help="documents each contestant scores (100)")
    parser.add_argument("--docs-of", action="append", default=[], metavar="NAME=N", help="other number for one contestant")
    parser.add_argument("--batch-size", type=int, default=16, help="requests per batch, lm-eval and OLMo (16)")
    parser.add_argument("--model", default=str(ROOT / ".setup/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    add_options(parser, output="output/bench.json", only="vffn,lm-eval")
    return parser.parse_args()


def make_contestants(options) -> dict:
    table = {name: command for name, command in commands(options).items() if is_wanted(name, options.only)}
    docs = {name: default_docs(name, options.docs) for name in table}
    for entry in options.docs_of:
        name, _, count = entry.partition("=")
        if name not in docs or not count.isdigit() or int(count) < 1:
            sys.exit(f"--docs-of {entry}: NAME=N with NAME one of: {', '.join(docs)}")
        docs[name] = int(count)
    return {
        name: Contestant(
            docs=docs[name],
            command=lambda output, name=name, command=command: command(docs[name], output),
            read=read_vffn if name.startswith("vffn") else read_printed,
        )
        for name, command in table.items()
    }


def main() -> None:
    options = parse_options()
    contestants = make_contestants(options)
    peaks = gemm_peak(options.gemm_bench)
    runs = take_turns(contestants, options)
    rows = summarise(runs, peaks)
    write_report(options.output, {"gemm_peak": peaks, "summary": rows, "runs": runs})
    print(table(rows))
    for row in rows:
        if "first_score" in row:
            print(f"\n{row['name']}: {row['first_score']:.2f} s from start to the first scored document", end="")
    print(f"\n\n{machine()['cores']} x {machine()['cpu']}; every run in {options.output}")


if __name__ == "__main__":
    main()
