"""The loss of packed sequences as OLMo's trainer computes it (label shift, mean over predicted tokens), with transformers on
the CPU, one sequence after the other. Prints one line of JSON."""

import time

START = time.perf_counter()

import argparse
import json
import os

os.environ.update(HF_HUB_OFFLINE="1")

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer


def sequences(options, tokenizer) -> torch.Tensor:
    """Documents, each with its eos, one after the other; the last tokens that are no whole sequence are left out."""
    stream = []
    with open(options.text, encoding="utf-8") as file:
        for line in file:
            stream += tokenizer.encode(json.loads(line)["text"], add_special_tokens=False) + [options.eos]
    count = len(stream) // options.length
    return torch.tensor(stream[: count * options.length]).view(count, options.length)


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="Hugging Face folder")
    parser.add_argument("--text", required=True, help="JSON Lines file with the field text")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--eos", type=int, required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    options = parser.parse_args()
    batches = sequences(options, AutoTokenizer.from_pretrained(options.model))
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).eval()
    start, nll = time.perf_counter(), 0.0
    for row in batches:
        logits = model(input_ids=row[None], use_cache=False).logits[0, :-1]
        nll += cross_entropy(logits.float(), row[1:], reduction="sum").item()
    tokens = batches.shape[0] * (options.length - 1)
    print(
        json.dumps(
            {
                "seconds_total": time.perf_counter() - START,
                "seconds_scoring": time.perf_counter() - start,
                "tokens": tokens,
                "nll": nll,
                "nats_per_token": nll / tokens,
            }
        )
    )


if __name__ == "__main__":
    main()
