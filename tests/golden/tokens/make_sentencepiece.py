#!/usr/bin/env python3
"""Makes sentencepiece/*/tokenizer.model (small SentencePiece models) and sentencepiece/ids.json (their ids).

    pip install sentencepiece==0.2.3 transformers==5.24.0 protobuf && python make_sentencepiece.py

Every folder is a model's folder: tokenizer.model and the files beside it that decide ids. The ids are those of the
sentencepiece package, which encodes what is between two added tokens, and of transformers for the folders of LlamaTokenizer
with "legacy": false.
"""
import io
import json
import os
import re

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "sentencepiece")
nasty = [json.loads(line)["text"] for line in open(os.path.join(HERE, "nasty.jsonl"))]
CORPUS = ["The quick brown fox jumps over the lazy dog.", "  Two blanks   and three.", "Hello world, hello again: 12345 and 678.",
          "SentencePiece cuts a text into pieces, the text of which is in its vocabulary.", "def f(x):\n\treturn x ** 2  # square",
          "caf\u00e9 na\u00efve \u4e2d\u6587 \u65e5\u672c\u8a9e \u0440\u0443\u0441\u0441\u043a\u0438\u0439", "He said: it isn't, we're not, they'll see."] * 3

# name: (options of the trainer, files beside the model, added tokens that are found in the raw text)
CONTROL = ["<s>", "</s>", "<unk>"]
BASE = dict(byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True,
            allow_whitespace_only_pieces=True, character_coverage=0.98)
CASES = {
    "llama": (dict(BASE, model_type="bpe"), {}, []),
    "gemma": (dict(BASE, model_type="bpe", add_dummy_prefix=False, user_defined_symbols=["\u2581\u2581", "\u2581\u2581\u2581", "<2mass>"],
                   control_symbols=["<start_of_turn>"]), {}, ["<start_of_turn>"]),
    "unigram": (dict(model_type="unigram", normalization_rule_tsv=True, split_by_unicode_script=False), {}, []),
    "unigram_bytes": (dict(BASE, model_type="unigram", user_defined_symbols=["<sep>", "12"]), {}, []),
    "unknown": (dict(model_type="bpe", normalization_rule_name="identity", character_coverage=0.98), {}, []),
    "word": (dict(model_type="word", normalization_rule_name="identity", use_all_vocab=True), {}, []),
    "char": (dict(model_type="char", normalization_rule_name="identity"), {}, []),
    "added_tokens": (dict(BASE, model_type="bpe"), {"added_tokens.json": {"<|im_start|>": 500, "<a><b>": 501, "<pad>": 502}},
                     ["<|im_start|>", "<a><b>", "<pad>"]),
    "special_tokens_map": (dict(BASE, model_type="bpe"), {"special_tokens_map.json": {
        "bos_token": "<s>", "pad_token": {"content": "[PAD]", "lstrip": False, "normalized": False}, "additional_special_tokens": ["hello"]}},
        ["[PAD]", "hello"]),
}
added_decoder = {"0": "<unk>", "1": "<s>", "2": "</s>", "500": "<|im_start|>", "501": "<a><b>"}
LEGACY = {"add_bos_token": True, "tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
          "added_tokens_decoder": {key: {"content": text, "lstrip": text == "<a><b>", "rstrip": False, "normalized": False,
                                         "single_word": False, "special": True} for key, text in added_decoder.items()}}
CASES["legacy"] = (dict(BASE, model_type="bpe"), {"tokenizer_config.json": dict(LEGACY, legacy=True)}, ["<|im_start|>", "<a><b>"])
CASES["not_legacy"] = (dict(BASE, model_type="bpe"), {"tokenizer_config.json": dict(LEGACY, legacy=False)}, [])


def train(folder, options):
    options = dict(options)
    if options.get("normalization_rule_tsv"):  # SentencePiece's own rules would take 240 KB in each model
        rules = os.path.join(folder, "rules.tsv")
        with open(rules, "w") as file:
            for source, target in [("\uff21", "A"), ("\u2026", "..."), ("\ufb01", "fi"), ("e\u0301", "\u00e9"), ("\t", " "), ("\n", " ")]:
                file.write(" ".join(f"{ord(c):X}" for c in source) + "\t" + " ".join(f"{ord(c):X}" for c in target) + "\n")
        options["normalization_rule_tsv"] = rules
    model = io.BytesIO()
    size = 180 if not options.get("byte_fallback") else 500 if options["model_type"] == "bpe" else 420
    if options["model_type"] == "char":
        size = 60
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, vocab_size=size, hard_vocab_limit=False, minloglevel=2,
        num_threads=1, **options)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    proto.normalizer_spec.ClearField("normalization_rule_tsv")  # a path; the rules themselves are in the model
    proto.trainer_spec.ClearField("input")
    with open(os.path.join(folder, "tokenizer.model"), "wb") as file:
        file.write(proto.SerializeToString())
    if options.get("normalization_rule_tsv"):
        os.remove(options["normalization_rule_tsv"])


def encode(processor, text, added):
    """`added` maps the text of a token to its id and whether it takes the blanks before it."""
    order = sorted(added, key=len, reverse=True)
    ids, begin = [], 0
    for match in re.finditer("|".join(re.escape(token) for token in order), text):
        part = text[begin:match.start()]
        part = part.rstrip() if added[match.group()][1] else part
        ids += processor.encode(part) + [added[match.group()][0]]
        begin = match.end()
    return ids + processor.encode(text[begin:])


def main():
    pieces = ["<s>", "</s>", "<unk>", "<|im_start|>", "<a><b>", "<pad>", "[PAD]", "<sep>", "<start_of_turn>", "<2mass>"]
    texts = [text for text in nasty if len(text) < 60]
    for i, piece in enumerate(pieces):
        texts += [piece, f"a{piece}b", f"hello {piece} world", f" {piece}\n{pieces[i - 1]}x  y", f"{piece} 12  {piece}{piece}\u4e2d"]
    texts += [" ", "  ", "   x", "\u2581", "\u2581\u2581a", " hello", "hello ", "\uff21\u2026\ufb01e\u0301\tx\ny", "\u0000a", "the quick  brown fox"]
    goldens = {"texts": texts, "ids": {}}
    for name, (options, files, tokens) in CASES.items():
        folder = os.path.join(OUT, name)
        os.makedirs(folder, exist_ok=True)
        train(folder, options)
        for file_name, value in files.items():
            with open(os.path.join(folder, file_name), "w") as file:
                json.dump(value, file)
        path = os.path.join(folder, "tokenizer.model")
        if name == "not_legacy":
            from transformers import AutoTokenizer
            tokenizer = AutoTokenizer.from_pretrained(folder)
            goldens["ids"][name] = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
            continue
        processor = sentencepiece.SentencePieceProcessor(model_file=path)
        size = processor.get_piece_size()
        ids = {token: processor.piece_to_id(token) for token in tokens + CONTROL}
        for token in tokens:
            if processor.id_to_piece(ids[token]) != token:
                ids[token], size = size, size + 1
        added = {token: (token_id, token == "<a><b>" and name == "legacy") for token, token_id in ids.items()}
        goldens["ids"][name] = [encode(processor, text, added) for text in texts]
    with open(os.path.join(OUT, "ids.json"), "w") as file:
        json.dump(goldens, file, ensure_ascii=True, separators=(",", ":"))


main()
