"""Runs `vffn eval` on what make.py wrote and compares: texts and token ids must be equal, log-likelihoods within 1e-3,
scores equal.

    python3 compare.py MODEL OUTPUT --program build/vffn"""

import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import records
import variants

TOLERANCE = 1e-3  # nats of a whole continuation, float32 on both sides

# name of make.py's run: (variant, profile, options of vffn)
RUNS = {
    "lm_eval_plain": ("plain", "lm-eval", []),
    "lm_eval_bos": ("bos", "lm-eval", []),
    "lm_eval_bos_eos": ("bos_eos", "lm-eval", []),
    "lm_eval_roberta": ("roberta", "lm-eval", []),
    "lm_eval_no_bos": ("no_bos", "lm-eval", []),
    "lm_eval_plain_true": ("plain", "lm-eval", ["--add_bos_token", "true"]),
    "lm_eval_bos_eos_true": ("bos_eos", "lm-eval", ["--add_bos_token", "true"]),
    "lm_eval_bos_eos_false": ("bos_eos", "lm-eval", ["--add_bos_token", "false"]),
    "olmo_bos": ("bos", "olmo-in-loop-0.9", []),
    "olmo_bos_eos": ("bos_eos", "olmo-in-loop-0.9", []),
    "olmo_roberta": ("roberta", "olmo-in-loop-0.9", []),
}


def shown_requests(text: str) -> dict[tuple[str, int, int], dict]:
    """The requests that --show_requests printed, by task, doc and choice."""
    requests = {}
    for line in text.splitlines():
        head = line.split(" (")[0].split(", ")
        if len(head) == 3 and head[1].startswith("doc ") and head[2].startswith("choice "):
            fields = requests.setdefault((head[0], int(head[1][4:]), int(head[2][7:])), {})
        elif line.startswith("  ") and ": " in line and requests:
            name, value = line.strip().split(": ", 1)
            fields[name] = json.loads(value)
    return requests


def run_program(program: str, folder: pathlib.Path, data: pathlib.Path, profile: str, options: list[str], output: pathlib.Path):
    command = [program, "eval", "--model", folder, "--tasks", ",".join(records.MAKERS), "--data", data, "--profile", profile]
    command += ["--show_requests", "1000", "--log_samples", "--output_path", output, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    scores = json.loads(next(output.glob("results_*.json")).read_text())["results"]
    likelihoods = {}
    for task in records.MAKERS:
        for line in next(output.glob(f"samples_{task}_*.jsonl")).open():
            sample = json.loads(line)
            likelihoods[task, sample["doc_id"]] = [response[0][0] for response in sample["resps"]]
    return shown_requests(done.stdout), likelihoods, scores


def differences(reference: dict, max_length: int, requests: dict, likelihoods: dict, scores: dict) -> tuple[list[str], float, int]:
    task, faults, worst, count = reference["task"], [], 0.0, 0
    for doc_id, doc in enumerate(reference["docs"]):
        for choice, expected in enumerate(doc):
            ours = requests[task, doc_id, choice]
            place = f"{task}, doc {doc_id}, choice {choice}"
            context, continuation = expected["ids"]
            context = (context + continuation)[-(max_length + 1) :][: -len(continuation)]  # cut on the left
            if [ours["prompt"], ours["continuation"]] != expected["texts"]:
                faults.append(f"{place}: texts {expected['texts']} and {[ours['prompt'], ours['continuation']]}")
            if [ours["prompt ids"], ours["continuation ids"]] != [context, continuation]:
                faults.append(f"{place}: ids {[context, continuation]} and {[ours['prompt ids'], ours['continuation ids']]}")
            difference = abs(likelihoods[task, doc_id][choice] - expected["ll"])
            worst, count = max(worst, difference), count + 1
            if difference > TOLERANCE:
                faults.append(f"{place}: log-likelihood {expected['ll']} and {likelihoods[task, doc_id][choice]}")
    for metric, value in reference["scores"].items():
        ours = scores[task].get(f"{metric},none")
        if ours is None and (task, metric) in (("commonsense_qa", "acc_norm"), ("winogrande", "acc_norm")):
            continue
        if ours is None or abs(ours - value) > 1e-6:
            faults.append(f"{task}: {metric} {value} and {ours}")
    return faults, worst, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--program", default="vffn")
    options = parser.parse_args()
    max_length = json.loads((options.model / "config.json").read_text())["max_position_embeddings"]
    failed = False
    for name, (variant, profile, more) in RUNS.items():
        path = options.output / f"{name}.jsonl.gz"
        if not path.exists():
            print(f"{name}: not run by make.py")
            continue
        with tempfile.TemporaryDirectory() as work:
            folder = variants.write(options.model, variant, pathlib.Path(work) / "model")
            data = options.output / "data"
            ours = run_program(options.program, folder, data, profile, more, pathlib.Path(work) / "run")
        faults, worst, count = [], 0.0, 0
        for line in gzip.open(path, "rt"):
            found, most, choices = differences(json.loads(line), max_length, *ours)
            faults, worst, count = faults + found, max(worst, most), count + choices
        print(f"{name}: {count} choices, {len(faults)} differences, log-likelihoods within {worst:.1e}")
        print("".join(f"  {fault}\n" for fault in faults[:20]), end="")
        failed = failed or bool(faults)
    sys.exit(failed)


if __name__ == "__main__":
    main()
