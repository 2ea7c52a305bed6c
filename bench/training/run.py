#!/usr/bin/env python3
"""Trains the same models with `vffn train` and with plain PyTorch (plain.py), in turn, for R rounds.

Both start from the same random weights and read the same random tokens. A round is a whole process of S steps; the time
of a step is the median after W warm-up steps. Peak memory is the process's largest resident memory. Activation memory is
how much it grows for one more sequence in the batch, from runs with the batch and with half of it: weights, gradients
and optimiser state cancel. Prints a Markdown table of medians and writes every run to output/training.json. README.md
in bench/ describes the comparison.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from rounds import DTYPES, ROOT, Contestant, gemm_peak, is_wanted, machine, read_printed, run_once, write_report  # noqa: E402


@dataclass(frozen=True)
class Size:
    d_model: int
    n_layers: int
    hidden: int
    vocabulary: int
    length: int
    batch: int
    steps: int


SIZES = {
    "1.9m": Size(d_model=128, n_layers=4, hidden=384, vocabulary=4096, length=256, batch=8, steps=24),
    "10m": Size(d_model=256, n_layers=6, hidden=768, vocabulary=8192, length=512, batch=8, steps=10),
    "354m": Size(d_model=1024, n_layers=15, hidden=4096, vocabulary=50304, length=512, batch=2, steps=4),
}
FFNS = ("dense", "moe", "k_loop", "versatile")
WARMUP = 2


def model_config(size: Size, ffn: str) -> dict:
    heads = max(4, size.d_model // 64)
    config = {
        "d_model": size.d_model,
        "n_layers": size.n_layers,
        "n_heads": heads,
        "n_kv_heads": heads,
        "head_size": size.d_model // heads,
        "ffn_hidden_size": size.hidden,
        "vocab_size": size.vocabulary,
        "max_sequence_length": size.length,
        "rope_theta": 10000.0,
        "norm_epsilon": 1e-6,
        "tied_head": False,
        "ffn": ffn,
    }
    if ffn in ("moe", "versatile"):
        config |= {"n_experts": 8, "top_k": 2, "expert_hidden_size": size.hidden // 8, "gate": "release"}
    if ffn in ("k_loop", "versatile"):
        config |= {"max_loops": 4}
    if ffn == "versatile":
        config |= {"expert_slices": "release", "expected_loops": "release", "loop_mixture": "release"}
    return config


def training_config(size: Size, model: Path, tokens: Path, batch: int, steps: int, dtype: str, options) -> dict:
    """For `vffn train`, with the optimiser of plain.py and a constant learning rate."""
    return {
        "from": str(model),
        "data": {"train": [str(tokens)], "dtype": "uint16", "sequence_length": size.length, "shuffle": False},
        "optimizer": {"learning_rate": 5e-4, "max_gradient_norm": 1.0},
        "schedule": {"warmup_steps": 0, "end_factor": 1.0},
        "tau": {"start": 5.0, "end": 5.0, "decay": 1.0},
        "loss": {"balance_coefficient": 0.0},
        "steps": steps,
        "global_batch": batch,
        "micro_batch": batch,
        "dtype": dtype,
        "threads": options.threads,
    }


def read_vffn(output: str, _) -> dict:
    """Reads the metrics of a run of `vffn train`."""
    with open(Path(output) / "run/metrics.jsonl") as file:
        steps = [json.loads(line) for line in file]
    timed = steps[WARMUP:]
    loops = [layer["mean_loops"] for step in timed for layer in step.get("layers", []) if "mean_loops" in layer]
    return {
        "seconds": statistics.median(step["seconds"] for step in timed),
        "flops": statistics.median(step["flops"] for step in timed),
        "peak_bytes": steps[-1]["peak_bytes"],
        "losses": [step["loss"] for step in steps],
        **({"mean_loops": statistics.mean(loops)} if loops else {}),
    }


class Comparison:
    """One model in one precision, trained by both programs."""

    def __init__(self, size_name: str, ffn: str, dtype: str, folder: Path, options):
        self.size, self.ffn, self.dtype, self.options = SIZES[size_name], ffn, dtype, options
        self.name = f"{size_name} {ffn} {dtype}"
        self.steps = options.steps or self.size.steps
        self.batch = options.batch or self.size.batch
        self.model, self.tokens = folder / f"{size_name}-{ffn}", folder / f"{size_name}.npy"
        if not self.model.exists():
            command = [options.python, str(ROOT / "bench/training/make_start.py"), "--model", str(self.model)]
            command += ["--config", json.dumps(model_config(self.size, ffn)), "--tokens", str(self.tokens)]
            command += ["--count", str(self.steps * self.batch * self.size.length)]
            subprocess.run(command, check=True)

    def contestants(self, batch: int, steps: int) -> dict:
        def vffn(output: str) -> list:
            config = Path(output) / "config.json"
            config.write_text(
                json.dumps(training_config(self.size, self.model, self.tokens, batch, steps, self.dtype, self.options))
            )
            return [self.options.vffn, "train", str(config), "--output", str(Path(output) / "run")]

        def plain(width: str):
            return lambda _: [
                *(self.options.python, str(ROOT / "bench/training/plain.py"), "--model", str(self.model)),
                *("--tokens", str(self.tokens), "--length", str(self.size.length), "--batch", str(batch)),
                *("--steps", str(steps), "--warmup", str(WARMUP), "--dtype", self.dtype),
                *("--width", width, "--threads", str(self.options.threads)),
            ]

        table = {"vffn": Contestant(docs=0, command=vffn, read=read_vffn)}
        widths = ("experts", "masked") if self.ffn in ("moe", "versatile") else ("experts",)
        for width in widths:
            name = "PyTorch" if len(widths) == 1 else f"PyTorch {width}"
            table[name] = Contestant(docs=0, command=plain(width), read=read_printed)
        return table

    def run(self) -> dict:
        """Contestant -> its runs, and `half`: one run with half of the batch, for the memory."""
        runs = {name: [] for name in self.contestants(1, 1)}
        for number in range(self.options.rounds):
            for name, contestant in self.contestants(self.batch, self.steps).items():
                runs[name].append(self.run_one(name, contestant, f"round {number + 1}"))
        half = self.contestants(self.batch // 2, WARMUP + 1)
        return {
            name: {"runs": entries, "half": self.run_one(name, half[name], "half of the batch")}
            for name, entries in runs.items()
        }

    def run_one(self, name: str, contestant: Contestant, label: str) -> dict:
        entry = run_once(contestant, self.options.cap)
        told = entry.get("error") or f"{entry['seconds'] * 1000:.0f} ms a step, {entry['peak_bytes'] / 1e9:.2f} GB"
        print(f"{self.name}, {label}, {name}: {told}", file=sys.stderr, flush=True)
        return entry

    def summarise(self, runs: dict, peak: float) -> list:
        """One row per contestant. The ratios are PyTorch's value divided by vffn's."""
        rows = []
        for name, entries in runs.items():
            done = [entry for entry in entries["runs"] if "error" not in entry]
            row = {"model": self.name, "contestant": name, "rounds": len(done)}
            rows.append(row)
            if not done:
                row["error"] = entries["runs"][-1]["error"]
                continue
            row["seconds"] = statistics.median(entry["seconds"] for entry in done)
            row["tokens_per_second"] = self.batch * self.size.length / row["seconds"]
            row["flops"] = done[0]["flops"]
            row["peak_bytes"] = statistics.median(entry["peak_bytes"] for entry in done)
            if "peak_bytes" in entries["half"]:
                more = self.batch - self.batch // 2
                row["activation_bytes"] = (row["peak_bytes"] - entries["half"]["peak_bytes"]) / more
            row["losses"] = done[0]["losses"]
            row["mean_loops"] = done[0].get("mean_loops")
            if peak:
                row["share_of_peak"] = row["flops"] / row["seconds"] / peak
            own = rows[0]
            if "seconds" in own:
                row["times"] = row["seconds"] / own["seconds"]
                if own.get("activation_bytes"):
                    row["activation_share"] = own["activation_bytes"] / row.get("activation_bytes", float("nan"))
        return rows


def table(rows: list) -> str:
    lines = [
        "| | | ms a step | tokens/s | time / vffn's | GFLOP a step | share of GEMM peak | peak memory (GB) "
        "| activations of a sequence (MB) | vffn's share of it | first, last loss |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        head = f"| {row['model']} | {row['contestant']} |"
        if "error" in row:
            lines.append(f"{head} {row['error']} | | | | | | | | |")
            continue

        def cell(key: str, form: str, scale: float = 1) -> str:
            return form.format(row[key] * scale) if row.get(key) is not None else "-"

        lines.append(
            f"{head} {cell('seconds', '{:.0f}', 1e3)} | {cell('tokens_per_second', '{:.0f}')} | {cell('times', '{:.2f}')} "
            f"| {cell('flops', '{:.0f}', 1e-9)} | {cell('share_of_peak', '{:.0%}')} | {cell('peak_bytes', '{:.2f}', 1e-9)} "
            f"| {cell('activation_bytes', '{:.0f}', 1e-6)} | {cell('activation_share', '{:.2f}')} "
            f"| {row['losses'][0]:.4f}, {row['losses'][-1]:.4f} |"
        )
    return "\n".join(lines)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10m", help=f"comma-separated: {', '.join(SIZES)} (10m)")
    parser.add_argument("--dtypes", default="bfloat16", help=f"comma-separated: {', '.join(DTYPES)} (bfloat16)")
    parser.add_argument("--only", default="", help="models whose name contains one of these: dense,versatile")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (3)")
    parser.add_argument("--steps", type=int, default=0, help="steps of a run; 0: as suits the size")
    parser.add_argument("--batch", type=int, default=0, help="sequences of a step, at least 2; 0: as suits the size")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0: one for each core")
    parser.add_argument("--cap", type=float, default=900, help="seconds after which a run is stopped (900)")
    parser.add_argument("--output", default=str(ROOT / "output/training.json"))
    parser.add_argument("--vffn", default=str(ROOT / "build/vffn"))
    parser.add_argument("--gemm-bench", default=str(ROOT / "build/bench/gemm_benchmark"))
    parser.add_argument("--python", default=str(ROOT / ".setup/peers/venv/bin/python"), help="a Python with PyTorch")
    options = parser.parse_args()
    for name in options.sizes.split(","):
        if name not in SIZES:
            sys.exit(f"--sizes {name}: one of: {', '.join(SIZES)}")
    if options.batch == 1:
        sys.exit("--batch 1: activation memory is measured with half of the batch, which needs 2 sequences")
    return options


def main() -> None:
    options = parse_options()
    peaks = gemm_peak(options.gemm_bench)
    runs, rows = {}, []
    with tempfile.TemporaryDirectory(prefix="vffn_bench_") as folder:
        for size in options.sizes.split(","):
            for dtype in options.dtypes.split(","):
                for ffn in filter(lambda name: is_wanted(name, options.only), FFNS):
                    comparison = Comparison(size, ffn, dtype, Path(folder), options)
                    runs[comparison.name] = comparison.run()
                    rows += comparison.summarise(runs[comparison.name], peaks.get(dtype, 0.0))
                    write_report(options.output, {"gemm_peak": peaks, "summary": rows, "runs": runs})
    print(table(rows))
    for row in rows:
        if row.get("mean_loops"):
            print(f"\n{row['model']}: {row['mean_loops']:.2f} loops drawn on average", end="")
    print(f"\n\n{machine()['cores']} x {machine()['cpu']}; every run in {options.output}")


if __name__ == "__main__":
    main()
