#!/usr/bin/env python3
"""Runs `vffn tokens` and dolma's tokenizer on the same JSON Lines file, each on one thread, in turn, for R rounds.

Every run is a whole process, start-up included. Prints the medians of CPU seconds and of tokens per CPU second, whether
the files are equal, and writes every run to output/tokens.json. bench/README.md describes the comparison.
"""

import argparse
import gzip
import hashlib
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rounds import ROOT, Contestant, cpu_info, run_once, write_report  # noqa: E402

EOS = "50279"


def result_of(output: str) -> dict:
    """The number of tokens; the SHA-256 of the token file and of the unpacked border table."""
    tokens = (Path(output) / "out/part-0-00000.npy").read_bytes()
    with gzip.open(Path(output) / "out/part-0-00000.csv.gz", "rb") as file:
        table = file.read()
    return {"tokens": len(tokens) // 2, "sha256": [hashlib.sha256(part).hexdigest() for part in (tokens, table)]}


def contestants(options, source: str) -> dict:
    def read(output, _):
        return result_of(output)

    vffn = [options.vffn, "tokens", "--tokenizer", options.tokenizer, "--eos_token_id", EOS, "--workers", "1"]
    dolma = [str(Path(options.setup) / "dolma/bin/python"), str(ROOT / "bench/tokens/run_dolma.py")]
    return {
        "vffn": Contestant(0, lambda output: [*vffn, "--output", f"{output}/out", source], read),
        "dolma": Contestant(0, lambda output: [*dolma, options.tokenizer, EOS, source, f"{output}/out"], read),
    }


def one_file(inputs: list, folder: str) -> str:
    """The inputs as one file: dolma reads several files in turn, so that the order would differ."""
    path = f"{folder}/corpus.jsonl"
    with open(path, "wb") as file:
        for name in inputs:
            file.write(Path(name).read_bytes())
    return path


def print_table(runs: dict) -> None:
    print(f"CPU: {cpu_info('model name')}, family {cpu_info('cpu family')}, model {cpu_info('model')}")
    medians = {}
    for name, entries in runs.items():
        seconds = [entry["seconds_cpu"] for entry in entries]
        medians[name] = statistics.median(seconds)
        rate = entries[0]["tokens"] / medians[name] / 1e6
        print(f"{name}: {entries[0]['tokens']:,} tokens, CPU seconds {medians[name]:.2f} "
              f"({min(seconds):.2f} to {max(seconds):.2f}, {len(seconds)} runs), {rate:.2f} M tokens per CPU second")
    equal = len({tuple(entry["sha256"]) for entries in runs.values() for entry in entries}) == 1
    print(f"CPU seconds of dolma / vffn: {medians['dolma'] / medians['vffn']:.1f}")
    print(f"token files and border tables are {'equal' if equal else 'DIFFERENT'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds; medians are reported (5)")
    parser.add_argument("--cap", type=float, default=900, help="seconds after which a run is stopped (900)")
    parser.add_argument("--setup", default=os.environ.get("SETUP_DIR", str(ROOT / ".setup")))
    parser.add_argument("--vffn", default=str(ROOT / "build/vffn"))
    parser.add_argument("--tokenizer", help="tokenizer.json (the paper's, of the task data)")
    parser.add_argument("--output", default=str(ROOT / "output/tokens.json"))
    parser.add_argument("inputs", nargs="*", help="JSON Lines files (the study's corpus)")
    options = parser.parse_args()
    setup = Path(options.setup)
    options.tokenizer = options.tokenizer or str(setup / "data/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json")
    inputs = options.inputs or sorted(map(str, (setup / "study/corpus").glob("*.jsonl")))
    if not inputs:
        sys.exit(f"no input: {setup}/study/corpus is missing; run study/prepare.sh, or name JSON Lines files")
    with tempfile.TemporaryDirectory(prefix="vffn_bench_") as folder:
        commands = contestants(options, one_file(inputs, folder))
        runs = {name: [] for name in commands}
        for number in range(options.rounds):
            for name, contestant in commands.items():
                entry = run_once(contestant, options.cap)
                if "error" in entry:
                    sys.exit(f"{name}: {entry['error']}")
                runs[name].append(entry)
                print(f"round {number + 1}, {name}: {entry['seconds_cpu']:.2f} CPU seconds, "
                      f"{entry['seconds_total']:.2f} s, load {entry['load']:.1f}", file=sys.stderr, flush=True)
    write_report(options.output, {"inputs": inputs, "tokenizer": options.tokenizer, "runs": runs})
    print_table(runs)


if __name__ == "__main__":
    main()
