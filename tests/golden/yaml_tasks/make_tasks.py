"""Writes tasks/ (task files of lm-evaluation-harness 0.4.13, MIT License, Copyright EleutherAI), data/ (made-up records in the
columns of their data sets) and prompts.json.gz (what the harness makes of them).

    python3 make_tasks.py            (lm-eval 0.4.13, datasets)

`copa.yaml` and `rolling_lambada.yaml` are not the harness's: its own copa needs Python functions, and its lambada is not scored
in windows. `few_shots.yaml` and `contexts.yaml` have what the ten do not: solved examples, a description, a delimiter of one
"\\n", and doc_to_text as the index of the right one of several contexts."""

import gzip
import json
import pathlib
import random
import shutil

import datasets
import lm_eval
from lm_eval.api.task import ConfigurableTask
from lm_eval.tasks._yaml_loader import load_yaml

HERE = pathlib.Path(__file__).parent
TASKS = pathlib.Path(lm_eval.__file__).parent / "tasks"
LICENCE = "# From lm-evaluation-harness 0.4.13, MIT License, Copyright (c) 2020 EleutherAI.\n"
DOCS = 10

# task: the file that has it, and those that it includes
HARNESS = {
    "piqa": ["piqa/piqa.yaml"],
    "sciq": ["sciq/sciq.yaml"],
    "arc_easy": ["arc/arc_easy.yaml"],
    "arc_challenge": ["arc/arc_challenge.yaml"],
    "openbookqa": ["openbookqa/openbookqa.yaml"],
    "boolq": ["super_glue/boolq/default.yaml"],
    "social_iqa": ["siqa/siqa.yaml"],
    "truthfulqa_mc1": ["truthfulqa/truthfulqa_mc1.yaml"],
    "mmlu_abstract_algebra": ["mmlu/default/mmlu_abstract_algebra.yaml", "mmlu/default/_default_template_yaml"],
    "lambada_openai": ["lambada/lambada_openai.yaml"],
    "pile_arxiv": ["pile/pile_arxiv.yaml"],
}

OWN = {
    "copa": """task: copa_templates
dataset_path: aps/super_glue
dataset_name: copa
output_type: multiple_choice
training_split: train
validation_split: validation
doc_to_text: "{{premise.strip()[:-1]}} {{'because' if question == 'cause' else 'therefore'}}"
doc_to_target: label
doc_to_choice: "{{[choice1[0]|lower + choice1[1:], choice2[0]|lower + choice2[1:]]}}"
metric_list:
  - metric: acc
metadata:
  version: 1.0
""",
    "rolling_lambada": """task: rolling_lambada
dataset_path: EleutherAI/lambada_openai
dataset_name: default
output_type: loglikelihood_rolling
test_split: test
doc_to_text: ""
doc_to_target: "{{text}}"
metric_list:
  - metric: word_perplexity
  - metric: byte_perplexity
  - metric: bits_per_byte
""",
    "few_shots": """include: mmlu_abstract_algebra.yaml
task: few_shots
num_fewshot: 3
target_delimiter: "\\n"
fewshot_delimiter: "\\n###\\n"
metric_list:
  - metric: acc
  - metric: acc_norm
  - metric: acc_bytes
  - metric: acc_mutual_info
    aggregation: mean
""",
    "fixed_samples": """task: fixed_samples
dataset_path: allenai/sciq
output_type: multiple_choice
validation_split: validation
num_fewshot: 2
fewshot_config:
  sampler: first_n
  samples:
    - {question: "What is  ice?", correct_answer: water, distractor1: a, distractor2: b, distractor3: c, support: ""}
    - question: "Is 'it'?"
      correct_answer: "yes"
      distractor1: "no"
      distractor2: maybe
      distractor3: never
      support: "  x\\n"
doc_to_text: "{{support}} {{question}}"
doc_to_choice: ["{{x}}", distractor1, correct]
doc_to_target: 2
""",
    "contexts": """task: contexts
dataset_path: allenai/winogrande
dataset_name: winogrande_xl
output_type: multiple_choice
validation_split: validation
doc_to_text: "{{answer|int - 1}}"
doc_to_target: "{{sentence.split('_')[1].strip()}}"
doc_to_choice: "{{[sentence.split('_')[0] ~ option1, sentence.split('_')[0] ~ option2]}}"
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
""",
}

WORDS = ["It's", "the", 'so-called "test"', "\u00dcber", "na\u00efve", "\u03a3", "caf\u00e9,", "10%", "x_1", "{{y}}", "\\n", "water", "heat", "of", "a", "rock's",
         "\u6c34", "why", "(see", "fig.)", "and", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "C++", "[sic]"]


def text(rng: random.Random, low: int, high: int, end: str = "") -> str:
    return " ".join(rng.choices(WORDS, k=rng.randrange(low, high))) + end


def records(task: str, rng: random.Random, i: int) -> dict:
    blank = " " if i % 3 == 0 else ""
    if task == "piqa":
        return {"goal": blank + text(rng, 3, 9), "sol1": text(rng, 3, 9), "sol2": text(rng, 3, 9) + blank, "label": rng.randrange(2)}
    if task == "sciq":
        return {"question": text(rng, 3, 9, "?"), "distractor3": text(rng, 1, 3), "distractor1": text(rng, 1, 3), "distractor2": text(rng, 1, 3),
                "correct_answer": text(rng, 1, 3), "support": blank + ("" if i == 4 else text(rng, 5, 20, "\n"))}
    if task in ("arc_easy", "arc_challenge", "openbookqa"):
        labels = ["1", "2", "3", "4"] if i == 2 and task != "openbookqa" else ["A", "B", "C", "D", "E"][: 4 + (i == 5)]
        stem = "question_stem" if task == "openbookqa" else "question"
        return {"id": f"Q{i}", stem: text(rng, 4, 12, "?"), "choices": {"text": [text(rng, 1, 5) for _ in labels], "label": labels},
                "answerKey": rng.choice(labels) if task != "openbookqa" else blank + rng.choice(labels)}
    if task == "boolq":
        return {"question": text(rng, 3, 9), "passage": text(rng, 10, 40), "idx": i, "label": rng.randrange(2)}
    if task == "copa":
        return {"premise": text(rng, 3, 9, ". "), "choice1": text(rng, 2, 6), "choice2": text(rng, 2, 6), "question": rng.choice(["cause", "effect"]),
                "idx": i, "label": rng.randrange(2)}
    if task == "social_iqa":
        return {"context": text(rng, 5, 15, "."), "question": text(rng, 3, 8, "?"), "answerA": text(rng, 1, 5), "answerB": text(rng, 1, 5),
                "answerC": text(rng, 1, 5), "label": rng.choice(["1", "2", "3"])}
    if task == "truthfulqa_mc1":
        choices = [text(rng, 2, 8, ".") for _ in range(2 + i % 4)]
        return {"question": text(rng, 3, 9, "?"), "mc1_targets": {"choices": choices, "labels": [1] + [0] * (len(choices) - 1)}}
    if task == "mmlu_abstract_algebra":
        return {"question": blank + text(rng, 3, 12) + blank, "subject": "abstract_algebra", "choices": [text(rng, 1, 5) for _ in range(4)], "answer": rng.randrange(4)}
    if task == "contexts":
        return {"sentence": f"{text(rng, 2, 6)} _ {text(rng, 2, 6)}", "option1": text(rng, 1, 2), "option2": text(rng, 1, 2), "answer": str(1 + i % 2)}
    return {"text": text(rng, 8, 30) if i != 3 else "  " + text(rng, 200, 300, "\n\n")}


# task file: the maker of its records
MAKERS = {"rolling_lambada": "lambada_openai", "few_shots": "mmlu_abstract_algebra", "fixed_samples": "sciq"}


def copy_files() -> list[str]:
    shutil.rmtree(HERE / "tasks", ignore_errors=True)
    (HERE / "tasks").mkdir()
    for task, files in HARNESS.items():
        for place, name in enumerate(files):
            target = f"{task}.yaml" if place == 0 else pathlib.Path(name).name
            if task == "arc_challenge":
                target = "arc_challenge.yaml"
            (HERE / "tasks" / target).write_text(LICENCE + (TASKS / name).read_text(encoding="utf-8"), encoding="utf-8")
    for task, content in OWN.items():
        (HERE / "tasks" / f"{task}.yaml").write_text(content, encoding="utf-8")
    return [*HARNESS, *OWN]


def data_file(config: dict, split: str) -> pathlib.Path:
    folder = HERE / "data" / pathlib.Path(config["dataset_path"]).name / (config.get("dataset_name") or "")
    return folder / f"{split}.jsonl"


def write_data(task: str, config: dict) -> None:
    splits = {config.get("test_split") or config["validation_split"]} | ({config["fewshot_split"]} if config.get("fewshot_split") else set())
    for split in sorted(splits):
        path = data_file(config, split)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        maker = MAKERS.get(task, task)
        rng = random.Random(f"{maker} {split}")
        rows = [records(maker, rng, i) for i in range(DOCS)]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def prompts(task: str) -> dict:
    config = load_yaml(HERE / "tasks" / f"{task}.yaml")
    write_data(task, config)
    # The harness opens every split; those that are not used have other records than the ones that are scored.
    other = datasets.Dataset.from_list([{"unused": "x"}])
    splits = [config.get(key) for key in ("training_split", "test_split", "validation_split", "fewshot_split")]
    data = datasets.DatasetDict({split: datasets.load_dataset("json", data_files=str(data_file(config, split)), split="train")
                                 if data_file(config, split).exists() else other for split in splits if split})
    original, datasets.load_dataset = datasets.load_dataset, lambda **_: data
    config.pop("tag", None)
    config.pop("dataset_kwargs", None)
    instance = ConfigurableTask(config=config)
    datasets.load_dataset = original
    if instance.config.num_fewshot is None:
        instance.set_config(key="num_fewshot", value=0)
    if hasattr(instance, "sampler"):
        instance.set_fewshot_seed(seed=1234)
    instance.build_all_requests()
    docs = {}
    for request in instance.instances:
        docs.setdefault(request.doc_id, []).append(list(request.args))
    golds = []
    for doc in instance.eval_docs:
        gold = instance.doc_to_text(doc) if instance.multiple_input else instance.doc_to_target(doc)
        golds.append(gold if config["output_type"] == "multiple_choice" else None)
    return {"task": task, "output_type": config["output_type"], "metrics": list(instance._metric_fn_list), "docs": [docs[i] for i in sorted(docs)], "gold": golds}


def main() -> None:
    shutil.rmtree(HERE / "data", ignore_errors=True)
    goldens = [prompts(task) for task in copy_files()]
    for golden in goldens:
        print(golden["task"], len(golden["docs"]), golden["gold"], golden["metrics"])
    (HERE / "prompts.json.gz").write_bytes(gzip.compress(json.dumps(goldens).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
