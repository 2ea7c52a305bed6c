"""Writes ../architecture_defaults.json: for each family the config.json of its configuration class with all defaults.

    python make_defaults.py

Made with transformers 5.24.0. Keys that change no arithmetic are left out.
"""

import json
import pathlib

from transformers import AutoConfig

import cases
from make_goldens import NOISE

UNUSED = NOISE | {"attention_dropout", "output_hidden_states", "return_dict", "chunk_size_feed_forward", "id2label", "label2id",
                  "problem_type", "output_attentions", "architectures", "_name_or_path"}


def main():
    defaults = {}
    for family in cases.CASES:
        saved = AutoConfig.for_model(family).to_dict()
        saved = json.loads(json.dumps(saved, default=str))
        if "text_config" in saved:
            saved["text_config"] = {k: v for k, v in saved["text_config"].items() if k not in UNUSED}
        defaults[family] = {k: v for k, v in saved.items() if k not in UNUSED and not k.startswith("summary_")}
    lines = [f"{json.dumps(family)}: {json.dumps(config)}" for family, config in defaults.items()]
    path = pathlib.Path(__file__).parent.parent / "architecture_defaults.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
