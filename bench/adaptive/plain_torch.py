"""The models of vffn in plain PyTorch. They read vffn's checkpoint format (model/config.h).

VersatileFFN runs as in the authors' release: the whole batch runs to its largest loop count, and each token's state is
gathered afterwards. The width branch runs where its weight is not zero, expert by expert.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

WIDTH_THRESHOLD = 1e-6  # the release runs the width branch where lambda is larger


class RmsNorm(nn.Module):
    def __init__(self, size: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.epsilon = epsilon

    def forward(self, x):
        y = x.float()
        y = y * torch.rsqrt(y.square().mean(-1, keepdim=True) + self.epsilon)
        return y.to(x.dtype) * self.weight


def linear(inputs: int, outputs: int) -> nn.Linear:
    return nn.Linear(inputs, outputs, bias=False)


class DenseLayer(nn.Module):
    """A transformer block with a SwiGLU FFN."""

    def __init__(self, config: dict):
        super().__init__()
        d, hidden = config["d_model"], config["ffn_hidden_size"]
        self.config, self.heads, self.head_size = config, config["n_heads"], config["head_size"]
        self.attention_norm = RmsNorm(d, config["norm_epsilon"])
        self.qkv = linear(d, 3 * self.heads * self.head_size)
        self.attention_out = linear(self.heads * self.head_size, d)
        self.ffn_norm = RmsNorm(d, config["norm_epsilon"])
        self.ffn_in = linear(d, 2 * hidden)
        self.ffn_out = linear(hidden, d)

    def forward(self, x, rotary):
        return self.feed_forward(x + self.attention(self.attention_norm(x), *rotary))

    def attention(self, x, cos, sin):
        batch, length, _ = x.shape
        q, k, v = (
            part.view(batch, length, self.heads, self.head_size).transpose(1, 2)
            for part in self.qkv(x).chunk(3, dim=-1)
        )

        def rotate(t):
            first, second = t.float().chunk(2, dim=-1)
            return (t.float() * cos + torch.cat((-second, first), dim=-1) * sin).to(t.dtype)

        y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=True)
        return self.attention_out(y.transpose(1, 2).reshape(batch, length, -1))

    def dense_ffn(self, x):
        up, gate = self.ffn_in(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.ffn_out(F.silu(gate) * up)

    def feed_forward(self, h):
        return self.dense_ffn(h)


class KLoopLayer(DenseLayer):
    """Applies the same FFN k times."""

    def feed_forward(self, h):
        for _ in range(self.config["max_loops"]):
            h = self.dense_ffn(h)
        return h


class RoutedLayer(DenseLayer):
    """The common part of MoE and VersatileFFN: a router, and experts that are slices of one pair of weights."""

    def __init__(self, config: dict):
        super().__init__(config)
        self.experts, self.top_k, self.slice = config["n_experts"], config["top_k"], config["expert_hidden_size"]
        self.router = linear(config["d_model"], self.experts)

    def expert_begin(self, expert: int) -> int:
        return expert * self.slice

    def route(self, logits):
        """Indices and weights of the experts of each token, [tokens, k]."""
        best = logits.topk(self.top_k, dim=-1)
        return best.indices, best.values.softmax(dim=-1)

    def mix_experts(self, x, normalised, weight_in, weight_out, residual: bool):
        """sum_k g_k (E_k(normalised) [+ x]) of tokens [tokens, d]."""
        indices, weights = self.route(self.router(x))
        total = torch.zeros_like(x)
        hidden = weight_out.shape[1]
        for expert in range(self.experts):
            chosen = indices == expert  # [tokens, k]
            mask = chosen.any(dim=-1)
            if not mask.any():
                continue
            rows = slice(self.expert_begin(expert), self.expert_begin(expert) + self.slice)
            tokens = normalised[mask]
            up = F.linear(tokens, weight_in[rows])
            gate = F.linear(tokens, weight_in[hidden + rows.start : hidden + rows.stop])
            y = F.linear(F.silu(gate) * up, weight_out[:, rows]).to(x.dtype)
            weight = (weights * chosen).sum(dim=-1)[mask].unsqueeze(-1).to(x.dtype)
            total[mask] += weight * (x[mask] + y if residual else y)
        return total


class MoeLayer(RoutedLayer):
    """The dense FFN, plus experts with weights and a norm of their own."""

    def __init__(self, config: dict):
        super().__init__(config)
        d, hidden = config["d_model"], self.experts * self.slice
        self.experts_norm = RmsNorm(d, config["norm_epsilon"])
        self.experts_in = linear(d, 2 * hidden)
        self.experts_out = linear(hidden, d)

    def feed_forward(self, h):
        x = h.flatten(0, 1)
        y = self.mix_experts(x, self.experts_norm(x), self.experts_in.weight, self.experts_out.weight, residual=False)
        return self.dense_ffn(h) + y.view_as(h)


class VersatileLayer(RoutedLayer):
    """VersatileFFN (arXiv 2512.14531) at inference, as released."""

    def __init__(self, config: dict):
        super().__init__(config)
        self.max_loops = config["max_loops"]
        self.loop_head = linear(config["d_model"], self.max_loops)
        self.loops = None  # of the latest batch, [B, T]

    def width(self, x):
        return self.mix_experts(x, self.ffn_norm(x), self.ffn_in.weight, self.ffn_out.weight, residual=True)

    def predict(self, h):
        """Loop counts and lambda, [B, T]."""
        loops = self.loop_head(h).argmax(dim=-1) + 1
        return loops, (self.max_loops - loops.float()) / self.max_loops

    def feed_forward(self, h):
        loops, weight = self.predict(h)
        self.loops = loops
        states, state = [], h
        for _ in range(int(loops.max())):
            state = self.dense_ffn(state)
            states.append(state)
        pick = (loops - 1)[None, ..., None].expand(1, *h.shape)
        depth = torch.stack(states).gather(0, pick).squeeze(0)
        active = weight > WIDTH_THRESHOLD
        width = torch.zeros_like(h)
        if active.any():
            width[active] = self.width(h[active])
        weight = weight.unsqueeze(-1)
        return depth * (1 - weight) + width * weight


LAYERS = {"dense": DenseLayer, "k_loop": KLoopLayer, "moe": MoeLayer, "versatile": VersatileLayer}


class Transformer(nn.Module):
    def __init__(self, config: dict, layer_class=None):
        super().__init__()
        if config["n_kv_heads"] != config["n_heads"] or config["tied_head"]:
            sys.exit("plain_torch.py: only for untied heads and as many key as query heads")
        d = config["d_model"]
        self.config = config
        self.embedding = nn.Embedding(config["vocab_size"], d)
        layer_class = layer_class or LAYERS[config["ffn"]]
        self.layers = nn.ModuleList(layer_class(config) for _ in range(config["n_layers"]))
        self.final_norm = RmsNorm(d, config["norm_epsilon"])
        self.head = linear(d, config["vocab_size"])

    def rotary(self, length: int):
        """cos and sin, [length, head_size]: half-split pairs."""
        size = self.config["head_size"]
        frequency = self.config["rope_theta"] ** (-torch.arange(0, size, 2).float() / size)
        angle = torch.outer(torch.arange(length).float(), frequency).repeat(1, 2)
        return angle.cos(), angle.sin()

    def hidden(self, ids):
        """[B, T] -> [B, T, d], after the final norm."""
        x = self.embedding(ids)
        rotary = self.rotary(ids.shape[1])
        for layer in self.layers:
            x = layer(x, rotary)
        return self.final_norm(x)

    def forward(self, ids):
        return self.head(self.hidden(ids))


def build(config: dict, state: dict, layer_class=None) -> Transformer:
    with torch.device("meta"):
        model = Transformer(config, layer_class)
    model.load_state_dict(state, assign=True)
    return model.eval().requires_grad_(False)


def load(folder: Path) -> Transformer:
    config = json.loads((folder / "model.json").read_text())
    return build(config, load_file(folder / "model.safetensors"))
