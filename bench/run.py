#!/usr/bin/env python3
"""vffn and its peers on the first N HellaSwag documents of the same model, by turns, for R rounds.

Every run is a whole process, timed from outside. Prints a Markdown table of medians and writes every run to
output/bench.json. `make bench` sets everything up first; bench/README.md says what is compared with what.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DTYPES = ("float32", "bfloat16")


def commands(options) -> dict:
    """Contestant -> function from (docs, output folder) to its command line."""
    peers = Path(options.peers)
    python, scripts = str(peers / "venv/bin/python"), ROOT / "bench/peers"
    table = {}
    for dtype in DTYPES:
        table[f"vffn {dtype}"] = lambda docs, output, dtype=dtype: [
            *(options.vffn, "eval", "--model", options.model, "--data", options.data, "--tasks", "hellaswag"),
            *("--dtype", dtype, "--limit", str(docs), "--output_path", output),
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


def read_vffn(output: str) -> dict:
    """What vffn wrote about itself in results_*.json."""
    with open(max(Path(output).rglob("results_*.json"))) as file:
        results = json.load(file)
    own = results["vffn"]["scoring"]
    return {
        "seconds_scoring": own["seconds_scoring"],
        "seconds_to_first_score": own["seconds_to_first_score"],
        "necessary_flops": own["necessary_flops"],
        "scores": results["results"]["hellaswag"],
    }


def gemm_peak(binary: str) -> dict:
    """dtype -> FLOP/s of the whole machine: the best rate counter `FLOPS` among the benchmarks that name the dtype."""
    if not os.access(binary, os.X_OK):
        return {}
    command = [binary, "--benchmark_format=json", "--benchmark_filter=Gemm"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    peaks = {}
    for entry in report["benchmarks"]:
        for dtype in DTYPES:
            if dtype in entry["name"] and "FLOPS" in entry:
                peaks[dtype] = max(peaks.get(dtype, 0.0), entry["FLOPS"])
    return peaks


def run_once(name: str, command: list, cap: float, output: str) -> dict:
    """One timed process. `error` says why there are no numbers."""
    load = os.getloadavg()[0]
    start = time.perf_counter()
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=cap, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return {"load": load, "error": f"over the cap of {cap:.0f} s"}
    except OSError as error:
        return {"load": load, "error": str(error)}
    seconds = time.perf_counter() - start
    if run.returncode != 0:
        last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-1:]
        return {"load": load, "error": f"exit code {run.returncode}: {' '.join(last)[:300]}"}
    own = read_vffn(output) if name.startswith("vffn") else json.loads(run.stdout.strip().splitlines()[-1])
    return {**own, "load": load, "seconds_total": seconds}


def default_docs(name: str, docs: int) -> int:
    """PyTorch's bfloat16 products are slower than float32 on a CPU that has no instructions for them."""
    slow = "bfloat16" in name and name.startswith(("lm-eval", "OLMo"))
    if slow and not any(flag in cpu_info("flags") for flag in ("avx512_bf16", "amx_bf16")):
        return max(1, docs // 10)
    return docs


def cpu_info(key: str) -> str:
    with open("/proc/cpuinfo") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(key)), "")


def summarise(runs: dict, peaks: dict) -> list:
    """One row per contestant: medians over its rounds, and how it stands to vffn at the same precision."""
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
        # Rates, not times: a slow contestant may have had fewer documents.
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
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (3)")
    parser.add_argument("--cap", type=float, default=900, help="seconds after which a run is given up (900)")
    parser.add_argument("--only", default="", help="contestants whose name contains one of these, comma separated")
    parser.add_argument("--batch-size", type=int, default=16, help="requests a batch, lm-eval and OLMo (16)")
    parser.add_argument("--vffn", default=str(ROOT / "build/vffn"))
    parser.add_argument("--gemm-bench", default=str(ROOT / "build/bench/gemm_benchmark"))
    parser.add_argument("--model", default=str(ROOT / ".setup/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    parser.add_argument("--data", default=str(ROOT / ".setup/data"))
    parser.add_argument("--peers", default=str(ROOT / ".setup/peers"))
    parser.add_argument("--add", action="store_true", help="add rounds to those in --output")
    parser.add_argument("--output", default=str(ROOT / "output/bench.json"))
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    contestants = commands(options)
    wanted = [part for part in options.only.split(",") if part]
    names = [name for name in contestants if not wanted or any(part in name for part in wanted)]
    docs = {name: default_docs(name, options.docs) for name in names}
    for entry in options.docs_of:
        name, _, count = entry.partition("=")
        if name not in docs or not count.isdigit() or int(count) < 1:
            sys.exit(f"--docs-of {entry}: NAME=N with NAME one of: {', '.join(names)}")
        docs[name] = int(count)

    peaks = gemm_peak(options.gemm_bench)
    runs = {name: [] for name in names}
    if options.add:
        with open(options.output) as file:
            runs = json.load(file)["runs"]
        runs.update({name: [] for name in names if name not in runs})
    for round_number in range(options.rounds):
        for name in names:
            if any("error" in entry for entry in runs[name]):
                continue  # it will not do better next time
            with tempfile.TemporaryDirectory(prefix="vffn_bench_") as output:
                entry = run_once(name, contestants[name](docs[name], output), options.cap, output)
            runs[name].append({"docs": docs[name], **entry})
            told = entry.get("error") or f"{entry['seconds_total']:.1f} s, scoring {entry['seconds_scoring']:.1f} s"
            print(f"round {round_number + 1}, {name}, {docs[name]} docs: {told}", file=sys.stderr, flush=True)

    rows = summarise(runs, peaks)
    machine = {"cpu": cpu_info("model name"), "cores": os.cpu_count(), "system": platform.platform()}
    os.makedirs(os.path.dirname(options.output) or ".", exist_ok=True)
    with open(options.output, "w") as file:
        json.dump({"machine": machine, "gemm_peak": peaks, "summary": rows, "runs": runs}, file, indent=1)
    print(table(rows))
    for row in rows:
        if "first_score" in row:
            print(f"\n{row['name']}: {row['first_score']:.2f} s from start to the first scored document", end="")
    print(f"\n\n{machine['cores']} x {machine['cpu']}; every run in {options.output}")


if __name__ == "__main__":
    main()
