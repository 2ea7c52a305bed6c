"""Runs OLMo's in-loop evaluator (the HellaSwag class, collation and metric of ai2-olmo-eval), batched as in OLMo's
training loop, on the first N documents. The model is transformers' LlamaForCausalLM. Prints one line of JSON."""

import time

START = time.perf_counter()

import argparse
import json
import os

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1")

import olmo_eval.tasks
import torch
from olmo_eval import HFTokenizer, ICLMetric
from transformers import AutoConfig, AutoModelForCausalLM


def first_docs(count: int) -> olmo_eval.tasks.HellaSwag:
    """The task with its first documents only, cut before tokenisation. The package itself has no such option."""
    load = olmo_eval.tasks.load_hf_dataset
    olmo_eval.tasks.load_hf_dataset = lambda *arguments: load(*arguments).select(range(count))
    return olmo_eval.tasks.HellaSwag


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="Hugging Face folder")
    parser.add_argument("--docs", type=int, required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    parser.add_argument("--batch-size", type=int, default=16)
    options = parser.parse_args()

    config = AutoConfig.from_pretrained(options.model)
    tokenizer = HFTokenizer(
        os.path.join(options.model, "tokenizer.json"), pad_token_id=config.pad_token_id, eos_token_id=config.eos_token_id
    )
    task = first_docs(options.docs)(tokenizer=tokenizer, model_ctx_len=config.max_position_embeddings)
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).eval()
    metric = ICLMetric(metric_type=task.metric_type)

    start = time.perf_counter()
    loader = torch.utils.data.DataLoader(task, batch_size=options.batch_size, collate_fn=task.collate_fn)
    with torch.no_grad():
        for batch in loader:
            metric.update(batch, model(input_ids=batch["input_ids"], use_cache=False).logits.float())
    scores = metric.compute()
    seconds_scoring = time.perf_counter() - start

    length = {(sample["doc_id"], sample["cont_id"]): sample["cont_str_len"] for sample in task.samples}
    print(
        json.dumps(
            {
                "docs": options.docs,
                "seconds_total": time.perf_counter() - START,
                "seconds_scoring": seconds_scoring,
                "len_norm": float(scores["len_norm_v1"]),
                "loglikelihood_sum": sum(score * length[doc, choice] for doc, choice, score in metric.loglikelihoods),
            }
        )
    )


if __name__ == "__main__":
    main()
