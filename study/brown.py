"""The Brown corpus: from words with tags ("The/at jury/nn said/vbd ,/,") to running text."""

import re

from documents import BadInput

_DOUBLED = {";", "?", "!"}  # the corpus writes these marks twice
_AFTER_WORD = {",", ".", ";", ":", "?", "!", ")", "]", "''", "%"}
_BEFORE_WORD = {"(", "[", "``"}


def words_of(line, where):
    words = []
    for item in line.split():
        word, slash, _ = item.rpartition("/")
        if not slash or not word:
            raise BadInput(f"{where}: '{item}' is not WORD/TAG")
        if words and word in _DOUBLED and words[-1] == word:
            continue
        words.append(word)
    return words


def join(words):
    """Words and marks as an author types them; single quotation marks open and close in turn."""
    text, glue, open_quote = "", True, False
    for word in words:
        opens = word in _BEFORE_WORD
        closes = word in _AFTER_WORD
        if word == "'":
            opens, closes = not open_quote, open_quote
            open_quote = not open_quote
        if text and not glue and not closes:
            text += " "
        text += '"' if word in ("``", "''") else word
        glue = opens
    return text


def detokenise(content, where):
    """Paragraphs are separated by empty lines; each other line is a sentence."""
    paragraphs = []
    for block in re.split(r"\n\s*\n", content):
        sentences = [join(words_of(line, where)) for line in block.split("\n") if line.strip()]
        if sentences:
            paragraphs.append(" ".join(sentences))
    return "\n\n".join(paragraphs)
