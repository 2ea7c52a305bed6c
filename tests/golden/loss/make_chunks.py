"""Runs llama.cpp's perplexity tool on book.txt with model.gguf and writes chunks.json.

    python make_chunks.py LLAMA_PERPLEXITY

LLAMA_PERPLEXITY is built from the llama.cpp in llama-cpp-python 0.3.36. It keeps keys and values in float16 unless told
otherwise (-ctk f32 -ctv f32 -fa off): then the last digits differ. A run has

    context       -c: tokens of a chunk
    chunks        --chunks: the first ones alone; 0: all
    add_bos       the file's tokenizer.ggml.add_bos_token
    running       the perplexity printed after each chunk
    final, error  the final estimate, "PPL = FINAL +/- ERROR"

all as printed.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
RUNS = [
    {"context": 64, "chunks": 0, "add_bos": False},
    {"context": 64, "chunks": 0, "add_bos": True},
    {"context": 101, "chunks": 0, "add_bos": False},
    {"context": 100, "chunks": 3, "add_bos": True},
    {"context": 128, "chunks": 1, "add_bos": False},
]


def run(binary: str, options: dict) -> dict:
    command = [binary, "-m", str(HERE / "model.gguf"), "-f", str(HERE / "book.txt"), "-t", "1"]
    command += ["-c", str(options["context"]), "-b", str(options["context"])]
    command += ["-ctk", "f32", "-ctv", "f32", "-fa", "off", "--chunks", str(options["chunks"] or -1)]
    command += ["--override-kv", f"tokenizer.ggml.add_bos_token=bool:{str(options['add_bos']).lower()}"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode(errors="replace")
    running = [value for _, value in re.findall(r"\[(\d+)\](\d+\.\d{4}),", text)]
    final, error = re.search(r"Final estimate: PPL = (\d+\.\d+) \+/- (\d+\.\d+)", text).groups()
    return {**options, "running": running, "final": final, "error": error}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: make_chunks.py LLAMA_PERPLEXITY")
    runs = [json.dumps(run(sys.argv[1], options)) for options in RUNS]
    (HERE / "chunks.json").write_text("[\n" + ",\n".join(runs) + "\n]\n")


if __name__ == "__main__":
    main()
