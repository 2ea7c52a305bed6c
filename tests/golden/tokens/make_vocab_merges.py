#!/usr/bin/env python3
"""Makes vocab_merges/*/ (folders with vocab.json and merges.txt, without tokenizer.json) and vocab_merges/ids.json (their ids).

    pip install transformers==5.24.0 tokenizers==0.23.3 && python make_vocab_merges.py

The ids are those of transformers' AutoTokenizer.
"""
import json
import os
import random

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "vocab_merges")
random.seed(5)
nasty = [json.loads(line)["text"] for line in open(os.path.join(HERE, "nasty.jsonl"))]
END = "<|endoftext|>"

CASES = {
    # name: (files beside vocab.json and merges.txt, tokens of the vocabulary that are not learnt, first line of merges.txt)
    "gpt2": ({"config.json": {"model_type": "gpt2"}}, [END], "#version: 0.2\n"),
    "gpt2_added": ({"config.json": {"model_type": "gpt2"},
                    "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True},
                    "added_tokens.json": {"<|extra|>": 321, "hello": 322},
                    "special_tokens_map.json": {"eos_token": END, "pad_token": {"content": "<|pad|>", "lstrip": True, "rstrip": False,
                                                                                 "single_word": False, "normalized": False}}}, [END], ""),
    "gpt_neox": ({"config.json": {"model_type": "gpt_neox"}, "tokenizer_config.json": {"tokenizer_class": "GPTNeoXTokenizer"}}, [END, "<|padding|>"],
                 "#version: 0.2 - Trained by `huggingface/tokenizers`\n"),
    "qwen2": ({"config.json": {"model_type": "qwen2"}, "tokenizer_config.json": {"tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": {
        "320": {"content": END, "lstrip": False, "rstrip": False, "single_word": False, "normalized": False, "special": True},
        "321": {"content": "<|im_start|>", "lstrip": False, "rstrip": False, "single_word": False, "normalized": False, "special": True}}}},
        [], "#version: 0.2\n"),
}


def main():
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.train_from_iterator(nasty * 2 + ["hello world, the quick brown fox", "the end of the world isn't the beginning"] * 20,
                                trainers.BpeTrainer(vocab_size=320, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    model = json.loads(trained.to_str())["model"]
    pieces = [END, "<|extra|>", "<|pad|>", "<|padding|>", "<|im_start|>", " ", "  ", "\n", "\t", "'s", "'LL", "hello", " world", "1234", "e\u0301", "\u00e9",
              "\u4e2d\u6587", "\U0001f469\u200d\U0001f467", "...", "the the"]
    texts = [text for text in nasty if len(text) < 30][:50]
    texts += ["".join(random.choice(pieces) for _ in range(random.randint(1, 8))) for _ in range(100)]
    goldens = {"texts": texts, "ids": {}}
    for name, (files, extra, first_line) in CASES.items():
        folder = os.path.join(OUT, name)
        os.makedirs(folder, exist_ok=True)
        vocab = dict(model["vocab"])
        for token in extra:
            vocab[token] = len(vocab)
        with open(os.path.join(folder, "vocab.json"), "w") as file:
            json.dump(vocab, file, separators=(",", ":"))
        with open(os.path.join(folder, "merges.txt"), "w") as file:
            file.write(first_line + "".join(f"{left} {right}\n" for left, right in model["merges"]))
        for file_name, value in files.items():
            with open(os.path.join(folder, file_name), "w") as file:
                json.dump(value, file)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        print(name, type(tokenizer).__name__, len(tokenizer), tokenizer.backend_tokenizer.normalizer, tokenizer.backend_tokenizer.pre_tokenizer, tokenizer.added_tokens_encoder)
        goldens["ids"][name] = [tokenizer.encode(text, add_special_tokens=False) for text in texts]
    with open(os.path.join(OUT, "ids.json"), "w") as file:
        json.dump(goldens, file, ensure_ascii=True, separators=(",", ":"))


main()
