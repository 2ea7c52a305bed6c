"""Runs llama.cpp's perplexity tool on the first N HellaSwag documents. Prints one line of JSON; acc_norm divides by tokens."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import pyarrow.ipc


def preprocess(text: str) -> str:
    text = text.strip().replace(" [title]", ". ")
    return re.sub(r"\[.*?\]", "", text).replace("  ", " ")


def write_docs(data: str, count: int, output: str) -> None:
    """Writes six lines per document: context, index of the right ending, four endings."""
    path = os.path.join(data, "hf_datasets/hellaswag/none/validation/data-00000-of-00001.arrow")
    with pyarrow.memory_map(path) as source:
        docs = pyarrow.ipc.open_stream(source).read_all().slice(0, count).to_pylist()
    with open(output, "w", encoding="utf-8") as file:
        for doc in docs:
            context = preprocess(f"{doc['activity_label']}: {doc['ctx_a']} {doc['ctx_b'].capitalize()}")
            for line in (context, doc["label"], *map(preprocess, doc["endings"])):
                file.write(line.replace("\n", " ") + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--model", required=True, help="GGUF file; its number type determines the precision")
    parser.add_argument("--data", required=True, help="folder with hf_datasets/")
    parser.add_argument("--docs", type=int, required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        docs = os.path.join(folder, "hellaswag.txt")
        write_docs(options.data, options.docs, docs)
        command = [options.binary, "--model", options.model, "--file", docs, "--hellaswag"]
        command += ["--hellaswag-tasks", str(options.docs), "--threads", str(options.threads)]
        start = time.perf_counter()
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        seconds_total = time.perf_counter() - start
    rows = re.findall(rf"^{options.docs}\s+([\d.]+)%", run.stdout, re.MULTILINE)
    # The log's clock (minutes.seconds.milliseconds.microseconds) when scoring begins.
    begin = re.search(r"^(\d+)\.(\d+)\.(\d+)\.(\d+) I hellaswag_score : calculating", run.stdout, re.MULTILINE)
    if run.returncode != 0 or not rows or not begin:
        sys.exit(f"{' '.join(command)} failed ({run.returncode}):\n{run.stdout[-2000:]}")
    minutes, seconds, milliseconds, microseconds = map(int, begin.groups())
    before = minutes * 60 + seconds + milliseconds / 1e3 + microseconds / 1e6
    print(
        json.dumps(
            {
                "docs": options.docs,
                "seconds_total": seconds_total,
                "seconds_scoring": seconds_total - before,
                "acc_norm_per_token": float(rows[-1]) / 100,
            }
        )
    )


if __name__ == "__main__":
    main()
