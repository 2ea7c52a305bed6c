"""tokenizer.py TOKENIZER_JSON SIZE OUTPUT: keeps the first SIZE - 1 ids of a byte-level BPE tokenizer, and adds
<|endoftext|> as the last id. A merge stays if its two parts and its result stay. Ids are in the order of merges, so the
result splits text as if the tokenizer's training had stopped earlier. Writes OUTPUT/tokenizer.json."""

import json
import pathlib
import sys

END_OF_TEXT = "<|endoftext|>"


def byte_characters():
    """The character that stands for each byte in a byte-level vocabulary (as GPT-2 defined it)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


# UTF-8 text contains every byte but these.
BYTES_OF_UTF8 = set(range(256)) - {0xC0, 0xC1, *range(0xF5, 0x100)}


def cut(tokenizer, size):
    """The tokenizer with `size` ids. Raises ValueError if it could not encode some text."""
    model = tokenizer["model"]
    if model["type"] != "BPE":
        raise ValueError(f"the model is {model['type']}, not BPE")
    vocabulary = {token: id for token, id in model["vocab"].items() if id < size - 1}
    if sorted(vocabulary.values()) != list(range(size - 1)):
        raise ValueError(f"the vocabulary does not have every id from 0 to {size - 2}")
    missing = [byte for byte, token in byte_characters().items() if byte in BYTES_OF_UTF8 and token not in vocabulary]
    if missing:
        raise ValueError(f"{size} ids are too few: {len(missing)} bytes of UTF-8 have no token "
                         f"(0x{missing[0]:02x} ...)")
    added = [token for token in tokenizer["added_tokens"] if token["id"] < size - 1]
    end = [token for token in tokenizer["added_tokens"] if token["content"] == END_OF_TEXT]
    if len(end) != 1:
        raise ValueError(f"{len(end)} added tokens are {END_OF_TEXT}, not one")
    vocabulary[END_OF_TEXT] = size - 1
    merges = [merge for merge in model["merges"] if stays(merge, vocabulary)]
    return {
        **tokenizer,
        "added_tokens": added + [{**end[0], "id": size - 1}],
        "model": {**model, "vocab": vocabulary, "merges": merges},
    }


def stays(merge, vocabulary):
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left in vocabulary and right in vocabulary and left + right in vocabulary


def main():
    source, size, output = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    try:
        smaller = cut(json.loads(source.read_text(encoding="utf-8")), size)
    except (KeyError, ValueError) as error:
        sys.exit(f"tokenizer.py: {source}: {error}")
    output.mkdir()
    text = json.dumps(smaller, ensure_ascii=False, indent=1)
    (output / "tokenizer.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
