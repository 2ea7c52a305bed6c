"""corpus.py PACKAGES DATA OUTPUT: writes each set as OUTPUT/SET.jsonl, and OUTPUT/sets.json with counts.

A document whose text another one had before is left out and counted."""

import csv
import hashlib
import json
import pathlib
import sys

from documents import BadInput, write_json_lines
from sets import SETS


def distinct(documents, texts, ids):
    """Documents with a text that is not yet in `texts` (hashes, extended here), and how many had one."""
    kept, repeated = [], 0
    for doc in documents:
        if doc.id in ids:
            raise BadInput(f"{doc.source}: two documents are called {doc.id}")
        ids.add(doc.id)
        key = hashlib.sha256(doc.text.encode()).digest()
        if key in texts:
            repeated += 1
        else:
            texts.add(key)
            kept.append(doc)
    return kept, repeated


def write_corpus(packages, data, output):
    texts, ids, table = set(), set(), {}
    for name, read in SETS.items():
        documents, repeated = distinct(read(packages, data), texts, ids)
        if not documents:
            raise BadInput(f"the set {name} has no documents")
        write_json_lines(documents, output / f"{name}.jsonl")
        table[name] = {
            "documents": len(documents),
            "repeated_documents_left_out": repeated,
            "bytes": sum(len(doc.text.encode()) for doc in documents),
            "licences": sorted({doc.licence for doc in documents}),
        }
    (output / "sets.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def main():
    packages, data, output = map(pathlib.Path, sys.argv[1:])
    output.mkdir()
    try:
        write_corpus(packages, data, output)
    except (csv.Error, OSError, ValueError) as error:
        sys.exit(f"corpus.py: {error}")


if __name__ == "__main__":
    main()
