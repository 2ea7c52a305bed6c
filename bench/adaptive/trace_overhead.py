#!/usr/bin/env python3
"""Measures the cost of tracing: vffn eval of a full-size VersatileFFN on the first ARC-challenge documents, without a
trace, with --trace and with --trace_branches, in turn, for R rounds. Prints a Markdown table of medians. Ratios are
relative to the run without a trace in the same round. Scores must be equal.
"""

import argparse
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rounds import ROOT, Contestant, add_options, machine, read_results, take_turns, write_report
from tables import markdown

WAYS = {"no trace": [], "--trace": ["trace"], "--trace --trace_branches": ["trace", "branches"]}


def read_run(output: str, _) -> dict:
    results = read_results(output)
    size = sum(file.stat().st_size for file in Path(output).glob("trace/*.parquet"))
    scores = {task: values["metrics"] for task, values in results["vffn"]["tasks"].items()}
    return {
        "seconds_scoring": results["vffn"]["scoring"]["seconds_scoring"],
        "rows": results["vffn"]["scoring"]["executed"]["tokens"],
        "bytes": size,
        "scores": scores,
    }


def make_contestants(options) -> dict:
    tokenizer = Path(options.data) / "tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json"

    def command(way: list):
        def arguments(output: str) -> list:
            more = ["--trace", f"{output}/trace"] if "trace" in way else []
            more += ["--trace_branches"] if "branches" in way else []
            return [
                *(options.vffn, "eval", "--model", options.model, "--tokenizer", str(tokenizer)),
                *("--data", options.data, "--tasks", "arc_challenge", "--limit", str(options.docs)),
                *("--output", output, *more),
            ]

        return arguments

    return {name: Contestant(options.docs, command(way), read_run) for name, way in WAYS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=24, help="documents (24)")
    parser.add_argument("--model", default=str(ROOT / ".setup/adaptive/354m-versatile"))
    add_options(parser, output="output/trace_overhead.json", only="")
    options = parser.parse_args()
    runs = take_turns(make_contestants(options), options)
    write_report(options.output, {"runs": runs})
    first = runs["no trace"]
    lines = []
    for name, entries in runs.items():
        for entry in entries:
            if "error" in entry:
                sys.exit(f"{name}: {entry['error']}")
            if entry["scores"] != first[0]["scores"]:
                sys.exit(f"{name}: other scores than without a trace")
        line = [name]
        for key in ("seconds_cpu", "seconds_scoring"):
            ratios = [entry[key] / base[key] for entry, base in zip(entries, first)]
            line += [f"{statistics.median(entry[key] for entry in entries):.2f}"]
            line += [f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"]
        lines.append([*line, f"{entries[0]['bytes'] / entries[0]['rows']:.0f}"])
    print(markdown(["", "CPU s", "ratio (range)", "s scoring", "ratio (range)", "bytes a token"], lines))
    print(f"\n{options.docs} documents, {options.rounds} rounds, {machine()['cores']} x {machine()['cpu']}")


if __name__ == "__main__":
    main()
