"""Makes the goldens of this folder with dolma 1.2.1 (PyPI): token files and border tables of a small, odd corpus.

    pip install --no-deps dolma==1.2.1 numpy tokenizers==0.19.1 msgspec smart_open zstandard omegaconf
        necessary requirements-parser fsspec platformdirs tqdm pyyaml ...
    python make_goldens.py

Modules that dolma imports for other purposes (taggers) are replaced by mocks where they are missing. The order is
made the one of the files: random.shuffle does nothing and dolma pops its list of files from the end. One golden is
made with dolma's own shuffling, for --order.
"""
import gzip
import importlib.abc
import importlib.machinery
import json
import os
import random
import shutil
import sys
import tempfile
import unittest.mock


class MockMissing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        return None if name.startswith("dolma") else importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = unittest.mock.MagicMock()
        module.__path__ = []
        module.__spec__ = spec
        return module

    def exec_module(self, module):
        pass


if __name__ == "__main__":
    import msgspec, numpy, omegaconf, smart_open, tokenizers, zstandard  # noqa: these must be real
    sys.meta_path.append(MockMissing())
    from dolma.tokenizer import executor

HERE = os.path.dirname(os.path.abspath(__file__))


def byte_level_alphabet():
    """GPT-2's characters for the 256 bytes."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet, extra = {}, 0
    for byte in range(256):
        alphabet[byte] = chr(byte) if byte in kept else chr(256 + extra)
        extra += byte not in kept
    return alphabet


def write_tokenizer(path, ids):
    """A byte-level BPE of 258 + a few ids; with `ids` empty ones on top, so that uint32 is needed."""
    alphabet = byte_level_alphabet()
    vocab = {"<|endoftext|>": 0, "<|padding|>": 1}
    for byte in range(256):
        vocab[alphabet[byte]] = len(vocab)
    merges = [["t", "h"], ["th", "e"], ["Ġ", "the"], ["i", "n"], ["e", "r"], ["a", "n"], ["an", "d"], ["Ġ", "and"], ["Ġ", "w"]]
    for a, b in merges:
        vocab[a + b] = len(vocab)
    while len(vocab) < ids:
        vocab[f"unused{len(vocab)}"] = len(vocab)
    added = [dict(id=i, content=c, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
             for c, i in (("<|endoftext|>", 0), ("<|padding|>", 1))]
    model = dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
                 fuse_unk=False, byte_fallback=False, vocab=vocab, merges=[" ".join(m) for m in merges])
    level = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)
    json.dump(dict(version="1.0", truncation=None, padding=None, added_tokens=added, normalizer=dict(type="NFC"),
                   pre_tokenizer=level, post_processor=None, decoder=level, model=model),
              open(path, "w", encoding="utf-8"), ensure_ascii=False)


def write_corpus():
    os.makedirs("corpus", exist_ok=True)
    odd = [
        ("a-0", "The theory and the weather."),
        ("a-1", ""),
        ("a-2", "  \n\t\u00a0\u2003 "),
        ("a-3", "\u2028 stripped of white space \u3000\x1c"),
        ("comma, and \"quotes\"", "<|endoftext|>begins with the end"),
        ("line\nbreak", "ends with the end<|endoftext|>"),
        ("a-6", "<|endoftext|>"),
        ("a-7", "the middle <|endoftext|> and <|padding|> of a text"),
        ("\u00e9\u4e2d\U0001f600", "Cafe\u0301 \u4e2d\u6587 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u0627\u0644 \u0e44\u0e17\u0e22 \u200b"),
        ("", "an empty identifier"),
        ("a-10", "tabs\tand\r\nlines\n\n\nand \"quotes\" \\ / \b \f \x7f"),
        ("a-11", "x"),
        ("a-12", "x and the " * 300),
        ("a-13", "\ufeffa byte order mark"),
    ]
    with open("corpus/a.jsonl", "w", encoding="utf-8") as file:
        for i, (name, text) in enumerate(odd):
            row = dict(id=name, text=text, score=1.5e-3, tags=["a", {"text": "not this one"}], none=None)
            file.write(json.dumps(row, ensure_ascii=i % 2 == 0) + ("\r\n" if i == 3 else "\n"))
            if i == 5:
                file.write("\n")
    rng = random.Random(7)
    words = "the and weather in her river stone Zürich 北京 quick 1234 ... \n".split(" ")

    def text():
        return " ".join(rng.choice(words) for _ in range(rng.randrange(1, 60)))

    with gzip.GzipFile("corpus/b.jsonl.gz", "wb", mtime=0) as file:
        for i in range(40):
            file.write((json.dumps(dict(id=f"b-{i}", text=text())) + "\n").encode())
    with open("corpus/c.jsonl.zst", "wb") as file:
        half = [("".join(json.dumps(dict(text=text(), id=f"c-{j}-{i}")) + "\n" for i in range(20))).encode() for j in range(2)]
        for part in half:  # two frames
            file.write(zstandard.ZstdCompressor().compress(part))


def run(name, max_size, tokenizer="tokenizer.json", dtype="uint16", shuffled=False, **options):
    if os.path.exists(name):
        shutil.rmtree(name)
    files = ["corpus/a.jsonl", "corpus/b.jsonl.gz", "corpus/c.jsonl.zst"]
    order = {"batch_size": 1, "ring_size": 1}
    patched = unittest.mock.patch("random.shuffle", lambda x: None)
    if shuffled:
        order = {"batch_size": 16, "ring_size": 2}
        random.seed(5)
        patched = unittest.mock.patch("random.nothing", None, create=True)
    with patched:
        executor.tokenize_in_parallel(
            sources=files[::-1], destination=name, num_writers=1, local_shuffle=order["batch_size"],
            ring_size=order["ring_size"], tokenizer_name_or_path=tokenizer, pad_token_id=1, seed=0,
            metadata_dir=os.path.join(tempfile.gettempdir(), f"dolma-goldens-{os.getpid()}-{name}"), max_size=max_size, dtype=dtype, debug=True, **options)


if __name__ == "__main__":
    os.chdir(HERE)
    write_tokenizer("tokenizer.json", 0)
    large = os.path.join(tempfile.gettempdir(), "tokenizer_large.json")
    write_tokenizer(large, 70000)
    write_corpus()
    run("plain", 1 << 20, eos_token_id=0)
    run("split", 1600, eos_token_id=0)
    run("bos", 1 << 20, eos_token_id=0, bos_token_id=1)
    run("uint32", 1 << 20, tokenizer=large, dtype="uint32", eos_token_id=69999)
    run("no_ids", 1 << 20, eos_token_id=0, id_field_name=None)
    run("shuffled", 1600, shuffled=True, eos_token_id=0)
