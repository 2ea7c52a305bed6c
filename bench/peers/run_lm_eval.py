"""Runs lm-evaluation-harness with transformers on the CPU, on the first N HellaSwag documents. Prints one line of JSON."""

import time

START = time.perf_counter()

import argparse
import json
import os
import tempfile

# Offline, and without caches of an earlier run: both would change the measurement.
os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_CACHE=tempfile.mkdtemp(prefix="lm_eval_"))

from lm_eval import evaluator
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml


class TimedHFLM(HFLM):
    seconds = 0.0
    scores = ()

    def loglikelihood(self, requests, **kwargs):
        start = time.perf_counter()
        self.scores = super().loglikelihood(requests, **kwargs)
        self.seconds += time.perf_counter() - start
        return self.scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="Hugging Face folder")
    parser.add_argument("--data", required=True, help="folder with hf_datasets/")
    parser.add_argument("--docs", type=int, required=True)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), required=True)
    parser.add_argument("--batch-size", type=int, default=16)
    options = parser.parse_args()

    model = TimedHFLM(
        pretrained=options.model, device="cpu", dtype=options.dtype, batch_size=options.batch_size, add_bos_token=False
    )
    # The harness's own task, with data from local files instead of the hub.
    task = load_yaml(TaskManager().task_index["hellaswag"].yaml_path, resolve_func=True)
    files = os.path.join(options.data, "hf_datasets/hellaswag/none/validation/data-*.arrow")
    task.update(dataset_path="arrow", dataset_kwargs={"data_files": {"validation": files}}, training_split=None)
    results = evaluator.simple_evaluate(
        model=model, tasks=[task], limit=options.docs, bootstrap_iters=0, log_samples=False
    )
    scores = results["results"]["hellaswag"]
    print(
        json.dumps(
            {
                "docs": options.docs,
                "seconds_total": time.perf_counter() - START,
                "seconds_scoring": model.seconds,
                "acc": scores["acc,none"],
                "acc_norm": scores["acc_norm,none"],
                "loglikelihood_sum": sum(score for score, _ in model.scores),
            }
        )
    )


if __name__ == "__main__":
    main()
