"""Times contestants in turn. Every run is a whole process, timed from outside, and every run is recorded."""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parent.parent
DTYPES = ("float32", "bfloat16")


@dataclass
class Contestant:
    docs: int
    command: Callable[[str], list]  # takes an empty output folder, which is deleted afterwards
    read: Callable[[str, str], dict]  # takes that folder and the printed text; returns `seconds_scoring` and more


def read_printed(_, printed: str) -> dict:
    """Reads the line of JSON that a contestant prints at the end."""
    return json.loads(printed.strip().splitlines()[-1])


def read_results(output: str) -> dict:
    """Reads the results_*.json of `vffn eval`."""
    with open(max(Path(output).rglob("results_*.json"))) as file:
        return json.load(file)


def cpu_info(key: str) -> str:
    with open("/proc/cpuinfo") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith(key)), "")


def machine() -> dict:
    return {"cpu": cpu_info("model name"), "cores": os.cpu_count(), "system": platform.platform()}


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


def children_cpu() -> float:
    """User and system seconds of all finished child processes."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_once(contestant: Contestant, cap: float) -> dict:
    """Runs and times one process. `error` is the reason if there are no numbers."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="vffn_bench_") as output:
        command = contestant.command(output)
        start, cpu = time.perf_counter(), children_cpu()
        try:
            run = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=cap, cwd=ROOT
            )
        except subprocess.TimeoutExpired:
            return {"load": load, "error": f"over the cap of {cap:.0f} s"}
        except OSError as error:
            return {"load": load, "error": str(error)}
        seconds = time.perf_counter() - start
        if run.returncode != 0:
            last = (run.stderr.strip() or run.stdout.strip()).splitlines()[-1:]
            return {"load": load, "error": f"exit code {run.returncode}: {' '.join(last)[:300]}"}
        return {**contestant.read(output, run.stdout), "load": load, "seconds_total": seconds, "seconds_cpu": children_cpu() - cpu}


def add_options(parser, output: str, only: str) -> None:
    """Adds the options of every comparison. `output` is the default file; `only` is an example for the help text."""
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (3)")
    parser.add_argument("--cap", type=float, default=900, help="seconds after which a run is stopped (900)")
    parser.add_argument("--only", default="", help=f"contestants whose name contains one of these: {only}")
    parser.add_argument("--add", action="store_true", help="add rounds to those in --output")
    parser.add_argument("--output", default=str(ROOT / output))
    parser.add_argument("--vffn", default=str(ROOT / "build/vffn"))
    parser.add_argument("--gemm-bench", default=str(ROOT / "build/bench/gemm_benchmark"))
    parser.add_argument("--data", default=str(ROOT / ".setup/data"))
    parser.add_argument("--peers", default=str(ROOT / ".setup/peers"))


def is_wanted(name: str, only: str) -> bool:
    wanted = [part for part in only.split(",") if part]
    return not wanted or any(part in name for part in wanted)


def take_turns(contestants: dict, options) -> dict:
    """Runs every contestant once per round. Returns name -> runs; with --add, this includes the runs of earlier calls."""
    runs = {}
    if options.add:
        with open(options.output) as file:
            runs = json.load(file)["runs"]
    runs.update({name: [] for name in contestants if name not in runs})
    for round_number in range(options.rounds):
        for name, contestant in contestants.items():
            if any("error" in entry for entry in runs[name]):
                continue  # another run would fail in the same way
            entry = run_once(contestant, options.cap)
            runs[name].append({"docs": contestant.docs, **entry})
            told = entry.get("error") or f"{entry['seconds_total']:.1f} s, scoring {entry['seconds_scoring']:.1f} s"
            print(f"round {round_number + 1}, {name}, {contestant.docs} docs: {told}", file=sys.stderr, flush=True)
    return runs


def write_report(path: str, report: dict) -> None:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w") as file:
        json.dump({"machine": machine(), **report}, file, indent=1)
