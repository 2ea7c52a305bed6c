"""Rotary frequencies of transformers 5.24.0 (modeling_rope_utils): make_ropes.py > ropes.json

Each case has the fields of our configuration, and inv_freq (float32) and attention_scaling of transformers; with longrope
also the frequencies of long sequences.
"""
import json

import torch
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding


def factors(n, first, last):
    return [round(first + (last - first) * j / n, 3) for j in range(n)]


CASES = [
    dict(name="default", theta=10000.0, size=64, length=2048),
    dict(name="odd_default", theta=75.3, size=10, length=64),
    dict(name="linear", theta=10000.0, size=32, length=2048, scaling=dict(rope_type="linear", factor=3.0)),
    dict(name="dynamic", theta=10000.0, size=32, length=2048, scaling=dict(rope_type="dynamic", factor=4.0)),
    dict(name="llama3", theta=500000.0, size=128, length=131072,
         scaling=dict(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                      original_max_position_embeddings=8192)),
    dict(name="llama3_small", theta=10000.0, size=20, length=512,
         scaling=dict(rope_type="llama3", factor=32.0, low_freq_factor=1.5, high_freq_factor=3.0,
                      original_max_position_embeddings=100)),
    dict(name="yarn", theta=1000000.0, size=128, length=131072,
         scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=32768)),
    dict(name="yarn_not_truncated", theta=150000.0, size=64, length=131072,
         scaling=dict(rope_type="yarn", factor=32.0, original_max_position_embeddings=4096, beta_fast=32.0,
                      beta_slow=1.0, truncate=False)),
    dict(name="yarn_betas", theta=10000.0, size=16, length=400,
         scaling=dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=100, beta_fast=20.0,
                      beta_slow=2.0, attention_factor=1.3)),
    dict(name="longrope", theta=10000.0, size=16, length=400,
         scaling=dict(rope_type="longrope", original_max_position_embeddings=100, factor=4.0,
                      short_factor=factors(8, 1.0, 2.1), long_factor=factors(8, 1.05, 33.3))),
]


def main():
    cases = []
    for case in CASES:
        scaling = dict(case.get("scaling", {"rope_type": "default"}))
        config = LlamaConfig(hidden_size=2 * case["size"], num_attention_heads=2, head_dim=case["size"],
                             max_position_embeddings=case["length"],
                             rope_parameters=dict(scaling, rope_theta=case["theta"]))
        rope = LlamaRotaryEmbedding(config)
        golden = dict(case, inv_freq=rope.inv_freq.tolist(), attention_scaling=float(rope.attention_scaling))
        if scaling["rope_type"] == "longrope":
            long, _ = ROPE_INIT_FUNCTIONS["longrope"](config, "cpu",
                                                      seq_len=scaling["original_max_position_embeddings"] + 1)
            golden["long_inv_freq"] = long.tolist()
        cases.append(golden)
    print(json.dumps(cases, separators=(",", ":")).replace('},{"name"', '},\n{"name"'))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
