#!/usr/bin/env python3
"""Measures the loss of SmolLM2-135M-Instruct on prose with all four windows of `vffn loss`, beside lm-evaluation-harness's
rolling log-likelihood, llama.cpp's perplexity tool and OLMo's packed sequences in PyTorch, in turn, for R rounds.

Every run is a whole process, timed from outside. Prints two Markdown tables (medians of the times, and agreement of the
numbers) and writes every run to output/loss.json. bench/README.md describes the comparison.

    python3 bench/loss/run.py                                     # 2 MB, all contestants, one round
    python3 bench/loss/run.py --bytes 200000 --only float32       # a shorter run
"""

import argparse
import json
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import text
from rounds import DTYPES, ROOT, Contestant, add_options, is_wanted, machine, read_printed, run_once, write_report

EOS = 2  # of SmolLM2: <|im_end|>, what the packed sequences are joined with


def vffn_windows(options) -> dict:
    """Name of a window -> options of `vffn loss`; `stride` overlaps by a half."""
    window, folder = str(options.window), options.folder
    documents = ["--text", str(folder / "papers.jsonl")]
    return {
        "rolling": [*documents, "--rolling", "--max_length", window],
        "stride": [*documents, "--window", window, "--stride", str(options.window // 2)],
        "chunks": ["--text", str(folder / "papers.txt"), "--chunks", str(options.chunk)],
        "packed": [*documents, "--packed", window, "--eos_token_id", str(EOS)],
    }


def read_vffn(output: str, _) -> dict:
    """The means of all documents, from loss_results.json."""
    means = json.loads((Path(output) / "loss_results.json").read_text())["all"]
    numbers = {name: value["value"] for name, value in means.items() if isinstance(value, dict)}
    return {"tokens": means["tokens"], "stderr": means["token_perplexity"].get("stderr"), **numbers}


def commands(options) -> dict:
    """Contestant -> (window, function from an output folder to its command line, reader)."""
    peers, scripts = Path(options.peers), Path(__file__).resolve().parent
    python, table = str(peers / "venv/bin/python"), {}
    for dtype in DTYPES:
        for window, arguments in vffn_windows(options).items():
            command = [options.vffn, "loss", "--model", options.model, "--dtype", dtype, *arguments, "--output"]
            table[f"vffn {window} {dtype}"] = (window, lambda output, command=command: [*command, output], read_vffn)
        own = ["--model", str(peers / "model/hf"), "--dtype", dtype, "--text", str(options.folder / "papers.jsonl")]
        table[f"lm-eval rolling {dtype}"] = (
            "rolling",
            lambda _, own=own: [python, str(scripts / "run_lm_eval.py"), *own, "--window", str(options.window)]
            + ["--batch-size", str(options.batch_size)],
            read_printed,
        )
        for name, exact in (("llama.cpp", []), ("llama.cpp exact", ["--exact"])):
            table[f"{name} chunks {dtype}"] = (
                "chunks",
                lambda _, dtype=dtype, exact=exact: [python, str(scripts / "run_llama_cpp.py"), *exact]
                + ["--binary", str(peers / "llama-perplexity"), "--model", str(peers / f"model/{dtype}.gguf")]
                + ["--text", str(options.folder / "papers.txt"), "--context", str(options.chunk)],
                read_printed,
            )
        table[f"PyTorch packed {dtype}"] = (
            "packed",
            lambda _, own=own: [python, str(scripts / "run_packed.py"), *own, "--length", str(options.window), "--eos", str(EOS)],
            read_printed,
        )
    return table


def take_turns(options) -> dict:
    """Runs every contestant once per round; a failed one is not run again."""
    wanted = {name: entry for name, entry in commands(options).items() if is_wanted(name, options.only)}
    runs = json.loads(Path(options.output).read_text())["runs"] if options.add else {}
    runs.update({name: [] for name in wanted if name not in runs})
    for round_number in range(options.rounds):
        for name, (window, command, read) in wanted.items():
            if any("error" in run for run in runs[name]):
                continue
            run = {"window": window, **run_once(Contestant(docs=0, command=command, read=read), options.cap)}
            runs[name].append(run)
            told = run.get("error") or f"{run['seconds_total']:.1f} s"
            print(f"round {round_number + 1}, {name}: {told}", file=sys.stderr, flush=True)
    return runs


def done_runs(runs: dict) -> dict:
    return {name: [run for run in entries if "error" not in run] for name, entries in runs.items()}


def vffn_of(name: str, window: str) -> str:
    return f"vffn {window} {name.split()[-1]}"


def times_table(runs: dict) -> str:
    lines = [
        "| | tokens scored | whole process (s) | tokens/s | time / vffn's | of it scoring (s) | load |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    done = {name: entries for name, entries in done_runs(runs).items() if entries}
    medians = {name: statistics.median(run["seconds_total"] for run in entries) for name, entries in done.items()}
    for name, entries in runs.items():
        if name not in medians:
            lines.append(f"| {name} | {entries[-1]['error']} | | | | | |")
            continue
        own = medians.get(vffn_of(name, entries[0]["window"]))
        ratio = f"{medians[name] / own:.2f}" if own else "-"
        load, tokens = max(run["load"] for run in done[name]), done[name][0]["tokens"]
        scoring = [run["seconds_scoring"] for run in done[name] if "seconds_scoring" in run]
        lines.append(
            f"| {name} | {tokens} | {medians[name]:.1f} | {tokens / medians[name]:.0f} | {ratio} "
            f"| {f'{statistics.median(scoring):.1f}' if scoring else '-'} | {load:.1f} |"
        )
    return "\n".join(lines)


COMPARED = ("nats_per_token", "token_perplexity", "bits_per_byte", "byte_perplexity", "word_perplexity")


def agreement_table(runs: dict) -> str:
    """Numbers of vffn, and of the peer of the same window and precision with their relative difference."""
    lines = ["| window | | number | vffn | peer | relative difference |", "|---|---|---|---:|---:|---:|"]
    done = {name: entries[0] for name, entries in done_runs(runs).items() if entries}
    for name, run in done.items():
        if not name.startswith("vffn"):
            continue
        peers = [other for other in done if other != name and vffn_of(other, done[other]["window"]) == name]
        for peer, number in ((peer, number) for peer in peers for number in COMPARED if number in done[peer]):
            theirs = done[peer][number]
            lines.append(
                f"| {run['window']} | {name.split()[-1]}, {peer.rsplit(' ', 2)[0]} | {number} | {run[number]:.7g} "
                f"| {theirs:.7g} | {abs(run[number] / theirs - 1):.1e} |"
            )
        if not peers:
            lines.append(f"| {run['window']} | {name.split()[-1]} | nats_per_token | {run['nats_per_token']:.7g} | - | - |")
    return "\n".join(lines)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", type=int, default=2_000_000, help="bytes of text (2000000)")
    parser.add_argument("--window", type=int, default=2048, help="tokens of a rolling window and a packed sequence (2048)")
    parser.add_argument("--chunk", type=int, default=512, help="tokens of a chunk, llama.cpp's default (512)")
    parser.add_argument("--batch-size", type=int, default=1, help="windows per batch of lm-eval (1)")
    parser.add_argument("--model", default=str(ROOT / ".setup/models/SmolLM2-135M-Instruct.Q4_1.gguf"))
    add_options(parser, output="output/loss.json", only="float32,vffn rolling")
    parser.set_defaults(rounds=1, cap=7200)
    options = parser.parse_args()
    options.folder = ROOT / "output" / f"loss_text_{options.bytes}"
    return options


def main() -> None:
    options = parse_options()
    size = text.write(options.data, options.bytes, options.folder)
    runs = take_turns(options)
    write_report(options.output, {"text": size, "window": options.window, "chunk": options.chunk, "runs": runs})
    print(f"{size['bytes']} bytes, {size['documents']} papers\n\n{times_table(runs)}\n\n{agreement_table(runs)}")
    print(f"\n{machine()['cores']} x {machine()['cpu']}; every run in {options.output}")


if __name__ == "__main__":
    main()
