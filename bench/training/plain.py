#!/usr/bin/env python3
"""Trains a model in plain PyTorch (eager), as one would write it: the peer that run.py compares with `vffn train`.

The models are those of ../adaptive/plain_torch.py. Here VersatileFFN trains as in the authors' release: every token runs
all loops and the width branch; the loop count is drawn with straight-through Gumbel softmax. Linear layers run in
bfloat16 under torch.autocast or in float32, attention is scaled_dot_product_attention(is_causal=True), the loss is
cross_entropy on the logits of all positions divided by B T, then clip_grad_norm_ and fused AdamW. Prints one line of
JSON. `--check FOLDER` compares losses and gradients with those recorded from the release instead.
"""

import argparse
import contextlib
import json
import resource
import statistics
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "adaptive"))
import plain_torch  # noqa: E402


class MaskedWidth:
    """A width branch or MoE that computes all experts for all tokens and weights the hidden units. It has N/k times the
    arithmetic of computing each expert for its own tokens, but gathers nothing."""

    def mix_experts(self, x, normalised, weight_in, weight_out, residual: bool):
        indices, weights = self.route(self.router(x))
        shares = torch.zeros(len(x), self.experts, dtype=weights.dtype).scatter(1, indices, weights)
        used = self.experts * self.slice
        up, gate = F.linear(normalised, weight_in).chunk(2, dim=-1)
        hidden = (F.silu(gate) * up)[:, :used] * shares.repeat_interleave(self.slice, dim=1)
        y = F.linear(hidden, weight_out[:, :used]).to(x.dtype)
        return x + y if residual else y


class VersatileLayer(plain_torch.VersatileLayer):
    """VersatileFFN in training, as released (straight-through; Eq. 10 to 13)."""

    tau = 5.0
    noise = None  # [B, T, L], instead of drawn noise

    def draw(self, logits):
        """One-hot loop counts with the gradient of the softmax, [B, T, L]."""
        if self.noise is None:
            return F.gumbel_softmax(logits, self.tau, hard=True)
        soft = ((logits + self.noise) / self.tau).softmax(dim=-1)
        hard = torch.zeros_like(soft).scatter(-1, soft.argmax(dim=-1, keepdim=True), 1.0)
        return hard - soft.detach() + soft

    def feed_forward(self, h):
        loops = self.draw(self.loop_head(h))
        states, state = [], h
        for _ in range(self.max_loops):
            state = self.dense_ffn(state)
            states.append(state)
        depth = (torch.stack(states, dim=2) * loops.unsqueeze(-1)).sum(dim=2)
        expected = (loops * torch.arange(1, self.max_loops + 1)).sum(dim=-1, keepdim=True)
        weight = (self.max_loops - expected) / self.max_loops
        width = self.width(h.flatten(0, 1)).view_as(h)
        return depth * (1 - weight) + width * weight


class MaskedVersatileLayer(MaskedWidth, VersatileLayer):
    pass


class MaskedMoeLayer(MaskedWidth, plain_torch.MoeLayer):
    pass


LAYERS = {
    "experts": {**plain_torch.LAYERS, "versatile": VersatileLayer},
    "masked": {**plain_torch.LAYERS, "versatile": MaskedVersatileLayer, "moe": MaskedMoeLayer},
}


def build(config: dict, state: dict, width: str) -> plain_torch.Transformer:
    model = plain_torch.Transformer(config, LAYERS[width][config["ffn"]])
    model.load_state_dict(state)
    return model


def loss_of(model: plain_torch.Transformer, ids: torch.Tensor) -> torch.Tensor:
    """Sum of cross entropies / (B T), as OLMo divides it. The last position of a sequence has no label."""
    logits = model(ids)[:, :-1].float()
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="sum") / ids.numel()


def make_optimizer(model: plain_torch.Transformer) -> torch.optim.Optimizer:
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=5e-4, betas=(0.9, 0.95), eps=1e-8, fused=True)


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Trainer:
    def __init__(self, options):
        config = json.loads((options.model / "model.json").read_text())
        self.model = build(config, load_file(options.model / "model.safetensors"), options.width)
        self.optimizer = make_optimizer(self.model)
        self.bfloat16 = options.dtype == "bfloat16"
        tokens = torch.from_file(str(options.tokens), dtype=torch.uint16, size=options.tokens.stat().st_size // 2)
        self.tokens = tokens.to(torch.long)[: options.steps * options.batch * options.length]
        self.tokens = self.tokens.view(options.steps, options.batch, options.length)
        self.micro_batch = options.micro_batch or options.batch

    def step(self, index: int) -> float:
        self.optimizer.zero_grad(set_to_none=True)
        parts = self.tokens[index].split(self.micro_batch)
        loss = 0.0
        for ids in parts:
            autocast = torch.autocast("cpu", dtype=torch.bfloat16) if self.bfloat16 else contextlib.nullcontext()
            with autocast:
                part_loss = loss_of(self.model, ids) / len(parts)
            part_loss.backward()
            loss += part_loss.item()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return loss


def run(options) -> dict:
    trainer = Trainer(options)
    losses, seconds = [], []
    for index in range(options.steps):
        counter = FlopCounterMode(display=False) if index == 0 else contextlib.nullcontext()
        start = time.perf_counter()
        with counter:
            losses.append(trainer.step(index))
        seconds.append(time.perf_counter() - start)
        if index == 0:
            flops = counter.get_total_flops()
    return {
        "seconds": statistics.median(seconds[options.warmup :]),
        "flops": flops,
        "peak_bytes": peak_bytes(),
        "losses": losses,
    }


def check(folder: Path, width: str) -> None:
    """Compares with an oracle of the release (tests/testdata/README.md)."""
    import oracle

    state = oracle.load_state(folder)
    config = oracle.load_config(folder, state)
    model = build(config, state, width)
    forward = load_file(folder / "train_forward.safetensors")
    trace = json.loads((folder / "train_trace.json").read_text())["steps"][0]
    for i, layer in enumerate(model.layers):
        if config["ffn"] == "versatile":
            layer.tau, layer.noise = trace["tau"], forward[f"step1.layer.{i}.gumbel_noise"]
    loss = loss_of(model, forward["step1.input_ids"])
    loss.backward()
    own = {name: parameter.grad for name, parameter in model.named_parameters()}
    worst = 0.0
    for name, gradient in load_file(folder / "train_grads.safetensors").items():
        gradient = gradient.float()
        difference = own[oracle.our_name(name.removeprefix("grad."))] - gradient
        worst = max(worst, (difference.norm() / gradient.norm()).item())
    print(f"{folder.name}, {width}: loss {loss.item():.6f}, recorded {trace['loss']:.6f}; gradients within {worst:.1e}")
    if abs(loss.item() - trace["loss"]) > 1e-4 or worst > 1e-4:
        sys.exit(f"{folder}: differs from the release")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("--model", type=Path, help="folder with model.json and model.safetensors in vffn's layout")
    parser.add_argument("--tokens", type=Path, help="token ids, little-endian uint16")
    parser.add_argument("--length", type=int, default=512, help="tokens of a sequence")
    parser.add_argument("--batch", type=int, default=8, help="sequences of a step")
    parser.add_argument("--micro-batch", type=int, default=0, help="sequences of a forward pass; 0: the batch")
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--warmup", type=int, default=2, help="steps that are not timed")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="bfloat16")
    parser.add_argument("--width", choices=tuple(LAYERS), default="experts", help="how experts are computed")
    parser.add_argument("--threads", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    for folder in options.check:
        for width in LAYERS:
            check(folder, width)
    if not options.check:
        print(json.dumps(run(options)))


if __name__ == "__main__":
    main()
