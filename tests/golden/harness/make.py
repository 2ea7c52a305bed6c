"""Runs lm-evaluation-harness 0.4.13 and ai2-olmo-eval 0.9.0 on made-up records of the eight tasks and writes what they
scored: DATA/TASK.jsonl and one file for each harness and variant of the tokenizer, harness_VARIANT.jsonl.gz, whose lines
are {"task", "scores", "docs": [[{"texts", "ids", "ll"}, ...], ...]}.

    python3 make.py MODEL OUTPUT --docs 25      # MODEL: a folder with the tiny model and its tokenizer.json

Made with torch 2.13, transformers 5.24.0, tokenizers 0.23.3."""

import argparse
import gzip
import json
import pathlib
import tempfile

import harnesses
import records
import variants

MAX_LENGTH = 128  # max_position_embeddings of the model

# name: (variant, harness, its options)
RUNS = {
    "lm_eval_plain": ("plain", "lm_eval", {}),
    "lm_eval_bos": ("bos", "lm_eval", {}),
    "lm_eval_bos_eos": ("bos_eos", "lm_eval", {}),
    "lm_eval_roberta": ("roberta", "lm_eval", {}),
    "lm_eval_no_bos": ("no_bos", "lm_eval", {}),
    "lm_eval_plain_true": ("plain", "lm_eval", {"add_bos_token": True}),
    "lm_eval_bos_eos_true": ("bos_eos", "lm_eval", {"add_bos_token": True}),
    "lm_eval_bos_eos_false": ("bos_eos", "lm_eval", {"add_bos_token": False}),
    "olmo_bos": ("bos", "olmo", {}),
    "olmo_bos_eos": ("bos_eos", "olmo", {}),
    "olmo_roberta": ("roberta", "olmo", {}),
}


def run(name: str, model: pathlib.Path, data: pathlib.Path, work: pathlib.Path) -> list[dict]:
    variant, harness, options = RUNS[name]
    folder = variants.write(model, variant, work / variant)
    lines = []
    lm = harnesses.open_lm_eval(folder, **options) if harness == "lm_eval" else None
    for task in records.MAKERS:
        if lm is not None:
            result = harnesses.run_lm_eval(lm, data, task)
        else:
            result = harnesses.run_olmo(folder, data, task, MAX_LENGTH)
        lines.append({"task": task} | result)
    return lines


def rounded(lines: list[dict]) -> list[dict]:
    for line in lines:
        for doc in line["docs"]:
            for choice in doc:
                choice["ll"] = round(choice["ll"], 5)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--docs", type=int, default=25)
    parser.add_argument("--runs", nargs="*", default=list(RUNS), choices=list(RUNS))
    options = parser.parse_args()
    data = options.output / "data"
    data.mkdir(parents=True, exist_ok=True)
    for task in records.MAKERS:
        with (data / f"{task}.jsonl").open("w") as file:
            for record in records.records(task, options.docs):
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
    with tempfile.TemporaryDirectory() as work:
        for name in options.runs:
            text = "".join(
                json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
                for line in rounded(run(name, options.model, data, pathlib.Path(work)))
            )
            (options.output / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
            print("wrote", name, flush=True)


if __name__ == "__main__":
    main()
