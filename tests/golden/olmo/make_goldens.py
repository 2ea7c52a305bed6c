"""Writes logits.json beside this script: models in OLMo's own layout, and the logits that OLMo computes from them.

    python make_goldens.py

Made with ai2-olmo 0.6.0 and torch 2.13.0, on a CPU. The weights follow from the names of the tensors (weights.py in
../architectures). For each case the file holds

    yaml      the section `model` of config.yaml
    tensors   name: shape
    rows      sequence and position of each row of logits; the sequences are those of ../architectures
    float32   the logits, row by row
"""

import json
import pathlib
import sys

import torch
from olmo.config import ModelConfig
from olmo.model import OLMo

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "architectures"))
import weights  # noqa: E402

BASE = {"d_model": 32, "n_heads": 4, "n_layers": 3, "mlp_hidden_size": 80, "activation_type": "swiglu", "block_type": "sequential",
        "rope": True, "layer_norm_type": "rms", "include_bias": False, "bias_for_layer_norm": False, "weight_tying": False,
        "max_sequence_length": 64, "vocab_size": 61, "embedding_size": 64, "layer_norm_eps": 1e-5,
        "attention_dropout": 0.0, "residual_dropout": 0.0, "embedding_dropout": 0.0, "init_device": "cpu"}
OLMO1 = {**BASE, "layer_norm_type": "default", "layer_norm_with_affine": False}
CASES = {
    "olmo1": OLMO1,
    "olmo1_clip_tied": {**OLMO1, "clip_qkv": 1.5, "weight_tying": True, "n_kv_heads": 2},
    "olmo1_llama_block": {**OLMO1, "block_type": "llama", "clip_qkv": 1.5, "rope_full_precision": False},
    "olmo2": {**BASE, "norm_after": True, "attention_layer_norm": True, "n_kv_heads": 2, "rope_theta": 500000},
    "olmo2_plain_qk_norms": {**BASE, "norm_after": True, "attention_layer_norm": True, "attention_layer_norm_with_affine": False},
    "qk_norms_only": {**OLMO1, "attention_layer_norm": True, "bias_for_layer_norm": True, "multi_query_attention": True},
    "low_precision_norms_with_biases": {**BASE, "layer_norm_type": "low_precision", "bias_for_layer_norm": True,
                                        "attention_layer_norm": True},
    "gelu_biases_learned": {**BASE, "activation_type": "gelu", "include_bias": True, "layer_norm_type": "default",
                            "bias_for_layer_norm": None, "rope": False, "scale_logits": True},
    "relu": {**BASE, "activation_type": "relu", "include_bias": True, "weight_tying": True},
}
ROWS = [[0, 0], [0, 17], [0, 39], [1, 11], [2, 2]]


def sequences():
    def draw(name, length):
        return [int(58 * (u + 1) / 2) for u in weights.uniform(name, length)]
    return [draw("a", 40), draw("b", 12), draw("c", 3)]


def yaml_of(case):
    def text(value):
        if value is None:
            return "null"
        return str(value).lower() if isinstance(value, bool) else f"{value:.6f}" if isinstance(value, float) else str(value)
    return "model:\n" + "".join(f"  {name}: {text(value)}\n" for name, value in case.items())


def golden(case):
    model = OLMo(ModelConfig(**case)).eval()
    tensors = {name: list(p.shape) for name, p in model.named_parameters()}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(weights.tensor(name, list(parameter.shape))))
        logits = [model(torch.tensor([ids])).logits[0] for ids in sequences()]
    return {"yaml": yaml_of(case), "tensors": tensors, "rows": ROWS,
            "float32": [[float(f"{x:.7g}") for x in logits[s][p].tolist()] for s, p in ROWS]}


def main():
    lines = []
    for name, case in CASES.items():
        fields = [f"  {json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in golden(case).items()]
        lines.append(f"{json.dumps(name)}: {{\n" + ",\n".join(fields) + "}")
    head = '{"versions": {"torch": "' + torch.__version__.split("+")[0] + '", "ai2-olmo": "0.6.0"},\n"sequences": '
    (HERE / "logits.json").write_text(head + json.dumps(sequences()) + ',\n"cases": {\n' + ",\n".join(lines) + "}}\n")


if __name__ == "__main__":
    main()
