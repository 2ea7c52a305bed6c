"""Oracles: small models with random weights, and the outputs of the authors' released code for them
(tests/testdata/README.md)."""

import json
import sys
from pathlib import Path

import torch
import yaml
from safetensors.torch import load_file

import plain_torch

NAMES = {
    "attn_norm": "attention_norm",
    "att_proj": "qkv",
    "attn_out": "attention_out",
    "ff_norm": "ffn_norm",
    "ff_proj": "ffn_in",
    "ff_out": "ffn_out",
    "expert_gate": "router",
    "depth_predictor": "loop_head",
}
TOLERANCE = 1e-4


def our_name(name: str) -> str:
    parts = name.removeprefix("transformer.").split(".")
    if parts[0] == "blocks":
        return f"layers.{parts[1]}.{NAMES[parts[2]]}.{parts[3]}"
    return {"wte": "embedding", "ln_f": "final_norm", "ff_out": "head"}[parts[0]] + "." + parts[1]


def load_state(folder: Path) -> dict:
    state = load_file(folder / "checkpoint/model.safetensors")
    if "transformer.blocks.0.att_proj.weight" not in state:
        sys.exit(f"{folder}: only blocks with one att_proj are read here")
    return {our_name(name): value for name, value in state.items()}


def load_config(folder: Path, state: dict) -> dict:
    olmo = yaml.safe_load((folder / "checkpoint/config.yaml").read_text())["model"]
    meta_file = folder / "meta.json"
    hidden = state["layers.0.ffn_out.weight"].shape[1]
    config = {
        "d_model": olmo["d_model"],
        "n_layers": olmo["n_layers"],
        "n_heads": olmo["n_heads"],
        "n_kv_heads": olmo["n_heads"],
        "head_size": olmo["d_model"] // olmo["n_heads"],
        "ffn_hidden_size": hidden,
        "vocab_size": state["embedding.weight"].shape[0],
        "rope_theta": float(olmo["rope_theta"]),
        "norm_epsilon": float(olmo["layer_norm_eps"]),
        "tied_head": False,
        "ffn": "dense",
    }
    if "layers.0.router.weight" in state:
        experts = state["layers.0.router.weight"].shape[0]
        config |= {
            "ffn": "versatile",
            "n_experts": experts,
            "top_k": json.loads(meta_file.read_text())["active_experts"],
            "expert_hidden_size": hidden // experts,
            "max_loops": state["layers.0.loop_head.weight"].shape[0],
        }
    return config


def real_tokens(oracle: dict) -> torch.Tensor:
    """[B, T]: true for tokens, false for padding."""
    return torch.arange(oracle["input_ids"].shape[1]) < oracle["lengths"].unsqueeze(1)


def check(folder: Path) -> None:
    """Compares logits and loop counts of plain_torch.py with the oracle's; exits with an error if they differ."""
    state = load_state(folder)
    config = load_config(folder, state)
    model = plain_torch.build(config, state)
    oracle = load_file(folder / "eval.safetensors")
    with torch.inference_mode():
        logits = model(oracle["input_ids"])
    real = real_tokens(oracle)
    difference = (logits - oracle["logits"])[real].abs().max().item()
    wrong = 0
    for i, layer in enumerate(model.layers):
        if config["ffn"] == "versatile":
            wrong += int((layer.loops != oracle[f"layer.{i}.loop_count"])[real].sum())
    print(f"{folder.name}: {int(real.sum())} tokens, logits within {difference:.1e}, {wrong} loop counts differ")
    if wrong or difference > TOLERANCE:
        sys.exit(f"{folder}: differs from the release")

    forced = folder / "forced_loops.safetensors"
    if forced.exists():
        check_k_loop(config, state, load_file(forced))


def check_k_loop(config: dict, state: dict, forced: dict) -> None:
    """Checks that a VersatileFFN in which every token takes all loops equals the k-Loop model."""
    loops = config["max_loops"]
    dense = {name: value for name, value in state.items() if "router" not in name and "loop_head" not in name}
    model = plain_torch.build(config | {"ffn": "k_loop"}, dense)
    with torch.inference_mode():
        difference = (model(forced["input_ids"]) - forced[f"logits.loops{loops}"]).abs().max().item()
    print(f"  as k-Loop, k = {loops}: logits within {difference:.1e}")
    if difference > TOLERANCE:
        sys.exit("differs from the release")
