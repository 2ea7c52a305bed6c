#!/usr/bin/env python3
"""Full-size models with random weights, in vffn's layout, from the configurations in configs/.

    make_model.py [NAME ...]        NAME of configs/NAME.json; all twelve by default

Weights depend only on the seed and the tensor's name, so that all models of a scale share the dense weights. Routers
and loop heads are calibrated on the first ARC-challenge documents: in every layer, the loop counts have the shares in
LOOP_SHARES, and every expert has the same mean logit. Router and loop head read the residual stream without
normalisation and have no bias. Channel 0 of the stream replaces the bias: the embedding sets it to 1, and no layer
writes to it.
"""

import argparse
import json
import os
import shutil
import sys
import time
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file

import plain_torch

ROOT = Path(__file__).resolve().parent.parent.parent

# Shares of tokens with 1, 2, 3, 4 loops, by d_model. With these N_mean (3.10 and 2.90) and P (0.698 and 0.580) the
# paper's formula gives the FFN FLOPs of its Table 2, 1236.08 M and 2586.4 M a token.
LOOP_SHARES = {1024: (0.050, 0.102, 0.546, 0.302), 1536: (0.130, 0.260, 0.190, 0.420)}
NAMES = [f"{scale}-{kind}" for scale in ("354m", "720m") for kind in ("base", "2-loop", "4-loop", "6-loop", "moe", "versatile")]
FFN_GAIN = 0.5  # an FFN adds about 0.3 to a stream of 1, so that the stream stays small through 15 layers of 6 loops


def shapes(config: dict) -> dict:
    """Name -> shape of every parameter."""
    with torch.device("meta"):
        model = plain_torch.Transformer(config)
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def draw(name: str, shape: tuple, seed: int) -> torch.Tensor:
    if "norm" in name:
        return torch.ones(shape)
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()) + (seed << 32))
    values = torch.randn(shape, generator=generator)
    if name == "embedding.weight":
        values[:, 0] = 1
        return values
    writes_to_stream = "_out" in name
    values *= (FFN_GAIN if writes_to_stream and "attention" not in name else 1) / shape[1] ** 0.5
    if writes_to_stream:
        values[0] = 0
    elif "router" in name or "loop_head" in name:
        values[:, 0] = 0
    return values


def biases_for(logits: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    """Biases for logits [tokens, L] that make the l-th logit the largest for the given share of the tokens."""
    biases = -logits.mean(dim=0)
    for step in range(2000):
        found = (logits + biases).argmax(dim=1).bincount(minlength=len(shares)) / len(logits)
        biases += 0.5 * 0.998**step * (shares.log() - found.clamp(min=0.2 / len(logits)).log())
    return biases


def set_heads(layer, tokens: torch.Tensor, shares) -> None:
    """Scales the logits over `tokens` [tokens, d] to a standard deviation of 1 and the given means."""
    heads = [layer.router] if hasattr(layer, "router") else []
    heads += [layer.loop_head] if hasattr(layer, "loop_head") else []
    for head in heads:
        head.weight /= head(tokens).std(dim=0).mean()
        logits = head(tokens)
        is_loop_head = head is not heads[0]
        biases = biases_for(logits, torch.tensor(shares)) if is_loop_head else -logits.mean(dim=0)
        head.weight[:, 0] = biases


def calibrate(model: plain_torch.Transformer, docs: list) -> list:
    """Calibrates the heads layer by layer, on one choice of each doc. Returns the loop histogram of every layer."""
    sequences = [doc[0][0] + doc[0][1] for doc in docs]
    length = max(map(len, sequences))
    ids = torch.tensor([sequence + [0] * (length - len(sequence)) for sequence in sequences])
    real = torch.arange(length) < torch.tensor([len(sequence) for sequence in sequences]).unsqueeze(1)
    x = model.embedding(ids)
    rotary = model.rotary(length)
    histograms = []
    for layer in model.layers:
        h = x + layer.attention(layer.attention_norm(x), *rotary)
        set_heads(layer, h[real], LOOP_SHARES[model.config["d_model"]])
        x = layer.feed_forward(h)
        if hasattr(layer, "loop_head"):
            histograms.append(layer.loops[real].bincount(minlength=layer.max_loops + 1)[1:])
    if not x.isfinite().all():
        sys.exit("make_model.py: activations are not finite")
    return histograms


def describe(config: dict, histograms: list) -> None:
    if not histograms:
        return
    shares = torch.stack(histograms) / histograms[0].sum()
    loops = torch.arange(1, config["max_loops"] + 1)
    for i, row in enumerate(shares):
        print(f"  layer {i:2}: {' '.join(f'{share:.3f}' for share in row)}, mean {(row * loops).sum():.3f}")
    mean, active = (shares * loops).sum(dim=1).mean(), 1 - shares[:, -1].mean()
    print(f"  all layers: N_mean {mean:.3f}, P {active:.3f}")


def calibration_docs(options) -> list:
    if options.tokens:
        return json.loads(options.tokens.read_text())[: options.docs]
    import arc_challenge

    return arc_challenge.load(options.data, options.docs)


def make(name: str, options) -> None:
    config = json.loads((options.configs / f"{name}.json").read_text())
    output = options.output / name
    if (output / "model.json").exists():
        return
    start = time.perf_counter()
    partial = options.output / f"{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    base = options.output / f"{name.split('-')[0]}-base/model.safetensors"
    if config["ffn"] == "k_loop" and base.exists():
        os.link(base, partial / "model.safetensors")  # the dense model's weights, unchanged
    else:
        state = {parameter: draw(parameter, shape, options.seed) for parameter, shape in shapes(config).items()}
        model = plain_torch.build(config, state)
        if config["ffn"] in ("moe", "versatile"):
            with torch.inference_mode():
                describe(config, calibrate(model, calibration_docs(options)))
        save_file(state, partial / "model.safetensors")
    shutil.copy(options.configs / f"{name}.json", partial / "model.json")
    partial.rename(output)
    print(f"{output}: {time.perf_counter() - start:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    parser.add_argument("--configs", type=Path, default=ROOT / "configs")
    parser.add_argument("--output", type=Path, default=ROOT / ".setup/adaptive", help="folder for the models' folders")
    parser.add_argument("--data", type=Path, default=ROOT / ".setup/data")
    parser.add_argument("--tokens", type=Path, help="the documents' token ids as JSON, as arc_challenge.load returns them")
    parser.add_argument("--docs", type=int, default=24, help="documents for the calibration of routers and loop heads (24)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in options.names:
        make(name, options)


if __name__ == "__main__":
    main()
