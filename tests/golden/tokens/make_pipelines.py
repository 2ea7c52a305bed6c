#!/usr/bin/env python3
"""Makes pipelines.json: tokenizers of every kind of step and model, and the ids that they give.

    pip install tokenizers==0.23.3 sentencepiece==0.2.1 && python make_pipelines.py

The file has a few small vocabularies ("bases", parts of a tokenizer.json), texts, and the tokenizers: each is a base with
some parts replaced, and the ids of all texts. The bases are trained on the texts of nasty.jsonl; the ids are those of
Hugging Face's tokenizers.
"""
import base64
import io
import itertools
import json
import os
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
BLANK = "\u2581"
NASTY = [json.loads(line)["text"] for line in open(os.path.join(HERE, "nasty.jsonl"))]
CORPUS = NASTY + ["hello world, the quick brown fox", "the end of the world is the beginning", "Hello 1234567 Words"] * 20

TEXTS = [
    "", " ", "  \r\n\n x\t", "Hello world's END, it'S 'LL", "the  end ", " the end", "a1b22 333 4444 \u00bd\u00b2\u0663\u0967\U00011de3",
    "\u00e9 e\u0301 \u0301\u0327 \u1e9b\u0323 \u0344 \u0130I\u0131 \u03a3\u03c2", "\u4e2d\u6587\u65e5\u672c \u30ab\u30ca\u30fc\u3042 \ud55c \u1112\u1161\u11ab",
    "\U0001f469\u200d\U0001f467\u2764\ufe0f\U0001f1e9\U0001f1ea", "\u05e9\u05dc\u05d5\u05dd, \u0645\u0631\u062d\u0628\u0627\u061f \u0928\u092e\u0938\u094d\u0924\u0947",
    "\x00\x07\x1b\x7f\u0085\u200b\ufeff\u00ad\ufffd\ue000\u0378", "\ufb01\u2126\u212b\uff21\uff11\u2460\ufdfa\u00df\u1e9e", "$5.99 (a&b) [x]--...__ \u2014\u2019s\u3002\u00a1",
    "<s>hi </s>  <s> word words wordword", "Word [X] [X][X] x[X]y\n[X]\n", "<|x|> <|x|>\n", "\u2581\u2581a _b_ \u2581", "iPhoneHTTPServer x2Y",
    "\ua7cb\U00010d50\u1c89\u11de0 \u2e43\u1734", "\u00a0\u3000\u2028a\u180eb",
]
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace("{1,3}", "")
QWEN35 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
          r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
ENDING, REST = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?", r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
HEAD = r"[^\r\n\p{L}\p{N}]?"
O200K = f"{HEAD}{UPPER}*{LOWER}+{ENDING}|{HEAD}{UPPER}+{LOWER}*{ENDING}" + r"|\p{N}{1,3}" + REST
TEKKEN = f"{HEAD}{UPPER}*{LOWER}+|{HEAD}{UPPER}+{LOWER}*" + r"|\p{N}" + REST
KIMI = r"[\p{Han}]+|" + O200K.replace(r"\p{M}]", r"\p{M}&&[^\p{Han}]]")
DEEPSEEK = (r'[!"#$%&' r"'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
            r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BLOOM = " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"
BEHAVIORS = ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")
# What differs between Oniguruma and other libraries, and one pattern for each class of characters.
PATTERNS = [
    r"\s+$", r"^.", r"(?m:.)+", r"\bthe\b|\B-", r"\Aa|\z|\Z", r"a{,2}b|x{1,2}+|\w{2}?", r"[a-z&&[^aeiou]]+", r"[[:upper:][:digit:]]+",
    r"[^[:alnum:][:space:]]", r"[]a-]|[\]\[]", r"(?i)h(?-i)e|WORLD", r"(?i:[^a-s])", r"(?i:\p{Lu})+", r"\w+|[^\w\s]+", r"[\w']+",
    r"\R|\h+", r"(?<=\s)\S|(?<!\p{L})\p{L}", r"a(?i)b|HELLO", "(?x: \\d + # digits\n)", r"\p{Han}+|\p{Cyrillic}|\p{Hiragana}", r"\p{^L}|\P{Nd}", r"\u00e9|\x{4e2d}|\x61|\101", r"(?>a+|\s+)b?|.*?e", "", "(?=[A-Z])", r"\p{Emoji}|[[:punct:]]",
    r"(?<word>the|end)+", r"[\p{P}\p{S}]|\p{Alphabetic}{2}", r"\K\s",
]


def model(trained):
    return json.loads(trained.to_str())["model"]


def bpe(pre_tokenizer, vocabulary_size, normalizer=None, **options):
    tokenizer = Tokenizer(models.BPE(**{key: options[key] for key in options if key != "alphabet" and key != "special"}))
    tokenizer.pre_tokenizer = pre_tokenizer
    if normalizer:
        tokenizer.normalizer = normalizer
    names = {key: options[key] for key in ("continuing_subword_prefix", "end_of_word_suffix") if key in options}
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=vocabulary_size, show_progress=False, special_tokens=options.get("special", []),
        initial_alphabet=options.get("alphabet", []), limit_alphabet=256 if "alphabet" in options else 120, **names))
    return model(tokenizer)


def make_bases():
    level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    byte_tokens = ["<unk>"] + ["<0x%02X>" % byte for byte in range(256)]
    bases = {"bytes": bpe(level, 420, alphabet=alphabet)}
    bases["some_bytes"] = bpe(level, 200, special=["<unk>"], unk_token="<unk>")
    bases["characters"] = bpe(pre_tokenizers.Metaspace(), 480, normalizers.Replace(" ", BLANK), special=byte_tokens, unk_token="<unk>")
    bases["affixes"] = bpe(pre_tokenizers.Whitespace(), 300, special=["<unk>"], unk_token="<unk>",
                           continuing_subword_prefix="##", end_of_word_suffix="</w>")
    bases["suffix"] = bpe(level, 420, special=["<unk>"], unk_token="<unk>", end_of_word_suffix="</w>")
    pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    pieces.train_from_iterator(CORPUS, trainers.WordPieceTrainer(
        vocab_size=250, limit_alphabet=80, show_progress=False, special_tokens=["[UNK]"]))
    bases["wordpiece"] = model(pieces)
    words = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    words.train_from_iterator(CORPUS, trainers.WordLevelTrainer(vocab_size=120, show_progress=False, special_tokens=["[UNK]"]))
    bases["wordlevel"] = model(words)
    unigram = Tokenizer(models.Unigram())
    unigram.pre_tokenizer = pre_tokenizers.Metaspace()
    unigram.train_from_iterator([text for text in CORPUS if text.isascii()], trainers.UnigramTrainer(
        vocab_size=420, show_progress=False, special_tokens=byte_tokens, unk_token="<unk>"))
    bases["unigram"] = model(unigram)
    return bases


def charsmap():
    """A map of a few characters, as SentencePiece compiles it."""
    rules = {"\uff21": "A", "\u2460": "(1)", "\ufb01": "fi", "\r": " ", "e\u0301": "\u00e9", "\u00ad": "", "\u212b": "\u00c5"}
    output = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        for source, target in rules.items():
            file.write("%s\t%s\n" % tuple(" ".join("%X" % ord(c) for c in text) for text in (source, target)))
        file.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["hello world", "the end"]), model_writer=output, vocab_size=20, hard_vocab_limit=False,
            normalization_rule_tsv=file.name, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto.FromString(output.getvalue())
    return base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()


def step(kind, **options):
    return dict(type=kind, **options)


def sequence(*steps):
    return step("Sequence", pretokenizers=list(steps))


def split(pattern, behavior="Isolated", invert=False):
    return step("Split", pattern=pattern if isinstance(pattern, dict) else {"Regex": pattern}, behavior=behavior, invert=invert)


def byte_level(prefix=False, regex=True):
    return step("ByteLevel", add_prefix_space=prefix, trim_offsets=True, use_regex=regex)


def metaspace(scheme, cut=True, replacement=BLANK):
    return step("Metaspace", replacement=replacement, prepend_scheme=scheme, split=cut)


def replace(pattern, content):
    return step("Replace", pattern=pattern, content=content)


def token(content, number, **flags):
    return dict(dict(id=number, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False), **flags)


def make_overlays():
    bytes_, whole = byte_level(regex=False), byte_level()
    pre = {
        "no_pre_tokenizer": None, "gpt2": whole, "prefix": byte_level(True), "prefix_whole": byte_level(True, False),
        "prefix_after_digits": sequence(step("Digits", individual_digits=True), byte_level(True)), "twice": sequence(whole, byte_level(True)),
        "cl100k_removed": sequence(split(LLAMA3, "Removed", True), bytes_), "qwen2_removed": sequence(split(QWEN2, "Removed", True), bytes_),
        "falcon": sequence(step("Punctuation", behavior="Contiguous"), whole, step("Digits", individual_digits=False), split("[0-9][0-9][0-9]")),
        "deepseek3": sequence(split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), split(DEEPSEEK), bytes_),
        "scripts": sequence(step("UnicodeScripts"), bytes_), "bert": sequence(step("BertPreTokenizer"), bytes_),
        "whitespace": sequence(step("Whitespace"), bytes_), "whitespace_split": sequence(step("WhitespaceSplit"), bytes_),
        "character": sequence(step("CharDelimiterSplit", delimiter="e"), bytes_), "runs": sequence(step("Digits", individual_digits=False), bytes_),
        "fixed": sequence(step("FixedLength", length=3), bytes_), "fixed_default": sequence(step("FixedLength"), bytes_),
        "nested": sequence(sequence(step("WhitespaceSplit"), sequence()), sequence(sequence(step("Punctuation")), bytes_)),
    }
    pre.update({"pattern_" + name: sequence(split(pattern), bytes_) for name, pattern in
                (("o200k", O200K), ("tekken", TEKKEN), ("qwen35", QWEN35), ("kimi", KIMI), ("bloom", BLOOM))})
    pre.update({"pattern%d" % i: sequence(split(pattern), bytes_) for i, pattern in enumerate(PATTERNS)})
    for behavior, invert in itertools.product(BEHAVIORS, (False, True)):
        name = behavior + ("_inverted" if invert else "")
        pre["regex_" + name] = sequence(split(r"\d|\s", behavior, invert), bytes_)
        pre["string_" + name] = sequence(split({"String": " "}, behavior, invert), bytes_)
    pre.update({"punctuation_" + behavior: sequence(step("Punctuation", behavior=behavior), bytes_) for behavior in BEHAVIORS})
    overlays = {name: ("bytes", {"pre_tokenizer": value}) for name, value in pre.items()}

    normal = {name: step(name) for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "ByteLevel")}
    normal.update({
        "strip": step("Strip", strip_left=True, strip_right=True), "strip_left": step("Strip", strip_left=True, strip_right=False),
        "strip_right": step("Strip", strip_left=False, strip_right=True), "prepend": step("Prepend", prepend="ab"),
        "replace": replace({"String": "e"}, "xy"), "replace_regex": replace({"Regex": r"\s+"}, " "), "delete_regex": replace({"Regex": r"[\p{P}l]"}, ""),
        "precompiled": step("Precompiled", precompiled_charsmap=charsmap()),
        "accents": step("Sequence", normalizers=[step("NFD"), step("StripAccents"), step("Lowercase")])})
    for clean, accents, lower in ((True, None, True), (True, False, False), (False, True, False), (False, None, True)):
        normal["bert_%d%s%d" % (clean, accents, lower)] = step(
            "BertNormalizer", clean_text=clean, handle_chinese_chars=clean, strip_accents=accents, lowercase=lower)
    overlays.update({"normalizer_" + name: ("bytes", {"normalizer": value, "pre_tokenizer": whole}) for name, value in normal.items()})

    for scheme, cut in itertools.product(("always", "first", "never"), (True, False)):
        overlays["metaspace_%s_%s" % (scheme, cut)] = ("characters", {"pre_tokenizer": metaspace(scheme, cut)})
    first = metaspace("first")
    overlays.update({
        "metaspace_old": ("characters", {"pre_tokenizer": step("Metaspace", replacement=BLANK, add_prefix_space=True)}),
        "metaspace_other": ("characters", {"pre_tokenizer": metaspace("always", True, "_")}),
        "metaspace_after_words": ("characters", {"pre_tokenizer": sequence(step("WhitespaceSplit"), metaspace("always"))}),
        "first_after_words": ("characters", {"pre_tokenizer": sequence(step("Whitespace"), first)}),
        "first_after_strip": ("characters", {"normalizer": normal["strip_left"], "pre_tokenizer": first}),
        "first_after_replace": ("characters", {"normalizer": normal["replace_regex"], "pre_tokenizer": first}),
        "first_after_nfkd": ("characters", {"normalizer": step("NFKD"), "pre_tokenizer": sequence(step("FixedLength", length=1), first)}),
        "first_after_bytes": ("bytes", {"pre_tokenizer": sequence(byte_level(True, False), metaspace("first", True, "\u0120"))}),
        "first_and_tokens": ("characters", {"pre_tokenizer": first, "added_tokens": [token("<s>", 9, rstrip=True), token("hi", 9, normalized=True)]}),
    })
    for fallback, fuse, unknown in itertools.product((False, True), (False, True), ("<unk>", None)):
        options = {"byte_fallback": fallback, "fuse_unk": fuse, "unk_token": unknown}
        name = "".join("-+"[bool(value)] + key[0] for key, value in options.items())
        overlays["characters" + name] = ("characters", {"pre_tokenizer": metaspace("always", False), "model": options})
        overlays["some_bytes" + name] = ("some_bytes", {"pre_tokenizer": whole, "model": options})
    overlays.update({
        "fallback_with_bytes": ("bytes", {"pre_tokenizer": whole, "model": {"byte_fallback": True}}),
        "ignore_merges": ("bytes", {"pre_tokenizer": whole, "model": {"ignore_merges": True, "merges": []}}),
        "no_dropout": ("bytes", {"pre_tokenizer": whole, "model": {"dropout": 0.0}}),
        "all_dropout": ("bytes", {"pre_tokenizer": whole, "model": {"dropout": 1.0, "ignore_merges": True}}),
        "affixes": ("affixes", {"pre_tokenizer": step("Whitespace")}), "affixes_fused": ("affixes", {"pre_tokenizer": step("WhitespaceSplit"), "model": {"fuse_unk": True}}),
        "suffix": ("suffix", {"pre_tokenizer": whole}), "suffix_without_unknown": ("suffix", {"pre_tokenizer": whole, "model": {"unk_token": None}}),
        "wordpiece": ("wordpiece", {"pre_tokenizer": step("BertPreTokenizer")}), "wordpiece_short": ("wordpiece", {"pre_tokenizer": step("Whitespace"), "model": {"max_input_chars_per_word": 4}}),
        "wordpiece_bert": ("wordpiece", {"normalizer": normal["bert_1None1"], "pre_tokenizer": step("BertPreTokenizer")}),
        "wordpiece_prefix": ("wordpiece", {"pre_tokenizer": step("Whitespace"), "model": {"continuing_subword_prefix": ""}}),
        "wordlevel": ("wordlevel", {"pre_tokenizer": step("Whitespace")}), "wordlevel_lower": ("wordlevel", {"normalizer": step("Lowercase"), "pre_tokenizer": step("Whitespace")}),
        "unigram": ("unigram", {"pre_tokenizer": metaspace("always")}), "unigram_fallback": ("unigram", {"pre_tokenizer": metaspace("always"), "model": {"byte_fallback": True}}),
        "unigram_whole": ("unigram", {"pre_tokenizer": metaspace("never", False)}), "unigram_other_unknown": ("unigram", {"pre_tokenizer": first, "model": {"unk_id": 300}}),
        "t5": ("unigram", {"normalizer": normal["precompiled"], "pre_tokenizer": sequence(step("WhitespaceSplit"), metaspace("always")), "model": {"byte_fallback": True}}),
    })

    flags = ("single_word", "lstrip", "rstrip", "normalized", "special")
    added = {flag: [token("word", 420, **{flag: True}), token("[X]", 421, **{flag: True}), token("the", 422, **{flag: True})] for flag in flags}
    added.update({
        "strips": [token("[X]", 420, lstrip=True, rstrip=True), token(" ", 421, lstrip=True, rstrip=True), token("  ", 422, rstrip=True)],
        "gap": [token("[X]", 500), token("word", 700)], "clash": [token("[X]", 5), token("word", 5)], "out_of_order": [token("[X]", 421), token("word", 420)],
        "repeated": [token("[X]", 420), token("[X]", 421, rstrip=True)], "in_vocabulary": [token("e", 999), token("the", 998), token("[X]", 997)],
        "longest": [token("wo", 420), token("word", 421), token("words", 422), token("ordw", 423), token("", 424)],
        "normal_form": [token("\u00c5", 420, normalized=True), token("WORD", 421, normalized=True), token("\u2460", 422)],
    })
    for name, tokens in added.items():
        extra = {"normalizer": normal["accents"]} if name == "normal_form" else {}
        overlays["added_" + name] = ("bytes", dict(extra, pre_tokenizer=whole, added_tokens=tokens))
    return overlays


def merged(base, overlay):
    file = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
            "post_processor": None, "decoder": None, "model": base}
    file.update({key: value for key, value in overlay.items() if key != "model"})
    file["model"] = dict(base, **overlay.get("model", {}))
    return file


def irregular(bases):
    """Vocabularies and merges that only hand-made files have."""
    model = dict(bases["bytes"])
    listed = list(model["vocab"].items())
    yield "version_line", {"merges": ["#version: 0.2"] + [" ".join(pair) for pair in model["merges"]]}
    yield "shared_id", {"vocab": dict(listed, **{"zz": 300, "\u0120zz": 301})}
    yield "hole", {"vocab": dict(listed, last=len(listed) + 7)}


def main():
    bases = make_bases()
    overlays = make_overlays()
    for name, options in irregular(bases):
        overlays[name] = ("bytes", {"pre_tokenizer": byte_level(), "added_tokens": [token("[X]", 1), token("word", 2)], "model": options})
    with open(os.path.join(HERE, "pipelines.json"), "w") as file:
        dump = lambda value: json.dumps(value, separators=(",", ":"))
        file.write('{"texts":%s,\n"bases":{\n%s},\n"tokenizers":{\n' % (
            dump(TEXTS), ",\n".join('"%s":%s' % (name, dump(base)) for name, base in bases.items())))
        lines = []
        for name, (base, overlay) in overlays.items():
            tokenizer = Tokenizer.from_str(json.dumps(merged(bases[base], overlay)))
            ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
            if "vocab" in overlay.get("model", {}):  # only what is new
                overlay["model"] = {"vocab": {key: value for key, value in overlay["model"]["vocab"].items() if key not in bases[base]["vocab"]}}
            lines.append('"%s":{"base":"%s","parts":%s,\n"ids":%s}' % (name, base, dump(overlay), dump(ids)))
        file.write(",\n".join(lines) + "}}\n")
    print(len(overlays), "tokenizers")


main()
