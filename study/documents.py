"""Documents of the corpus: their fields, their text in one form, and the JSON lines they are written as."""

import dataclasses
import json
import re
import unicodedata


class BadInput(ValueError):
    """An input file that is not what its package is known to contain."""


@dataclasses.dataclass(frozen=True)
class Document:
    id: str  # unique in the corpus: SET/NAME
    text: str  # normalised
    source: str  # package and file
    licence: str


def normalise(text):
    """NFC; each run of blanks is one blank; at most one empty line; no blanks at the ends of lines and text; no other
    control characters."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[^\S\n]+|[\x00-\x09\x0b-\x1f\x7f-\x9f]", " ", text)
    text = re.sub(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]", "", text)  # invisible
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def field(record, name, kind, where):
    """record[name], of that type; otherwise an error that says where."""
    if not isinstance(record, dict) or not isinstance(record.get(name), kind):
        raise BadInput(f"{where}: no field '{name}' of type {kind.__name__}")
    return record[name]


def document(id, text, source, licence):
    text = normalise(text)
    if not text:
        raise BadInput(f"{source}: document {id} has no text")
    return Document(id, text, source, licence)


def write_json_lines(documents, path):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for doc in documents:
            file.write(json.dumps(dataclasses.asdict(doc), ensure_ascii=False) + "\n")


def read_json_lines(path):
    with open(path, encoding="utf-8") as file:
        return [Document(**json.loads(line)) for line in file]
