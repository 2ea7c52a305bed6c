#!/usr/bin/env python3
"""Makes synthetic/*.json (small tokenizers of every supported pipeline) and synthetic/ids.json (their ids).

    pip install tokenizers==0.23.3 && python make_synthetic.py

The tokenizers are trained on the texts of nasty.jsonl; the ids are those of Hugging Face's tokenizers.
"""
import json
import os
import random

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
# Not used by any model: cases for the translator of patterns.
OTHER = r"\P{L}\p{L}{2,}?|[^\s'-]?[\p{L}_]+(?i:'ll|'s)?|\p{N}(?=\p{N}{3})|\S"
BLANK = "\u2581"

random.seed(3)
nasty = [json.loads(line)["text"] for line in open(os.path.join(HERE, "nasty.jsonl"))]
pieces = ["<s>", "<strip>", "<left>", "<right>", "<norm\u00e9>", "<norme\u0301>", "<a>", "<a><b>", "<b>", " ", "  ", "\n", "\r\n",
          "\t", "\u3000", "\u00a0", "\u180e", "'s", "'LL", "'\u017fo", "hello", "Hello", " world", "1", "1234567", "\u00bd", "\u0663",
          "e\u0301", "\u00e9", "\u0301", "\u4e2d\u6587", "\U0001f469\u200d\U0001f467", "\U0001f3f4", "\u0000", "-", "...", "//",
          BLANK, BLANK + BLANK, "_", "\ua7cb", "\U000105c9", "the the the"]
texts = [text for text in nasty if len(text) < 60] + ["".join(random.choice(pieces) for _ in range(random.randint(1, 12))) for _ in range(120)]
corpus = nasty * 2 + ["hello world, the quick brown fox", "the end of the world is the beginning", "Hello 1234567"] * 20


def byte_level(size, alphabet, added=(), **options):
    def make(split, normalizer=None):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = split
        tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
            vocab_size=size, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if alphabet else []))
        model = json.loads(tokenizer.to_str())["model"]
        vocab, merges = model["vocab"], [tuple(merge) for merge in model["merges"]]
        for word in options.get("words", ()):  # tokens that no merge produces
            vocab.setdefault(word, len(vocab))
        tokenizer = Tokenizer(models.BPE(vocab, merges, ignore_merges=options.get("ignore_merges", False)))
        tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = split
        for token in added:
            tokenizer.add_tokens([token])
        return tokenizer
    return make


def sentence_piece(normalizer, pre_tokenizer, added=()):
    """Converts a SentencePiece model as transformers does: every split of a token in two is a merge, best score first."""
    trained = Tokenizer(models.BPE())
    trained.normalizer = normalizers.Replace(" ", BLANK)
    trained.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    trained.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=500, limit_alphabet=150, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    merged = ["".join(merge) for merge in model["merges"]]
    letters = [token for token in model["vocab"] if token not in merged]
    tokens = ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % byte for byte in range(256)]
    pieces_by_score = list(dict.fromkeys(merged))
    tokens += pieces_by_score + letters
    vocab = {token: i for i, token in enumerate(tokens)}
    merges = []
    for token in pieces_by_score:
        cuts = [(token[:i], token[i:]) for i in range(1, len(token)) if token[:i] in vocab and token[i:] in vocab]
        merges += sorted(cuts, key=lambda cut: (len(cut[0]), len(cut[1])), reverse=True)
    tokenizer = Tokenizer(models.BPE(vocab, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    for token in added:
        tokenizer.add_tokens([token])
    return tokenizer


def pattern(regex):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"),
                                    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


gpt2 = pre_tokenizers.ByteLevel(add_prefix_space=False)
special = [AddedToken("<s>", special=True, normalized=False), AddedToken("<a>", special=True, normalized=False)]
plain = [AddedToken("<a><b>", normalized=True), AddedToken("<norm\u00e9>", normalized=True),
         AddedToken("<strip>", lstrip=True, rstrip=True, normalized=False), AddedToken("<left>", lstrip=True),
         AddedToken("<right>", rstrip=True, special=True, normalized=False), AddedToken("  ", normalized=True)]
llama2 = normalizers.Sequence([normalizers.Prepend(BLANK), normalizers.Replace(" ", BLANK)])
tokenizers = {
    "gpt2": byte_level(450, True, special)(gpt2),
    "gpt-neox": byte_level(450, True, special + plain)(gpt2, normalizers.NFC()),
    "smollm": byte_level(450, False, special)(pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), gpt2])),
    "llama3": byte_level(450, True, special, ignore_merges=True, words=["\u0120world,", "Hello", "\u0120the", "helloworld", "1234"])(pattern(LLAMA3)),
    "qwen2": byte_level(450, True, special)(pattern(QWEN2), normalizers.NFC()),
    "prefix": byte_level(350, False, special + plain)(pre_tokenizers.ByteLevel(add_prefix_space=True)),
    "other_pattern": byte_level(350, True)(pattern(OTHER)),
    "digit_runs": byte_level(350, True)(pre_tokenizers.Sequence([pre_tokenizers.Digits(), gpt2])),
    "llama2": sentence_piece(llama2, None),
    "llama2_added": sentence_piece(llama2, None, plain),
    "gemma": sentence_piece(normalizers.Replace(" ", BLANK), pre_tokenizers.Split(" ", "merged_with_previous")),
    "metaspace_first": sentence_piece(None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), plain),
    "metaspace_always": sentence_piece(None, pre_tokenizers.Metaspace(prepend_scheme="always"), plain),
    "blank_removed": sentence_piece(None, pre_tokenizers.Split(" ", "removed")),
    "blank_before": sentence_piece(None, pre_tokenizers.Split(" ", "merged_with_previous")),
    "blank_after": sentence_piece(None, pre_tokenizers.Split(" ", "merged_with_next")),
}
# An unknown token and no byte tokens, with unknown characters fused and not fused.
for fuse in (False, True):
    tokenizer = json.loads(tokenizers["gemma"].to_str())
    tokenizer["model"].update(byte_fallback=False, fuse_unk=fuse)
    tokenizers["unknown_fused" if fuse else "unknown"] = Tokenizer.from_str(json.dumps(tokenizer))

folder = os.path.join(HERE, "synthetic")
os.makedirs(folder, exist_ok=True)
ids = {}
for name, tokenizer in tokenizers.items():
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(json.loads(tokenizer.to_str()), file, separators=(",", ":"), ensure_ascii=True)
        file.write("\n")
    tokenizer = Tokenizer.from_file(os.path.join(folder, name + ".json"))
    ids[name] = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
with open(os.path.join(folder, "ids.json"), "w") as file:
    file.write('{"texts": ' + json.dumps(texts))
    for name, rows in ids.items():
        file.write(',\n"%s": %s' % (name, json.dumps(rows, separators=(",", ":"))))
    file.write("}\n")
