"""Writes scores.json.gz: log-likelihoods and scores that lm-evaluation-harness 0.4.13 gives to a small model (../harness/model) on
task files of this folder.

    python3 make_scores.py           (lm-eval 0.4.13, torch 2.13, transformers 5.24.0; after make_tasks.py)"""

import gzip
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "harness"))

import harnesses  # noqa: E402, F401: no network
import variants  # noqa: E402
from lm_eval import evaluator  # noqa: E402
from lm_eval.models.huggingface import HFLM  # noqa: E402
from lm_eval.tasks._yaml_loader import load_yaml  # noqa: E402
from make_tasks import data_file  # noqa: E402

TASKS = ["piqa", "boolq", "few_shots", "fixed_samples", "contexts", "lambada_openai", "rolling_lambada"]


def local(task: str) -> dict:
    config = load_yaml(HERE / "tasks" / f"{task}.yaml")
    splits = {config[key] for key in ("test_split", "validation_split", "fewshot_split") if config.get(key)}
    files = {split: str(data_file(config, split)) for split in splits if data_file(config, split).exists()}
    config.update(dataset_path="json", dataset_name=None, dataset_kwargs={"data_files": files}, training_split=None)
    return config


def main() -> None:
    lines = []
    with tempfile.TemporaryDirectory() as work:
        folder = variants.write(HERE.parent / "harness" / "model", "bos", pathlib.Path(work) / "bos")
        model = HFLM(pretrained=str(folder), device="cpu", dtype="float32", batch_size=16)
        for task in TASKS:
            config = local(task)
            results = evaluator.simple_evaluate(model=model, tasks=[config], log_samples=True, bootstrap_iters=0)
            name = config["task"]
            samples = sorted(results["samples"][name], key=lambda sample: sample["doc_id"])
            scores = {key.split(",")[0]: value for key, value in results["results"][name].items()
                      if isinstance(value, float) and "stderr" not in key}
            likelihoods = [[response[0] if isinstance(response, (list, tuple)) else response for (response,) in sample["resps"]] for sample in samples]
            lines.append({"task": task, "scores": scores, "likelihoods": likelihoods})
            print(task, scores)
    (HERE / "scores.json.gz").write_bytes(gzip.compress(json.dumps(lines).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
