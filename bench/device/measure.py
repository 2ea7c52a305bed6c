#!/usr/bin/env python3
"""Tests and measures vffn on a GPU; run.sh starts it. Writes results.json, results.md and logs into --output.

 1. Tests with VFFN_TEST_DEVICE: LibTorch's operators on the GPU, vffn's kernels on the CPU.
 2. Full-size models with random weights (bench/adaptive/make_model.py).
 3. Scores of the GPU against those of the CPU, on the first docs of each task.
 4. The rates of the machine: bfloat16 matrix product, copy.
 5. The eight tasks whole, in bfloat16: the dense model, VersatileFFN, VersatileFFN with --masked.
 6. What the device's time goes to, under LibTorch's profiler.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODELS = ("354m-base", "354m-versatile")
CALIBRATION_DOCS = 24
# Largest difference of a token's log-probability and its mean, GPU against CPU. In bfloat16 the GPU rounds hidden units
# and attention's operands, too. A VersatileFFN token whose loop count or expert is decided by the last bits differs
# more, so only its mean is bounded.
BOUNDS = {
    ("354m-base", "float32"): (1e-3, 1e-4),
    ("354m-base", "bfloat16"): (0.5, 0.02),
    ("354m-versatile", "float32"): (None, 1e-3),
    ("354m-versatile", "bfloat16"): (None, 0.05),
}
ROWS = (
    ("dense", "354m-base", ()),
    ("VersatileFFN", "354m-versatile", ()),
    ("VersatileFFN --masked", "354m-versatile", ("--masked",)),
)
# m, n, k: square ones, and those of the 354M models' FFN. A long product of large matrices runs at a lower clock.
PRODUCT_SHAPES = [(8192, 8192, 8192), (4096, 4096, 4096), (32768, 4096, 1024), (32768, 1024, 4096)]
PRODUCTS = re.compile(r"gemm|nvjet|cutlass.*(tensorop|wgmma)|splitk|xmma", re.IGNORECASE)
ATTENTION = re.compile(r"fmha|flash|attention", re.IGNORECASE)


class Bench:
    def __init__(self, options):
        self.options = options
        self.output = options.output
        self.environment = {**os.environ, "LD_LIBRARY_PATH": options.libraries, "VFFN_TEST_DEVICE": options.device}
        self.start = time.perf_counter()

    def say(self, text: str) -> None:
        print(f"[{time.perf_counter() - self.start:6.1f} s] {text}", flush=True)

    def command(self, name: str, *arguments) -> list:
        return [str(self.options.programs / name), *map(str, arguments)]

    def run(self, log: str, command: list, environment=None, timeout=300) -> float:
        """Wall time in seconds. Throws if the command fails."""
        start = time.perf_counter()
        with open(self.output / f"{log}.log", "w") as file:
            subprocess.run(command, env=environment or self.environment, stdout=file, stderr=file, check=True, timeout=timeout)
        return time.perf_counter() - start

    def eval(self, name: str, model: str, *arguments) -> dict:
        """One run of `vffn eval`; its wall time, and the scoring part of its results."""
        output = self.output / "runs" / name
        data = self.options.data
        wall = self.run(
            name,
            self.command("vffn", "eval", "--model", self.output / "models" / model, "--tokenizer", data / "tokenizer.json",
                         "--tasks", "all", "--data", data, "--output", output, *arguments),
        )
        (results,) = output.glob("results_*.json")
        return {"wall_seconds": wall, **json.loads(results.read_text())["vffn"]["scoring"]}


def run_tests(bench: Bench) -> dict:
    """All test programs at once; how many tests passed, and which failed."""
    names = (HERE / "tests.txt").read_text().split()
    running = {}
    for name in names:
        log = open(bench.output / f"{name}_test.log", "w")
        environment = {**bench.environment, "OMP_WAIT_POLICY": "PASSIVE", "OMP_NUM_THREADS": "4"}
        running[name] = subprocess.Popen(bench.command(f"{name}_test"), env=environment, stdout=log, stderr=log)
    report = {}
    for name, process in running.items():
        try:
            code = process.wait(timeout=240)
        except subprocess.TimeoutExpired:
            process.kill()
            code = "timeout"
        text = (bench.output / f"{name}_test.log").read_text(errors="replace")
        passed = re.search(r"\[  PASSED  \] (\d+) test", text)
        failed = sorted(set(re.findall(r"^\[  FAILED  \] ([^\s,]+\.[^\s,]+)", text, re.MULTILINE)))
        report[name] = {"exit": code, "passed": int(passed.group(1)) if passed else 0, "failed": failed}
        bench.say(f"{name}_test: {report[name]['passed']} passed, {len(failed)} failed, exit {code}")
    return report


def calibration_tokens(bench: Bench) -> Path:
    """The first ARC-challenge docs as token ids: [doc][choice] of (context, continuation)."""
    import gzip

    with gzip.open(bench.options.data / "arc_challenge.jsonl.gz", "rt") as file:
        docs = [json.loads(line) for line in file][:CALIBRATION_DOCS]
    texts, shape = [], []
    for doc in docs:
        answers = doc["choices"]["text"]
        shape.append(len(answers))
        for answer in answers:
            texts += [f"Question: {doc['question']}\nAnswer:", f" {answer}"]
    lines = bench.output / "calibration.jsonl"
    lines.write_text("".join(json.dumps(text) + "\n" for text in texts))
    printed = subprocess.run(bench.command("vffn", "tokenize", "--tokenizer", bench.options.data / "tokenizer.json", lines),
                             env=bench.environment, stdout=subprocess.PIPE, check=True).stdout
    ids = [json.loads(line) for line in printed.splitlines()]
    pairs = iter(zip(ids[::2], ids[1::2]))
    path = bench.output / "calibration.json"
    path.write_text(json.dumps([[next(pairs) for _ in range(count)] for count in shape]))
    return path


def make_models(bench: Bench) -> None:
    tokens = calibration_tokens(bench)
    seconds = bench.run("make_model", [sys.executable, str(ROOT / "bench/adaptive/make_model.py"), *MODELS, "--output",
                                       str(bench.output / "models"), "--tokens", str(tokens)], environment=os.environ)
    bench.say(f"models with random weights: {seconds:.0f} s")


def read_ledger(folder: Path) -> dict:
    """(task, doc) -> log-probabilities, choice by choice."""
    docs = {}
    for line in (folder / "ledger.jsonl").read_text().splitlines():
        row = json.loads(line)
        if "choices" in row:
            docs[row["task"], row["doc_id"]] = [choice["log_probs"] for choice in row["choices"]]
    return docs


def compare(cpu: dict, device: dict) -> dict:
    differences, same = [], 0
    for key, choices in cpu.items():
        for mine, other in zip(choices, device[key], strict=True):
            differences += [abs(a - b) for a, b in zip(mine, other, strict=True)]
        same += best(choices) == best(device[key])
    differences.sort()
    return {
        "docs": len(cpu),
        "tokens": len(differences),
        "largest": differences[-1],
        "percentile_99": differences[len(differences) * 99 // 100],
        "mean": sum(differences) / len(differences),
        "same_choice": same / len(cpu),
    }


def best(choices: list) -> int:
    sums = [sum(log_probs) for log_probs in choices]
    return sums.index(max(sums))


def check_scores(bench: Bench, model: str, dtype: str) -> dict:
    """GPU against CPU on the first docs of each task."""
    limit = ("--limit", bench.options.limit)
    largest, mean = BOUNDS[model, dtype]
    cpu, device = f"cpu-{model}-{dtype}", f"device-{model}-{dtype}"
    bench.eval(cpu, model, "--dtype", dtype, *limit)
    bench.eval(device, model, "--dtype", dtype, "--device", bench.options.device, "--backend", "torch", *limit)
    found = compare(read_ledger(bench.output / "runs" / cpu), read_ledger(bench.output / "runs" / device))
    found["ok"] = found["mean"] < mean and (largest is None or found["largest"] < largest)
    bench.say(f"{model} {dtype}: " + ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in found.items()))
    return found


def median_seconds(run, repeats: int, wait) -> float:
    times = []
    for _ in range(repeats):
        wait()
        start = time.perf_counter()
        run()
        wait()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def product_rate(m: int, n: int, k: int, device: torch.device, wait) -> float:
    """FLOP/s of a bfloat16 product of random matrices."""
    a = torch.randn(m, k, device=device, dtype=torch.bfloat16)
    b = torch.randn(n, k, device=device, dtype=torch.bfloat16).t()
    repeats = 10 if device.type == "cuda" else 2

    def products():
        for _ in range(repeats):
            torch.mm(a, b)

    products()
    return 2 * m * n * k * repeats / median_seconds(products, 7, wait)


def machine_rates(bench: Bench) -> dict:
    """FLOP/s of the best of some bfloat16 products, and bytes/s of a copy (read plus written)."""
    device = torch.device(bench.options.device)
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    shapes = PRODUCT_SHAPES if device.type == "cuda" else [(1024, 1024, 1024)]
    flops = max(product_rate(*shape, device, wait) for shape in shapes)
    source = torch.randn(2**28 if device.type == "cuda" else 2**22, device=device)
    target = torch.empty_like(source)
    copied = 2 * source.numel() * 4 / median_seconds(lambda: target.copy_(source), 7, wait)
    bench.say(f"bfloat16 product {flops / 1e12:.0f} TFLOP/s, copy {copied / 1e12:.2f} TB/s")
    return {"bf16_flops": flops, "copy_bytes": copied}


class MemorySampler(threading.Thread):
    """The largest use of the GPU's memory while it runs, in MiB, everything on the card included."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peak, self.done = 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.2):
            answer = subprocess.run(["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            if answer.returncode == 0:
                self.peak = max(self.peak, int(answer.stdout.split()[0]))

    def stop(self) -> int:
        self.done.set()
        self.join()
        return self.peak


def measure_row(bench: Bench, name: str, model: str, peak: float, *arguments) -> dict:
    sampler = MemorySampler()
    if bench.options.device != "cpu":
        sampler.start()
    limit = ("--limit", bench.options.limit) if bench.options.device == "cpu" else ()
    run = bench.eval(name, model, "--dtype", "bfloat16", "--device", bench.options.device, "--backend", "torch", *limit, *arguments)
    flops = run["executed"]["flops"]["total"]
    row = {
        "model": model,
        "arguments": " ".join(map(str, arguments)),
        "wall_seconds": run["wall_seconds"],
        "scoring_seconds": run["seconds_scoring"],
        "docs": run["docs"],
        "trie_tokens": run["trie_tokens"],
        "tokens_per_second": run["trie_tokens"] / run["seconds_scoring"],
        "executed_flops": flops,
        "flops_per_second": flops / run["seconds_scoring"],
        "share_of_peak": flops / run["seconds_scoring"] / peak,
        "peak_memory_mib": sampler.stop() if bench.options.device != "cpu" else None,
    }
    bench.say(f"{name}: {row['wall_seconds']:.1f} s, scoring {row['scoring_seconds']:.1f} s, "
              f"{row['tokens_per_second']:.0f} tokens/s, {flops / row['scoring_seconds'] / 1e12:.1f} TFLOP/s")
    return row


def merged_seconds(intervals: list) -> float:
    """The time that intervals (begin, end) in microseconds cover together."""
    total, last = 0.0, float("-inf")
    for begin, end in sorted(intervals):
        total += max(0.0, end - max(begin, last))
        last = max(last, end)
    return total / 1e6


def profile(bench: Bench, model: str, peak: float) -> dict:
    """Where the device's time goes, by kernel, for one worker."""
    trace = bench.output / f"trace-{model}.json"
    tokens = 400000 if bench.options.device != "cpu" else 2000
    with open(bench.output / f"profile-{model}.log", "w") as log:
        printed = subprocess.run(bench.command("device_profile", bench.output / "models" / model, bench.options.device, tokens, trace),
                                 env=bench.environment, stdout=subprocess.PIPE, stderr=log, check=True, timeout=120).stdout
    summary = json.loads(printed.splitlines()[-1])
    kernels, intervals = defaultdict(lambda: [0.0, 0]), []
    for event in json.loads(trace.read_text())["traceEvents"]:
        if event.get("ph") == "X" and event.get("cat") in ("kernel", "gpu_memcpy", "gpu_memset"):
            kernels[event["name"]][0] += event["dur"] / 1e6
            kernels[event["name"]][1] += 1
            intervals.append((event["ts"], event["ts"] + event["dur"]))
    trace.unlink()
    if not kernels:
        return summary
    share = lambda pattern: sum(t for name, (t, _) in kernels.items() if pattern.search(name))  # noqa: E731
    products, attention = share(PRODUCTS), sum(t for name, (t, _) in kernels.items() if ATTENTION.search(name) and not PRODUCTS.search(name))
    product_flops = summary["flops"] - summary["attention_flops"]
    top = sorted(kernels.items(), key=lambda item: -item[1][0])[:25]
    report = {
        **summary,
        "busy_seconds": merged_seconds(intervals),
        "product_seconds": products,
        "attention_seconds": attention,
        "product_flops_per_second": product_flops / products if products else None,
        "product_share_of_peak": product_flops / products / peak if products else None,
        "kernels": [{"name": name[:160], "seconds": seconds, "calls": calls} for name, (seconds, calls) in top],
    }
    bench.say(f"profile of {model}: {summary['seconds']:.2f} s, device busy {report['busy_seconds']:.2f} s, products {products:.2f} s at "
              f"{(report['product_flops_per_second'] or 0) / 1e12:.0f} TFLOP/s, attention {attention:.2f} s")
    for kernel in report["kernels"]:
        bench.say(f"    {kernel['seconds'] * 1e3:8.1f} ms {kernel['calls']:6d}  {kernel['name'][:110]}")
    return report


def describe_machine(bench: Bench) -> dict:
    on_gpu = bench.options.device != "cpu"
    return {
        "device": torch.cuda.get_device_name(0) if on_gpu else "CPU",
        "memory_gib": torch.cuda.get_device_properties(0).total_memory / 2**30 if on_gpu else None,
        "torch": torch.__version__,
        "cores": os.cpu_count(),
    }


def markdown(results: dict) -> str:
    machine, rates = results["machine"], results["rates"]
    lines = [
        f"{machine['device']}, {machine['cores']} CPU cores, torch {machine['torch']}. bfloat16 product: "
        f"{rates['bf16_flops'] / 1e12:.0f} TFLOP/s; copy: {rates['copy_bytes'] / 1e12:.2f} TB/s.",
        "",
        "| Eight tasks, 354M, bfloat16 | Wall | Scoring | Tokens/s | Executed | TFLOP/s | Of the peak | Memory |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, row in results["rows"].items():
        memory = f"{row['peak_memory_mib'] / 1024:.1f} GiB" if row["peak_memory_mib"] else "-"
        lines.append(
            f"| {name} | {row['wall_seconds']:.1f} s | {row['scoring_seconds']:.1f} s | {row['tokens_per_second']:,.0f} | "
            f"{row['executed_flops'] / 1e12:,.0f} TFLOP | {row['flops_per_second'] / 1e12:.0f} | {row['share_of_peak']:.1%} | {memory} |")
    lines += ["", "| One worker, profiled | Device busy | Products | Attention | TFLOP/s in products | Of the peak |", "|---|---:|---:|---:|---:|---:|"]
    for name, found in results["profiles"].items():
        if "busy_seconds" in found:
            lines.append(
                f"| {name} | {found['busy_seconds'] / found['seconds']:.0%} of {found['seconds']:.2f} s | {found['product_seconds']:.2f} s | "
                f"{found['attention_seconds']:.2f} s | {found['product_flops_per_second'] / 1e12:.0f} | {found['product_share_of_peak']:.1%} |")
    lines += ["", "| Scores against the CPU's | Docs | Tokens | Largest difference | 99th percentile | Mean | Same choice | |", "|---|---:|---:|---:|---:|---:|---:|---|"]
    for name, found in results["scores"].items():
        lines.append(f"| {name} | {found['docs']} | {found['tokens']} | {found['largest']:.2g} | {found['percentile_99']:.2g} | "
                     f"{found['mean']:.2g} | {found['same_choice']:.1%} | {'ok' if found['ok'] else 'TOO LARGE'} |")
    lines += ["", "| Tests | Passed | Failed |", "|---|---:|---|"]
    for name, found in results["tests"].items():
        failed = ", ".join(found["failed"]) or ("-" if found["exit"] == 0 else f"exit {found['exit']}")
        lines.append(f"| {name} | {found['passed']} | {failed} |")
    lines += ["", *(f"Failed: {error}" for error in results["errors"])]
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--libraries", required=True, help="LD_LIBRARY_PATH of the programs")
    parser.add_argument("--data", type=Path, required=True, help="TASK.jsonl.gz of the eight tasks, and tokenizer.json")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--limit", type=int, default=8, help="docs of each task that the CPU scores, too")
    options = parser.parse_args()
    bench = Bench(options)
    results = {"machine": describe_machine(bench), "rows": {}, "profiles": {}, "scores": {}, "tests": {}, "errors": []}
    results["rates"] = machine_rates(bench)
    peak = results["rates"]["bf16_flops"]
    models = threading.Thread(target=make_models, args=(bench,))
    models.start()
    results["tests"] = run_tests(bench)
    models.join()

    def keep() -> None:
        (options.output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (options.output / "results.md").write_text(markdown(results))

    keep()
    def attempt(part: str, name: str, step) -> None:
        """A step that fails is reported, and the others run."""
        try:
            results[part][name] = step()
        except (subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
            results["errors"].append(f"{name}: {error}")
            bench.say(f"FAILED: {name}: {error}")
        keep()

    for model in MODELS:
        attempt("profiles", model, lambda: profile(bench, model, peak))
    for name, model, arguments in ROWS:
        attempt("rows", name, lambda: measure_row(bench, name.replace(" ", ""), model, peak, *arguments))
    for model, dtype in BOUNDS:
        attempt("scores", f"{model} {dtype}", lambda: check_scores(bench, model, dtype))
    ok = (not results["errors"] and all(found["exit"] == 0 for found in results["tests"].values())
          and all(found["ok"] for found in results["scores"].values()))
    bench.say("all tests passed, scores agree" if ok else "SOMETHING FAILED: see results.md")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
