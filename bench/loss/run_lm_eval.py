"""Rolling log-likelihoods of lm-evaluation-harness with transformers on the CPU. Prints one line of JSON."""

import time

START = time.perf_counter()

import argparse
import json
import os
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_CACHE=tempfile.mkdtemp(prefix="lm_eval_"))

from lm_eval import evaluator
from lm_eval.models.huggingface import HFLM

METRICS = ("word_perplexity", "byte_perplexity", "bits_per_byte")


class TimedHFLM(HFLM):
    seconds = 0.0
    tokens = 0
    sums = ()

    def loglikelihood_rolling(self, requests, **kwargs):
        start = time.perf_counter()
        self.sums = super().loglikelihood_rolling(requests, **kwargs)
        self.seconds += time.perf_counter() - start
        return self.sums

    def _loglikelihood_tokens(self, requests, **kwargs):
        self.tokens += sum(len(continuation) for _, _, continuation in requests)
        return super()._loglikelihood_tokens(requests, **kwargs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="Hugging Face folder")
    parser.add_argument("--text", required=True, help="JSON Lines file with the field text")
    parser.add_argument("--window", type=int, required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    parser.add_argument("--batch-size", type=int, default=1)
    options = parser.parse_args()
    model = TimedHFLM(
        pretrained=options.model, device="cpu", dtype=options.dtype, batch_size=options.batch_size, max_length=options.window
    )
    task = {
        "task": "papers",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": options.text}},
        "output_type": "loglikelihood_rolling",
        "test_split": "test",
        "doc_to_text": "",
        "doc_to_target": "{{text}}",
        "metric_list": [{"metric": name} for name in METRICS],
    }
    results = evaluator.simple_evaluate(model=model, tasks=[task], num_fewshot=0, bootstrap_iters=0)["results"]["papers"]
    print(
        json.dumps(
            {
                "seconds_total": time.perf_counter() - START,
                "seconds_scoring": model.seconds,
                "tokens": model.tokens,
                "nll": -sum(model.sums),
                **{name: results[f"{name},none"] for name in METRICS},
            }
        )
    )


if __name__ == "__main__":
    main()
