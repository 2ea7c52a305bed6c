#!/usr/bin/env python3
"""Writes what both programs of run.py start from: a model with OLMo's initial weights, and random tokens."""

import argparse
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "adaptive"))
import plain_torch  # noqa: E402


def initial_weights(config: dict) -> dict:
    """Truncated normal with standard deviation 0.02, cut at three of them; norms 1."""
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in plain_torch.Transformer(config).state_dict().items()}
    state = {}
    for name, shape in shapes.items():
        state[name] = torch.ones(shape)
        if len(shape) > 1:
            nn.init.trunc_normal_(state[name], std=0.02, a=-0.06, b=0.06)
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder to write")
    parser.add_argument("--config", type=json.loads, required=True, help="model.json, as text")
    parser.add_argument("--tokens", type=Path, required=True, help="file to write, little-endian uint16")
    parser.add_argument("--count", type=int, required=True, help="number of tokens")
    options = parser.parse_args()
    torch.manual_seed(1)
    options.model.mkdir(parents=True)
    save_file(initial_weights(options.config), options.model / "model.safetensors")
    (options.model / "model.json").write_text(json.dumps(options.config, indent=2))
    torch.randint(options.config["vocab_size"], (options.count,)).to(torch.uint16).numpy().tofile(options.tokens)


if __name__ == "__main__":
    main()
