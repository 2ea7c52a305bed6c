"""Writes pmi_dc.json and acc_mutual_info.json beside this file: what ai2-olmo-eval and lm-evaluation-harness make
of log-likelihoods with and without the question.

    python3 tests/golden/unconditional/make_goldens.py        # needs torch, ai2-olmo-eval 0.9.0, lm_eval 0.4.13
"""

import json
import os
import tempfile

import torch
from lm_eval.api.task import ConfigurableTask
from olmo_eval.metrics import ICLMetric

HERE = os.path.dirname(os.path.abspath(__file__))
VOCABULARY = 50


def documents(generator):
    """Docs of 2 to 5 choices of 1 to 4 tokens; every fourth has choices of different probability by far."""
    for doc_id in range(24):
        choices = int(torch.randint(2, 6, (1,), generator=generator))
        yield {
            "doc_id": doc_id,
            "label": int(torch.randint(0, choices, (1,), generator=generator)),
            "choices": [
                torch.randint(0, VOCABULARY, (int(torch.randint(1, 5, (1,), generator=generator)),), generator=generator).tolist()
                for _ in range(choices)
            ],
            "scale": 8.0 if doc_id % 4 == 3 else 1.0,
        }


def token_log_probs(logits, tokens, context):
    rows = torch.log_softmax(logits[context - 1 : context - 1 + len(tokens)], dim=-1)
    return [float(rows[i, token]) for i, token in enumerate(tokens)]


def pmi_dc():
    generator = torch.Generator().manual_seed(14)
    metric = ICLMetric("pmi_dc")
    metric.reset()
    docs = []
    for doc in documents(generator):
        scale = doc.pop("scale")
        doc["continuations"] = []
        for index, tokens in enumerate(doc.pop("choices")):
            context, short = 6, 2
            logits = scale * torch.randn(context + len(tokens), VOCABULARY, generator=generator)
            dc_logits = scale * torch.randn(short + len(tokens), VOCABULARY, generator=generator)
            metric.update(
                {
                    "doc_id": [doc["doc_id"]],
                    "cont_id": [index],
                    "continuation": torch.tensor([tokens]),
                    "cont_len": [len(tokens)],
                    "ctx_len": [context],
                    "dc_len": [short],
                    "label_id": [doc["label"]],
                },
                logits[None],
                dc_logits[None],
            )
            doc["continuations"].append(
                {
                    "log_probs": token_log_probs(logits, tokens, context),
                    "unconditional_log_probs": token_log_probs(dc_logits, tokens, short),
                    "value": metric.loglikelihoods[-1][2],
                }
            )
        docs.append(doc)
    return {"score": float(metric.compute()["pmi_dc_v1"]), "documents": docs}


def acc_mutual_info():
    generator = torch.Generator().manual_seed(15)
    docs = [
        {
            "query": f"Question {i}:",
            "choices": ["a b c d e f"[: 2 * c + 1] for c in range(2 + i % 3)],
            "gold": i % 2,
        }
        for i in range(24)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "docs.jsonl")
        with open(path, "w") as file:
            file.writelines(json.dumps(doc) + "\n" for doc in docs)
        task = ConfigurableTask(
            config={
                "task": "made_up",
                "dataset_path": "json",
                "dataset_kwargs": {"data_files": {"validation": path}},
                "validation_split": "validation",
                "output_type": "multiple_choice",
                "doc_to_text": "query",
                "doc_to_choice": "choices",
                "doc_to_target": "gold",
                "metric_list": [{"metric": "acc"}, {"metric": "acc_mutual_info"}],
            }
        )
        for doc in docs:
            count = len(doc["choices"])
            doc["log_likelihoods"] = (-20 * torch.rand(count, generator=generator)).tolist()
            doc["unconditional"] = (-20 * torch.rand(count, generator=generator)).tolist()
            results = [(value, False) for value in doc["log_likelihoods"] + doc["unconditional"]]
            row = task.validation_docs()[docs.index(doc)]
            doc["acc_mutual_info"] = int(task.process_results(row, results)["acc_mutual_info"])
    return {"documents": docs}


def main():
    for name, make in (("pmi_dc", pmi_dc), ("acc_mutual_info", acc_mutual_info)):
        with open(os.path.join(HERE, name + ".json"), "w") as file:
            json.dump(make(), file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
