"""overlap.py CORPUS DATA OUTPUT: sequences of ten words that the corpus shares with the benchmarks the study scores.

Words are runs of letters and digits in lower case. For each set of the corpus and each benchmark, OUTPUT/overlap.json
has the number of the benchmark's documents with a shared sequence, the number of distinct shared sequences, and the
ids of the corpus's documents with one."""

import gzip
import json
import pathlib
import re
import sys

from documents import read_json_lines

LENGTH = 10


def sequences(text):
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[i:i + LENGTH]) for i in range(len(words) - LENGTH + 1)}


def with_choices(context, choices):
    """What a model reads for a question: the context with each choice."""
    return [f"{context} {choice}" for choice in choices]


# Benchmark -> (folder of its validation split, texts of a record).
VALIDATION = {
    "piqa": ("piqa/plain_text", lambda r: with_choices(r["goal"], [r["sol1"], r["sol2"]])),
    "hellaswag": ("hellaswag/none",
                  lambda r: with_choices(f"{r['activity_label']} {r['ctx']}", r["endings"])),
    "openbookqa": ("openbookqa/main", lambda r: with_choices(r["question_stem"], r["choices"]["text"])),
    "sciq": ("sciq/none", lambda r: with_choices(
        f"{r['support']} {r['question']}",
        [r[choice] for choice in ("correct_answer", "distractor1", "distractor2", "distractor3")])),
    "arc_easy": ("ai2_arc/ARC-Easy", lambda r: with_choices(r["question"], r["choices"]["text"])),
    "arc_challenge": ("ai2_arc/ARC-Challenge", lambda r: with_choices(r["question"], r["choices"]["text"])),
    "commonsense_qa": ("tau/commonsense_qa/none", lambda r: with_choices(r["question"], r["choices"]["text"])),
    "winogrande": ("winogrande/winogrande_xl",
                   lambda r: [r["sentence"].replace("_", r[option]) for option in ("option1", "option2")]),
}
TEST = {"arc_easy": "arc_easy", "arc_challenge": "arc_challenge", "openbookqa": "openbookqa"}  # -> request files


def validation_records(data, folder):
    import pyarrow.ipc  # only here: the rest runs with Python alone

    with pyarrow.memory_map(str(data / "hf_datasets" / folder / "validation" / "data-00000-of-00001.arrow")) as file:
        return pyarrow.ipc.open_stream(file).read_all().to_pylist()


def test_records(data, folder):
    path = data / "oe_eval_tasks" / folder / "test_rc_5shot" / "requests.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        records = [json.loads(line)["doc"] for line in file]
    return list({record["id"]: record for record in records}.values())


def benchmarks(data):
    """NAME/SPLIT -> the texts of each document."""
    found = {}
    for name, (folder, texts) in VALIDATION.items():
        found[f"{name}/validation"] = [texts(record) for record in validation_records(data, folder)]
    for name, folder in TEST.items():
        found[f"{name}/test"] = [with_choices(r["query"], r["choices"]) for r in test_records(data, folder)]
    return found


def places_of(documents):
    """Sequence -> indices of the benchmark's documents that have it."""
    places = {}
    for index, texts in enumerate(documents):
        for sequence in set().union(*map(sequences, texts)):
            places.setdefault(sequence, set()).add(index)
    return places


def count(corpus, places):
    """Of one set (documents) with one benchmark (places_of)."""
    shared, with_shared, ids = set(), set(), []
    for doc, found in corpus:
        common = found & places.keys()
        if common:
            ids.append(doc.id)
            shared |= common
    for sequence in shared:
        with_shared |= places[sequence]
    return {"benchmark_documents": len(with_shared), "sequences": len(shared), "corpus_documents": ids}


def overlap(sets, documents_of_benchmarks):
    places = {name: places_of(documents) for name, documents in documents_of_benchmarks.items()}
    table = {"words_in_a_sequence": LENGTH,
             "documents": {name: len(documents) for name, documents in documents_of_benchmarks.items()}, "sets": {}}
    every = set().union(*places.values())
    for name, documents in sets:
        corpus = [(doc, sequences(doc.text) & every) for doc in documents]
        table["sets"][name] = {benchmark: count(corpus, places[benchmark]) for benchmark in places}
    return table


def main():
    corpus, data, output = map(pathlib.Path, sys.argv[1:])
    names = json.loads((corpus / "sets.json").read_text(encoding="utf-8"))
    sets = ((name, read_json_lines(corpus / f"{name}.jsonl")) for name in names)
    table = overlap(sets, benchmarks(data))
    output.mkdir()
    (output / "overlap.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
