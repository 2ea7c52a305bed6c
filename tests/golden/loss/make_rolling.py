"""Runs lm-evaluation-harness's rolling log-likelihood (loglikelihood_rolling) on documents.jsonl and writes rolling.jsonl.gz.

    python make_rolling.py

Made with lm-evaluation-harness 0.4.13, transformers 5.24.0, torch 2.13.0, in float32 on a CPU. The model is that of ../harness,
with its tokenizers that add BOS, BOS and EOS, or nothing. The harness's cache of logits is off: with it, windows of the same
tokens that predict other parts of them get each other's numbers. A line is a run:

    name, variant     of the run; the files beside the weights (../harness/variants)
    options           of the harness's model
    metrics           word_perplexity, byte_perplexity, bits_per_byte, as the harness computes them
    documents         id, words, bytes (as the harness counts them), ll, and the windows: [context ids, predicted ids]
"""

import gzip
import json
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
HARNESS = HERE.parent / "harness"
sys.path.insert(0, str(HARNESS))
import harnesses  # noqa: E402
import variants  # noqa: E402
from lm_eval import evaluator  # noqa: E402
from lm_eval.api.task import ConfigurableTask  # noqa: E402

# name: (variant, options of the harness's model)
RUNS = {
    "plain": ("plain", {}),
    "bos": ("bos", {}),
    "bos_eos": ("bos_eos", {}),
    "no_bos": ("no_bos", {}),
    "plain_add_bos": ("plain", {"add_bos_token": True}),
    "bos_without": ("bos", {"add_bos_token": False}),
    "plain_prefix_5": ("plain", {"prefix_token_id": 5}),
    "plain_window_20": ("plain", {"max_length": 20}),
    "plain_window_1": ("plain", {"max_length": 1}),
}
TASK = {
    "task": "rolling",
    "dataset_path": "json",
    "dataset_kwargs": {"data_files": {"test": str(HERE / "documents.jsonl")}},
    "output_type": "loglikelihood_rolling",
    "test_split": "test",
    "doc_to_text": "",
    "doc_to_target": "{{text}}",
    "metric_list": [{"metric": name} for name in ("word_perplexity", "byte_perplexity", "bits_per_byte")],
}


class RollingHFLM(harnesses.HFLM):
    """Keeps the windows of every text, in the order of the texts."""

    def loglikelihood_rolling(self, requests, **kwargs):
        self.windows, self.texts = [], [request.args[0] for request in requests]
        self.sums = super().loglikelihood_rolling(requests, **kwargs)
        return self.sums

    def _loglikelihood_tokens(self, requests, **kwargs):
        self.windows += [[list(context), list(predicted)] for _, context, predicted in requests]
        return super()._loglikelihood_tokens(requests, **kwargs)


def run(name: str, work: pathlib.Path) -> dict:
    variant, options = RUNS[name]
    folder = variants.write(HARNESS / "model", variant, work / name)
    lm = RollingHFLM(
        pretrained=str(folder), device="cpu", dtype="float32", batch_size=8, logits_cache=False, **options
    )
    results = evaluator.simple_evaluate(model=lm, tasks=[TASK], num_fewshot=0, bootstrap_iters=0)["results"]["rolling"]
    ids = [json.loads(line)["id"] for line in (HERE / "documents.jsonl").open()]
    documents, windows = [], iter(lm.windows)
    for doc, text, ll in zip(ids, lm.texts, lm.sums, strict=True):
        left, own = len(lm.tok_encode(text)), []
        while left > 0:
            own.append(next(windows))
            left -= len(own[-1][1])
        documents.append(
            {"id": doc, "words": ConfigurableTask.count_words(text), "bytes": ConfigurableTask.count_bytes(text),
             "ll": round(float(ll), 6), "windows": own}
        )
    assert next(windows, None) is None
    metrics = {key.split(",")[0]: value for key, value in results.items() if key.endswith(",none")}
    return {"name": name, "variant": variant, "options": options, "metrics": metrics, "documents": documents}


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        lines = [json.dumps(run(name, pathlib.Path(work)), ensure_ascii=False, separators=(",", ":")) for name in RUNS]
    (HERE / "rolling.jsonl.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
