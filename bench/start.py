#!/usr/bin/env python3
"""Measures how long `vffn eval` takes from the start of the process to the first scored document.

Runs the programs in turn for R rounds, stops each one at its first score, and prints a Markdown table of medians.
Time is taken from outside: from the start of the process until a document is in its ledger. Memory is the peak of all
resident pages (VmHWM, which counts the pages of mapped files), and the process's own pages (RssAnon) at that moment.
Run it once before: the files should be in the page cache.

    bench/start.py                                                    # the demo model, float32 and bfloat16
    bench/start.py --model FOLDER --tokenizer model.gguf              # another model
    bench/start.py --vffn before=OTHER/vffn --vffn after=build/vffn   # two programs, in turn
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rounds import DTYPES, ROOT, machine, write_report

DEMO_MODEL = ROOT / ".setup/models/SmolLM2-135M-Instruct.Q4_1.gguf"


def has_scored(ledger: Path) -> bool:
    return ledger.exists() and b'"row":"doc"' in ledger.read_bytes()


def memory(pid: int) -> dict:
    """MiB of the process: `peak` of all resident pages, `own` pages now."""
    status = Path(f"/proc/{pid}/status").read_text()
    sizes = {name: int(size) / 1024 for name, size in re.findall(r"(\w+):\s+(\d+) kB", status)}
    return {"peak": sizes["VmHWM"], "own": sizes["RssAnon"]}


def run_once(command: list) -> dict:
    with tempfile.TemporaryDirectory(prefix="vffn_start_") as output, tempfile.TemporaryFile() as messages:
        start = time.perf_counter()
        process = subprocess.Popen([*command, "--output", output], stdout=subprocess.DEVNULL, stderr=messages)
        try:
            while not has_scored(Path(output) / "ledger.jsonl"):
                if process.poll() is not None:
                    messages.seek(0)
                    sys.exit(f"{' '.join(command)}: ended without a score\n{messages.read().decode()}")
                time.sleep(0.002)
            return {"seconds": time.perf_counter() - start, **memory(process.pid)}
        finally:
            process.kill()
            process.wait()


def commands(options) -> dict:
    """Name of a row -> command line."""
    programs = [entry.partition("=") for entry in options.vffn or [str(ROOT / "build/vffn")]]
    table = {}
    for dtype in options.dtype or DTYPES:
        for name, _, path in programs:
            row = f"{name} {dtype}" if path else dtype
            table[row] = [path or name, "eval", "--model", options.model, "--data", options.data, "--tasks", "hellaswag"]
            table[row] += ["--limit", "4", "--dtype", dtype]
            table[row] += ["--tokenizer", options.tokenizer] if options.tokenizer else []
    return table


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=str(DEMO_MODEL))
    parser.add_argument("--tokenizer", default="", help="for a model that has none")
    parser.add_argument("--data", default=str(ROOT / ".setup/data"))
    parser.add_argument("--dtype", action="append", choices=DTYPES, help="both by default; may be repeated")
    parser.add_argument("--vffn", action="append", metavar="[NAME=]PATH", help="build/vffn by default; may be repeated")
    parser.add_argument("--rounds", type=int, default=7, help="medians are reported (7)")
    parser.add_argument("--output", default=str(ROOT / "output/start.json"))
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    table = commands(options)
    runs = {name: [] for name in table}
    for _ in range(options.rounds):
        for name, command in table.items():
            runs[name].append(run_once(command))
    write_report(options.output, {"model": options.model, "runs": runs})
    print("| | first score (s) | fastest (s) | peak memory (MiB) | own memory (MiB) |\n|---|---:|---:|---:|---:|")
    for name, entries in runs.items():
        seconds, peak, own = ([entry[key] for entry in entries] for key in ("seconds", "peak", "own"))
        print(
            f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} "
            f"| {statistics.median(peak):.0f} | {statistics.median(own):.0f} |"
        )
    print(f"\n{machine()['cores']} x {machine()['cpu']}; load {os.getloadavg()[0]:.1f}; every run in {options.output}")


if __name__ == "__main__":
    main()
