#!/usr/bin/env python3
"""Measures the effect of the paper's definitions where the released code differs (docs/divergences.md).

    readings.py FOLDER ...      oracles of VersatileFFN models (tests/testdata/oracles)

Prints Markdown tables. The models are small and their weights random, so the effects on a trained model will differ. The
last column at inference is the largest difference between vffn's logits and those computed here.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

import arc_challenge
import oracle
import plain_torch

RELEASE = {"gate": "release", "expert_slices": "release", "expected_loops": "release", "loop_mixture": "release"}


class ReadingLayer(plain_torch.VersatileLayer):
    """VersatileFFN with the options of model/ffn/ffn_config.h, under the same names. With `noise` [B, T, L], it trains."""

    def __init__(self, config: dict):
        super().__init__(config)
        self.noise = self.weight = None  # weight: lambda of the latest batch, [B, T]
        self.gate_sums = []

    def expert_begin(self, expert: int) -> int:
        if self.config["expert_slices"] == "release":
            return super().expert_begin(expert)
        return expert * ((self.config["ffn_hidden_size"] - self.slice) // (self.experts - 1))  # Eq. 4

    def route(self, logits):
        indices, weights = super().route(logits)
        if self.config["gate"] == "paper":
            weights = logits.softmax(dim=-1).gather(-1, indices)
        self.gate_sums.append(weights.sum(dim=-1))
        return indices, weights

    def expectation(self, probabilities):
        return (probabilities * torch.arange(1, self.max_loops + 1)).sum(dim=-1)

    def predict(self, h):
        logits = self.loop_head(h)
        loops = logits.argmax(dim=-1) + 1
        expected = loops.float()
        if self.config["expected_loops"] == "paper":
            expected = self.expectation((logits / self.config.get("tau", 1.0)).softmax(dim=-1))
        self.weight = (self.max_loops - expected) / self.max_loops
        if "lambda" in self.config:
            self.weight = torch.full_like(self.weight, self.config["lambda"])
        return loops, self.weight

    def feed_forward(self, h):
        if self.noise is None:
            return super().feed_forward(h)
        soft = ((self.loop_head(h) + self.noise) / self.config["tau"]).softmax(dim=-1)  # Eq. 10
        hard = F.one_hot(soft.argmax(dim=-1), self.max_loops) - soft.detach() + soft
        mixture = soft if self.config["loop_mixture"] == "paper" else hard
        expected = self.expectation(soft if self.config["expected_loops"] == "paper" else hard)
        state, depth = h, 0
        for loop in range(self.max_loops):
            state = self.dense_ffn(state)
            depth = depth + mixture[..., loop, None] * state
        self.weight = (self.max_loops - expected) / self.max_loops
        weight = self.weight.unsqueeze(-1)
        return depth * (1 - weight) + self.width(h.flatten(0, 1)).view_as(h) * weight


def build(config: dict, state: dict, options: dict) -> plain_torch.Transformer:
    return plain_torch.build(config | RELEASE | options, state, ReadingLayer)


def without_last_unit(config: dict, state: dict) -> tuple:
    """The model with one hidden unit less, so that N does not divide F."""
    hidden = config["ffn_hidden_size"]
    smaller = {}
    for name, value in state.items():
        if "ffn_in" in name:
            value = torch.cat((value[: hidden - 1], value[hidden : 2 * hidden - 1]))
        smaller[name] = value[:, : hidden - 1] if "ffn_out" in name else value
    sizes = {"ffn_hidden_size": hidden - 1, "expert_hidden_size": (hidden - 1) // config["n_experts"]}
    return config | sizes, smaller


def infer(config: dict, state: dict, options: dict, data: dict) -> dict:
    """For all tokens except padding: logits [tokens, V] and, per layer, loop counts and lambda [tokens]."""
    model = build(config, state, options)
    real = oracle.real_tokens(data)
    with torch.inference_mode():
        logits = model(data["input_ids"])[real]
    return {
        "logits": logits,
        "loops": torch.stack([layer.loops[real] for layer in model.layers]),
        "lambda": torch.stack([layer.weight[real] for layer in model.layers]),
        "gate": torch.cat([torch.cat(layer.gate_sums) for layer in model.layers]) if options.get("lambda") != 0 else None,
    }


def run_vffn(vffn: Path, config: dict, state: dict, model_args: str, data: dict) -> torch.Tensor:
    """The same logits from vffn."""
    sequences = [row[:length].tolist() for row, length in zip(data["input_ids"], data["lengths"])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        longest = {"max_sequence_length": data["input_ids"].shape[1]}
        (folder / "model.json").write_text(json.dumps(config | longest))
        save_file({name: value.contiguous() for name, value in state.items()}, folder / "model.safetensors")
        (folder / "tokens.json").write_text(json.dumps({"sequences": sequences}))
        command = [vffn, "logits", "--model", folder, "--tokens", folder / "tokens.json", "--output", folder / "logits"]
        command += ["--model_args", model_args] if model_args else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return load_file(folder / "logits")["logits"][oracle.real_tokens(data)]


def compare(found: dict, release: dict) -> list:
    difference = found["logits"] - release["logits"]
    relative = difference.square().mean().sqrt() / release["logits"].std()
    top = (found["logits"].argmax(dim=-1) != release["logits"].argmax(dim=-1)).float().mean()
    loops = (found["loops"][1:] != release["loops"][1:]).float().mean()
    first = (found["lambda"][0] - release["lambda"][0]).abs().max()
    active = (found["lambda"] > plain_torch.WIDTH_THRESHOLD).float().mean()
    gate = f"{found['gate'].mean():.2f}" if found["gate"] is not None else "-"
    cells = [f"{difference.abs().max():.2g}", f"{relative:.0%}", f"{top:.0%}", f"{loops:.0%}"]
    return cells + [f"{first:.2f}", f"{found['lambda'].mean():.2f}", f"{active:.2f}", gate]


def inference_rows(folder: Path, vffn: Path) -> list:
    state = oracle.load_state(folder)
    config = oracle.load_config(folder, state)
    data = load_file(folder / "eval.safetensors")
    other_k = 2 if config["top_k"] == 1 else 1
    variants = {  # by the value of --model_args
        "": {},
        "gate=paper": {"gate": "paper"},
        "expert_slices=paper": {"expert_slices": "paper"},
        **{
            f"expected_loops=paper,tau={tau:g}": {"expected_loops": "paper", "tau": tau}
            for tau in (0.1, 1.0, 5.0)
        },
        "branches=width": {"lambda": 1.0},
        "branches=depth": {"lambda": 0.0},
        "lambda=0.5": {"lambda": 0.5},
        f"top_k={other_k}": {"top_k": other_k},
    }
    rows = []

    def add(config: dict, state: dict, names: list) -> None:
        release = infer(config, state, {}, data)
        for name in names:
            found = infer(config, state, variants[name], data)
            own = f"{(run_vffn(vffn, config, state, name, data) - found['logits']).abs().max():.0e}"
            label = [folder.name, str(config["ffn_hidden_size"]), name or "as released"]
            rows.append([*label, *compare(found, release), own])

    add(config, state, list(variants))
    add(*without_last_unit(config, state), ["", "expert_slices=paper"])
    return rows


def train(config: dict, state: dict, options: dict, data: dict) -> dict:
    """One forward and backward pass with the oracle's noise."""
    model = build(config, state, options)
    for i, layer in enumerate(model.layers):
        layer.noise = data[f"step1.layer.{i}.gumbel_noise"]
    heads = [layer.loop_head.weight.requires_grad_() for layer in model.layers]
    ids = data["step1.input_ids"]
    logits = model(ids)
    loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="sum") / ids.numel()
    gradient = torch.cat([gradient.flatten() for gradient in torch.autograd.grad(loss, heads)])
    weight = torch.stack([layer.weight.detach() for layer in model.layers])
    return {"logits": logits.detach(), "loss": loss.item(), "gradient": gradient, "lambda": weight}


def training_rows(folder: Path) -> list:
    state = oracle.load_state(folder)
    config = oracle.load_config(folder, state)
    data = load_file(folder / "train_forward.safetensors")
    rows = []
    for tau in (5.0, 0.1):
        release = train(config, state, {"tau": tau}, data)
        difference = (release["logits"] - data["logits"]).abs().max().item()  # the discrete choice, for every tau
        if difference > oracle.TOLERANCE:
            sys.exit(f"{folder}: training logits differ from the release's by {difference}")
        for label, options in {
            "release": {},
            "loop_mixture=paper": {"loop_mixture": "paper"},
            "expected_loops=paper": {"expected_loops": "paper"},
            "both": {"loop_mixture": "paper", "expected_loops": "paper"},
        }.items():
            found = train(config, state, options | {"tau": tau}, data)
            difference = found["logits"] - release["logits"]
            cosine = F.cosine_similarity(found["gradient"], release["gradient"], dim=0)
            cells = [folder.name, f"{tau:g}", label, f"{found['loss']:.4f}", f"{difference.abs().max():.2g}"]
            cells += [f"{difference.square().mean().sqrt() / release['logits'].std():.0%}"]
            cells += [f"{found['lambda'].mean():.2f} ± {found['lambda'].std():.2f}"]
            cells += [f"{found['gradient'].norm():.3f}", f"{cosine:.2f}"]
            rows.append(cells)
    return rows


def markdown(head: list, rows: list) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--vffn", type=Path, default=arc_challenge.ROOT / "build/vffn")
    options = parser.parse_args()
    head = ["inference", "F", "option", "logits, greatest", "rms / std", "other top-1", "other loop count"]
    head += ["lambda, layer 0, greatest", "lambda, mean", "P", "gate weights, sum", "vffn within"]
    rows = [row for folder in options.folders for row in inference_rows(folder, options.vffn)]
    print(markdown(head, rows), end="\n\n")
    head = ["training", "tau", "option", "loss", "logits, greatest", "rms / std", "lambda", "loop head gradient"]
    head += ["cosine with release's"]
    print(markdown(head, [row for folder in options.folders for row in training_rows(folder)]))


if __name__ == "__main__":
    main()
