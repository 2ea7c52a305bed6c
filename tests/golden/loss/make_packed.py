"""Writes token files and packed.json: the loss that OLMo's trainer computes on them.

    PYTHONPATH=OLMO python make_packed.py        # OLMO: the folder of ai2-olmo 0.6.0

The functions are OLMo's own: MemMapDataset cuts token files into sequences, Trainer.model_forward and get_labels shift the
labels, train_micro_batch divides the sum of a batch by all of its tokens (B * T, although B * (T - 1) are predicted), and
eval_batch gives the mean over the predicted tokens of each sequence. The model is model.gguf, read by transformers 5.24.0 in
float32; torch 2.13.0, on a CPU.

    part-0.npy, part-1.npy     documents.jsonl as uint16 tokens without a header, each document followed by eos (0), in two files
    part-0.csv.gz, ...         their borders, as dolma's tokenizer writes them: start, end, id, source, location
    wide.npy, wide.csv.gz      all documents in one file of uint32

packed.json is a list of
    files, dtype, length       token files in their order; T, tokens of a sequence
    sequences                  of all files: a file's last tokens that are no whole sequence are left out
    sums                       of each sequence: sum of its T - 1 losses, nats
    mean                       of all predicted tokens: sum / (sequences * (T - 1)), as in OLMo's evaluation
    mean_by_batch_size         sum / (sequences * T), as OLMo's trainer logs it
"""

import csv
import gzip
import io
import json
import pathlib
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import torch

sys.modules.setdefault("wandb", ModuleType("wandb"))  # olmo.train imports it, to log
from olmo.data import MemMapDataset  # noqa: E402
from olmo.train import Trainer, cross_entropy_loss  # noqa: E402

del sys.modules["wandb"]
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast  # noqa: E402

HERE = pathlib.Path(__file__).parent
EOS = 0
RUNS = [
    {"files": ["part-0.npy", "part-1.npy"], "dtype": "uint16", "length": 32},
    {"files": ["part-0.npy", "part-1.npy"], "dtype": "uint16", "length": 128},
    {"files": ["wide.npy"], "dtype": "uint32", "length": 50},
]


def documents() -> list[tuple[str, list[int]]]:
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(HERE.parent / "harness" / "model" / "tokenizer.json"))
    lines = [json.loads(line) for line in (HERE / "documents.jsonl").open()]
    return [(line["id"], tokenizer.encode(line["text"]) + [EOS]) for line in lines]


def write_tokens(name: str, docs: list, dtype) -> None:
    tokens, rows = [], io.StringIO()
    for row, (doc, ids) in enumerate(docs):
        csv.writer(rows, lineterminator="\n").writerow([len(tokens), len(tokens) + len(ids), doc, "documents.jsonl", row])
        tokens += ids
    (HERE / f"{name}.npy").write_bytes(np.array(tokens, dtype=dtype).tobytes())
    (HERE / f"{name}.csv.gz").write_bytes(gzip.compress(rows.getvalue().encode(), mtime=0))


def trainer_of(model) -> SimpleNamespace:
    """What Trainer's functions need of a trainer."""
    trainer = SimpleNamespace(loss_fn=cross_entropy_loss, cfg=SimpleNamespace(softmax_auxiliary_loss=False, autocast_precision=torch.float32))
    trainer.dist_model = lambda input_ids, **_: SimpleNamespace(logits=model(input_ids=input_ids).logits)
    trainer.get_labels = lambda batch: Trainer.get_labels(trainer, batch)
    trainer.model_forward = lambda batch, **options: Trainer.model_forward(trainer, batch, **options)
    return trainer


@torch.no_grad()
def run(trainer: SimpleNamespace, options: dict) -> dict:
    dataset = MemMapDataset(
        *(HERE / name for name in options["files"]), chunk_size=options["length"], memmap_dtype=getattr(np, options["dtype"])
    )
    batch = {"input_ids": torch.stack([dataset[i]["input_ids"] for i in range(len(dataset))])}
    logged, _, _ = Trainer.train_micro_batch(trainer, batch, batch["input_ids"].numel())
    losses, _ = Trainer.eval_batch(trainer, batch)  # a mean for each sequence
    sums = losses.double() * (options["length"] - 1)
    return {
        **options,
        "sequences": len(dataset),
        "mean": round(losses.double().mean().item(), 8),
        "mean_by_batch_size": round(logged.item(), 8),
        "sums": [round(value, 5) for value in sums.tolist()],
    }


def main() -> None:
    docs = documents()
    write_tokens("part-0", docs[:12], np.uint16)
    write_tokens("part-1", docs[12:], np.uint16)
    write_tokens("wide", docs, np.uint32)
    trainer = trainer_of(AutoModelForCausalLM.from_pretrained(HERE, gguf_file="model.gguf", dtype=torch.float32).eval())
    runs = [json.dumps(run(trainer, options)) for options in RUNS]
    (HERE / "packed.json").write_text("[\n" + ",\n".join(runs) + "\n]\n")


if __name__ == "__main__":
    main()
