"""The two references on local records: lm-evaluation-harness 0.4.13 (HFLM) and ai2-olmo-eval 0.9.0, both with
transformers' LlamaForCausalLM in float32. Each gives, for every doc of a task, the texts, token ids and log-likelihood of
every choice, and the task's scores."""

import json
import os
import pathlib
import tempfile

os.environ.update(HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1", HF_DATASETS_CACHE=tempfile.mkdtemp(prefix="harness_"))
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import datasets
import olmo_eval.tasks
import torch
from lm_eval import evaluator
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml
from olmo_eval import HFTokenizer, ICLMetric
from transformers import AutoModelForCausalLM


class RecordingHFLM(HFLM):
    """Keeps what the harness scores: ((context, continuation), context ids, continuation ids), and the scores."""

    def _loglikelihood_tokens(self, requests, **kwargs):
        scores = super()._loglikelihood_tokens(requests, **kwargs)
        self.recorded = [
            {"texts": list(texts), "ids": [list(context), list(continuation)], "ll": score[0]}
            for (texts, context, continuation), score in zip(requests, scores)
        ]
        return scores


def by_doc(requests: list[dict], choices: list[int]) -> list[list[dict]]:
    docs, begin = [], 0
    for count in choices:
        docs.append(requests[begin : begin + count])
        begin += count
    assert begin == len(requests)
    return docs


def local_task(task: str, data: pathlib.Path) -> dict:
    """The harness's own task, with records from a local file in place of the hub's."""
    config = load_yaml(TaskManager().task_index[task].yaml_path, resolve_func=True)
    config.pop("dataset_name", None)
    config.update(dataset_path="json", dataset_kwargs={"data_files": {"test": str(data / f"{task}.jsonl")}})
    config.update(training_split=None, validation_split=None, test_split="test", fewshot_split=None)
    return config


def open_lm_eval(model: pathlib.Path, **options) -> RecordingHFLM:
    return RecordingHFLM(pretrained=str(model), device="cpu", dtype="float32", batch_size=32, **options)


def run_lm_eval(lm: RecordingHFLM, data: pathlib.Path, task: str) -> dict:
    results = evaluator.simple_evaluate(
        model=lm, tasks=[local_task(task, data)], num_fewshot=0, bootstrap_iters=0, log_samples=True
    )
    scores = {name.split(",")[0]: value for name, value in results["results"][task].items() if name.endswith(",none")}
    samples = sorted(results["samples"][task], key=lambda sample: sample["doc_id"])
    return {
        "scores": {name: value for name, value in scores.items() if name in ("acc", "acc_norm")},
        "docs": by_doc(lm.recorded, [len(sample["arguments"]) for sample in samples]),
    }


OLMO_TASKS = {
    "piqa": olmo_eval.tasks.PIQA,
    "hellaswag": olmo_eval.tasks.HellaSwag,
    "openbookqa": olmo_eval.tasks.OpenBookQA,
    "sciq": olmo_eval.tasks.SciQ,
    "arc_easy": olmo_eval.tasks.ArcEasy,
    "arc_challenge": olmo_eval.tasks.ArcChallenge,
    "commonsense_qa": olmo_eval.tasks.CommonsenseQA,
    "winogrande": olmo_eval.tasks.WinoGrande,
}


def olmo_texts(task, records: list[dict]) -> list[tuple[str, str]]:
    """Context and continuation of every sample, in the package's order."""
    texts = []
    for record in records:
        context, continuation = task.doc_to_text(record), task.doc_to_continuations(record)
        contexts = context if isinstance(context, list) else [context] * len(continuation)
        continuations = continuation if isinstance(continuation, list) else [continuation] * len(contexts)
        texts += list(zip(contexts, continuations))
    return texts


def run_olmo(model: pathlib.Path, data: pathlib.Path, task: str, max_length: int) -> dict:
    """The tokenizer as OLMo-core makes it from a Hugging Face folder (TokenizerConfig.from_hf)."""
    config = json.loads((model / "config.json").read_text())
    eos = config["eos_token_id"]
    eos = eos[0] if isinstance(eos, list) else eos
    tokenizer = HFTokenizer(
        str(model / "tokenizer.json"), pad_token_id=eos, eos_token_id=eos, bos_token_id=config.get("bos_token_id")
    )
    records = [json.loads(line) for line in (data / f"{task}.jsonl").open()]
    olmo_eval.tasks.load_hf_dataset = lambda *_: datasets.Dataset.from_list(records)
    dataset = OLMO_TASKS[task](tokenizer=tokenizer, model_ctx_len=max_length)
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    metric = ICLMetric(metric_type="acc"), ICLMetric(metric_type="len_norm")
    requests = []
    with torch.no_grad():
        for sample, texts in zip(dataset, olmo_texts(dataset, records), strict=True):
            batch = dataset.collate_fn([sample])
            logits = network(input_ids=batch["input_ids"], use_cache=False).logits
            for each in metric:
                each.update(batch, logits)
            ll = metric[0].loglikelihoods[-1][2]
            requests.append({"texts": list(texts), "ids": [sample["ctx"], sample["continuation"]], "ll": ll})
    counts = [0] * len(records)
    for sample in dataset:
        counts[sample["doc_id"]] += 1
    length = metric[1].compute()
    scores = {"acc": float(metric[0].compute()["acc_v1"]), "len_norm": float(length["len_norm_v1"])}
    return {"scores": scores, "docs": by_doc(requests, counts)}
