"""Runs docs/files.md: its commands, every snippet, and the comparison of its tables with the files.

Environment: VFFN_PROGRAM; VFFN_SOURCE, the repository; VFFN_SETUP, the folder of `setup/setup.sh test`, whose Python has pandas.
Without pandas, pyarrow or vl-convert the test is skipped (exit code 77); with VFFN_REQUIRE_PANDAS=1, as in continuous
integration, that is a failure. The texts and the data of the tasks are those of tests/golden.
"""

import csv
import glob
import json
import keyword
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = os.environ["VFFN_SOURCE"]
CONFIG = {
    "model": {"d_model": 16, "n_layers": 2, "n_heads": 2, "n_kv_heads": 2, "head_size": 8, "ffn_hidden_size": 32,
              "vocab_size": 4096, "max_sequence_length": 256, "rope_theta": 10000.0, "norm_epsilon": 1e-5,
              "tied_head": False, "ffn": "versatile", "n_experts": 4, "top_k": 2, "expert_hidden_size": 8, "max_loops": 2},
    "tokenizer": "study/models/tokenizer.json",
    "data": {"train": ["output/tokens"], "held_out": ["output/tokens"], "sequence_length": 16},
    "evaluation": {"every": 4, "tasks": ["piqa"], "data": "data"},
    "optimizer": {"learning_rate": 0.01}, "steps": 8, "global_batch": 4, "device": "cpu", "threads": 1,
}


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def tables(page):
    """File name (in the heading) -> [(field, type, meaning)]."""
    found, name = {}, None
    for line in page.splitlines():
        if line.startswith("#"):
            heading = re.match(r"#+ `([^`]+)`$", line)
            name = heading.group(1) if heading else None
        elif name and line.startswith("| `"):
            fields, kind, _, meaning = [cell.strip() for cell in line[1:-1].split("|")]
            for field in re.findall(r"`([^`]+)`", fields):
                found.setdefault(name, []).append((field, kind, meaning))
    return found


def leaves(value, path, found):
    """Adds the paths of a JSON value: a.b, c[].d; a dot in a name is "·"."""
    if isinstance(value, dict) and value:
        for key, field in value.items():
            key = key.replace(".", "·")
            leaves(field, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list) and any(isinstance(element, dict) for element in value):
        for element in value:
            leaves(element, path + "[]", found)
    else:
        found.add(path)


def fields_of(path):
    found = set()
    if path.endswith(".csv"):
        with open(path, encoding="utf-8", newline="") as file:
            found.update(next(csv.reader(file)))
    elif path.endswith(".parquet"):
        import pyarrow.parquet
        found.update(pyarrow.parquet.read_schema(path).names)
    elif path.endswith(".safetensors"):
        with open(path, "rb") as file:
            found.update(json.loads(file.read(struct.unpack("<Q", file.read(8))[0])))
    elif path.endswith(".jsonl"):
        for line in open(path, encoding="utf-8"):
            leaves(json.loads(line), "", found)
    else:
        leaves(json.load(open(path, encoding="utf-8")), "", found)
    return found


def pattern_of(field, kind):
    pattern = re.escape(field)
    pattern = re.sub(r"(?<![a-z0-9_])[A-Z]+(?![a-z0-9])", "[^.]+", pattern)
    rest = r"([.\[].*)?" if "object" in kind or kind in ("any", "list") else r"(\[\])?"
    return re.compile(pattern + rest)


def is_in_sources(name):
    """Whether the program has the name as a text."""
    found = subprocess.run(["grep", "-rqF", "--include=*.cc", "--include=*.h", f'"{name}"', "--",
                            *(os.path.join(SOURCE, folder) for folder in ("eval", "runs", "reports", "trace", "train"))])
    return found.returncode == 0


def check_tables(page):
    faults = []
    for name, documented in tables(page).items():
        files = [path for path in glob.glob("output/**/" + name, recursive=True)
                 if name.startswith("figures/") == ("/figures/" in path)]
        actual = set().union(*(fields_of(path) for path in files)) if files else set()
        patterns = [(field, meaning, pattern_of(field, kind)) for field, kind, meaning in documented]
        for field in sorted(actual):
            if not any(pattern.fullmatch(field) for _, _, pattern in patterns):
                faults.append(f"{name}: {field} is in the file and not in docs/files.md")
            settings = re.search(r"(^|\.)config\.", field)  # by the names of --model_args
            if not settings and any(keyword.iskeyword(part.removesuffix("[]")) for part in field.split(".")):
                faults.append(f"{name}: {field} is a keyword of Python")
        for field, meaning, pattern in patterns:
            if any(pattern.fullmatch(one) for one in actual):
                continue
            if not meaning.startswith("Only"):
                faults.append(f"{name}: {field} is in docs/files.md and in none of {len(files)} files")
            elif not is_in_sources(re.split(r"[.\]]", field)[-1]):
                faults.append(f"{name}: {field} is in docs/files.md and nowhere in the program")
    return faults


def run(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                          **options)


def prepare():
    golden = os.path.join(SOURCE, "tests/golden")
    os.symlink(os.path.join(SOURCE, "study"), "study")
    os.symlink(os.path.join(golden, "harness/goldens/data"), "data")
    shutil.copy(os.path.join(golden, "loss/documents.jsonl"), "texts.jsonl")
    json.dump(CONFIG, open("train.json", "w"))
    os.mkdir("build")
    os.symlink(os.environ["VFFN_PROGRAM"], "build/vffn")


def check_page():
    page = open(os.path.join(SOURCE, "docs/files.md"), encoding="utf-8").read()
    prepare()
    commands, = blocks(page, "bash")
    made = run(["bash", "-euo", "pipefail", "-c", commands], env={**os.environ, "VFFN_DATA": "data"})
    if made.returncode != 0:
        return [f"the commands of docs/files.md fail:\n{made.stdout[-3000:]}"]
    faults = check_tables(page)
    snippets = blocks(page, "python")
    for number, snippet in enumerate(snippets, 1):
        done = run([sys.executable, "-W", "error::FutureWarning", "-c", snippet])
        print(f"--- snippet {number}\n{done.stdout}")
        if done.returncode != 0 or not done.stdout.strip() or "Empty DataFrame" in done.stdout:
            faults.append(f"snippet {number}:\n{snippet}\n{done.stdout[-2000:] or 'prints nothing'}")
    if len(snippets) < 15:
        faults.append(f"only {len(snippets)} snippets were found")
    return faults


def missing():
    try:
        import pandas, pyarrow, vl_convert  # noqa: F401, E401
    except ImportError as error:
        return f"{error}: run `setup/setup.sh test`"
    return ""


def main():
    python = os.path.join(os.environ["VFFN_SETUP"], "venv/bin/python")
    if os.path.exists(python) and os.path.realpath(sys.prefix) != os.path.realpath(os.path.join(os.environ["VFFN_SETUP"], "venv")):
        os.execv(python, [python, *sys.argv])
    if why := missing():
        print(why)
        return 1 if os.environ.get("VFFN_REQUIRE_PANDAS") == "1" else 77
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        faults = check_page()
        os.chdir("/")
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
