"""Writes documents.jsonl, the texts of the references: documents of odd kinds.

    python make_documents.py"""

import json
import pathlib
import random

HERE = pathlib.Path(__file__).parent
PROSE = (
    "The water in the winter garden never freezes, because the river carries warm light under the stone bridge. "
    "In 1999 a paper of seven pages said that glass breaks quickly, and that carbon melts at 3550 degrees. "
    "Nobody in the town had read it; the baker's daughter turned it into a kite and let it fly over the mill.\n\n"
    "\"Hold on!\" she cried. The wind (from the north-east) took it, page after page, into the blue. "
)
SCRIPTS = "Der Köter fraß süße Äpfel. Ένα δύο τρία. Привет, мир! 日本語の文章と漢字。 שלום עולם 😀👩‍🔬 naïve façade e\u0301 𝔘𝔫𝔦 "
# Blanks that Python's \\s takes for blanks, or does not: no-break, em, file separator, next line, zero-width, line separator
ODD_BLANKS = "one\u00a0two\u2003three\x1cfour\u0085five\u200bsix\u2028seven\x0beight\ufeffnine"


def shuffled(text: str, words: int, seed: int) -> str:
    pool = text.split(" ")
    draw = random.Random(seed)
    return " ".join(draw.choice(pool) for _ in range(words))


DOCUMENTS = {
    "sentence": "The river carries warm light.",
    "letter": "a",
    "paragraph": PROSE,
    "empty": "",
    "blank": " ",
    "blanks": "  \n\t \r\n   ",
    "wide blanks": "\u00a0\u2003\u3000",
    "leading blanks": "   The water melts.",
    "trailing blanks": "The water melts. \n\n",
    "scripts": SCRIPTS,
    "emoji": "👩‍🔬" * 30,  # four bytes each: windows end within a character
    "odd blanks": ODD_BLANKS,
    "line ends": "first\r\nsecond\rthird\n\r\nfifth",
    "special tokens": "before <|endoftext|> between <|bos|> after",
    "begins with bos": "<|bos|>The water melts.",
    "begins with eos": "<|endoftext|>The water melts.",
    "a window less one": "~" * 127,  # a token each
    "a window": "~" * 128,
    "a window and one": "~" * 129,
    "long": shuffled(PROSE, 260, 1),
    "long scripts": shuffled(SCRIPTS, 90, 2),
    "repetitive": "na " * 150,
    "code": "def f(x):\n    return [y ** 2 for y in x if y > 0]  # squares\n",
}


def main() -> None:
    lines = (json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n" for name, text in DOCUMENTS.items())
    (HERE / "documents.jsonl").write_text("".join(lines))


if __name__ == "__main__":
    main()
