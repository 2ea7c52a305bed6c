"""The tokenizers of the comparison: one tiny model with files beside the weights that say different things about special
tokens. Each folder is the model's own with some files changed."""

import json
import pathlib
import shutil

BOS, EOS = ("<|bos|>", 1), ("<|endoftext|>", 0)
TEXT = {"Sequence": {"id": "A", "type_id": 0}}


def special(token: tuple[str, int]) -> dict:
    return {"SpecialToken": {"id": token[0], "type_id": 0}}


def template(before: list, after: list) -> dict:
    single = [special(token) for token in before] + [TEXT] + [special(token) for token in after]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": single + [{"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {t[0]: {"id": t[0], "ids": [t[1]], "tokens": [t[0]]} for t in before + after},
    }


def sequence(*processors: dict) -> dict:
    return {"type": "Sequence", "processors": list(processors)}


BYTES = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}
NAMED = {"bos_token": BOS[0], "eos_token": EOS[0]}

# name: (post_processor, tokenizer_config.json, special_tokens_map.json or None, changes of config.json)
VARIANTS = {
    "plain": (None, NAMED, None, {}),
    "bos": (sequence(BYTES, template([BOS], [])), NAMED, None, {}),
    "bos_eos": (template([BOS], [EOS]), NAMED, None, {}),
    "roberta": (
        {"type": "RobertaProcessing", "sep": list(EOS), "cls": list(BOS), "trim_offsets": True, "add_prefix_space": False},
        {},
        {"bos_token": {"content": BOS[0], "lstrip": False, "normalized": False, "rstrip": False}, "eos_token": EOS[0]},
        {"bos_token_id": None},
    ),
    "no_bos": (BYTES, {"bos_token": None, "eos_token": EOS[0]}, None, {"eos_token_id": [0, 5]}),
}


def write(model: pathlib.Path, variant: str, folder: pathlib.Path) -> pathlib.Path:
    """A folder of the variant's files; returns it."""
    post_processor, tokenizer_config, token_map, changes = VARIANTS[variant]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model / "model.safetensors", folder / "model.safetensors")
    tokenizer = json.loads((model / "tokenizer.json").read_text())
    tokenizer["post_processor"] = post_processor
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    config = json.loads((model / "config.json").read_text()) | changes
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer_config = {"tokenizer_class": "PreTrainedTokenizerFast"} | tokenizer_config
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    if token_map is not None:
        (folder / "special_tokens_map.json").write_text(json.dumps(token_map))
    return folder
