"""Measures what it saves to read solved examples once per pack: five-shot request files, by two builds of vffn.

The other build (--apart) reads the examples once per document: kLeastShared in its eval/token_trie.cc is larger than any
prompt. Both score the same documents in turn, each run is a whole process, and the scores of both must be the same.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from rounds import DTYPES, ROOT, Contestant, add_options, is_wanted, read_results, take_turns, write_report  # noqa: E402

TASKS = ("hellaswag/rc_5shot", "boolq/rc_5shot", "basic_skills_arithmetic/rc_5shot", "arc_challenge/mc_5shot")


def read(output: str, _: str) -> dict:
    results = read_results(output)
    scoring = results["vffn"]["scoring"]
    keys = ("seconds_scoring", "query_tokens", "trie_tokens", "visible_pairs", "necessary_flops", "workers")
    scores = {
        task: {name: metric["value"] for name, metric in of_task["metrics"].items()}
        for task, of_task in results["vffn"]["tasks"].items()
    }
    return {**{key: scoring[key] for key in keys}, "scores": scores}


def contestants(options) -> dict:
    def command(program: str, task: str, dtype: str):
        return lambda output: [
            *(program, "eval", "--model", options.model, "--tasks", task, "--data", options.data),
            *("--limit", str(options.docs), "--dtype", dtype, "--output", output),
            *(["--workers", str(options.workers)] if options.workers else []),
        ]

    programs = {"apart": options.apart, "vffn": options.vffn}
    return {
        f"{task}, {dtype}, {name}": Contestant(options.docs, command(program, task, dtype), read)
        for task in options.tasks.split(",")
        for dtype in DTYPES
        for name, program in programs.items()
        if program and is_wanted(f"{task}, {dtype}, {name}", options.only)
    }


def median(values) -> float:
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def table(runs: dict) -> str:
    """Medians, a row for each build. Below: the ratio of the builds' CPU seconds."""
    lines = ["| Task | Type | Build | Tokens | Tokens per doc | Scoring, s | CPU, s |", "|---|---|---|---:|---:|---:|---:|"]
    for name, entries in runs.items():
        if not entries or "error" in entries[-1]:
            lines.append(f"| {name} | | {entries[-1]['error'] if entries else 'no run'} |")
            continue
        tokens = entries[-1]["trie_tokens"]
        scoring, cpu = (median(entry[key] for entry in entries) for key in ("seconds_scoring", "seconds_cpu"))
        cells = [*name.split(", "), f"{tokens:,}", f"{tokens / entries[-1]['docs']:.0f}", f"{scoring:.2f}", f"{cpu:.2f}"]
        lines.append("| " + " | ".join(cells) + " |")
    for name, entries in runs.items():
        apart = runs.get(name.removesuffix("vffn") + "apart") if name.endswith(", vffn") else None
        if apart and "error" not in (*apart[-1], *entries[-1]):
            ratios = [a["seconds_cpu"] / b["seconds_cpu"] for a, b in zip(apart, entries)]
            same = "same scores" if apart[-1]["scores"] == entries[-1]["scores"] else "OTHER SCORES"
            lines.append(f"\n{name}: {median(ratios):.2f} times less CPU time ({min(ratios):.2f} to {max(ratios):.2f}), {same}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser, "output/shots.json", "bfloat16,boolq")
    parser.add_argument("--apart", default="", help="a build that reads the examples once per document")
    parser.add_argument("--model", default=str(ROOT / ".setup/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    parser.add_argument("--tasks", default=",".join(TASKS), help="request files")
    parser.add_argument("--docs", type=int, default=200, help="documents of each task (200)")
    parser.add_argument("--workers", type=int, default=0, help="packs at the same time (the number of cores)")
    options = parser.parse_args()
    runs = take_turns(contestants(options), options)
    write_report(options.output, {"runs": runs})
    print(table(runs))


if __name__ == "__main__":
    main()
