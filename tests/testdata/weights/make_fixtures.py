"""Makes the fixtures of tests/model/weights. Needs numpy 2.4, safetensors 0.8, gguf 0.19 and torch 2.13:
    python make_fixtures.py
Random numbers are seeded: every run writes the same tensors."""

import argparse
import json
import os
import pathlib
from collections import OrderedDict

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file
import safetensors.torch

HERE = os.path.dirname(os.path.abspath(__file__))
D, LAYERS, HEADS, KV_HEADS, HEAD, F, V = 32, 2, 4, 2, 8, 64, 48


def path(*parts):
    os.makedirs(os.path.join(HERE, *parts[:-1]), exist_ok=True)
    return os.path.join(HERE, *parts)


def llama_tensors(rng):
    """The tensors of a Llama under Hugging Face's names."""
    def normal(*shape):
        return rng.standard_normal(shape).astype(np.float32)
    tensors = {"model.embed_tokens.weight": normal(V, D), "model.norm.weight": normal(D), "lm_head.weight": normal(V, D)}
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        tensors |= {
            layer + "input_layernorm.weight": normal(D),
            layer + "self_attn.q_proj.weight": normal(HEADS * HEAD, D),
            layer + "self_attn.k_proj.weight": normal(KV_HEADS * HEAD, D),
            layer + "self_attn.v_proj.weight": normal(KV_HEADS * HEAD, D),
            layer + "self_attn.o_proj.weight": normal(D, HEADS * HEAD),
            layer + "post_attention_layernorm.weight": normal(D),
            layer + "mlp.up_proj.weight": normal(F, D),
            layer + "mlp.gate_proj.weight": normal(F, D),
            layer + "mlp.down_proj.weight": normal(D, F),
        }
    return tensors


def write_huggingface(tensors):
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": D, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS, "intermediate_size": F, "vocab_size": V,
        "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 50000.0, "rope_scaling": None,
        "hidden_act": "silu", "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": False,
        "torch_dtype": "float32",
    }
    with open(path("huggingface", "config.json"), "w") as file:
        json.dump(config, file, indent=1)
    save_file(tensors, path("huggingface", "model.safetensors"), metadata={"format": "pt"})


def interleave(weight, heads):
    """Permutes q and k as llama.cpp's convert_hf_to_gguf.py does: rotary pairs become neighbours."""
    return weight.reshape(heads, 2, HEAD // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def write_gguf(tensors):
    """Writes the same model as llama.cpp's converter does, with a small vocabulary."""
    writer = gguf.GGUFWriter(path("llama.gguf"), "llama")
    writer.add_embedding_length(D)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_feed_forward_length(F)
    writer.add_context_length(64)
    writer.add_vocab_size(V)
    writer.add_rope_freq_base(50000.0)
    writer.add_rope_dimension_count(HEAD)
    writer.add_layer_norm_rms_eps(2.0**-17)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([f"t{i}" for i in range(V - 1)] + [b"\xff\n"])
    writer.add_token_types([3] + [1] * (V - 1))
    writer.add_token_merges(["t 1", "t 2"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    names = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for i in range(LAYERS):
        ours, theirs = f"model.layers.{i}.", f"blk.{i}."
        names |= {ours + "input_layernorm": theirs + "attn_norm", ours + "self_attn.q_proj": theirs + "attn_q",
                  ours + "self_attn.k_proj": theirs + "attn_k", ours + "self_attn.v_proj": theirs + "attn_v",
                  ours + "self_attn.o_proj": theirs + "attn_output",
                  ours + "post_attention_layernorm": theirs + "ffn_norm", ours + "mlp.up_proj": theirs + "ffn_up",
                  ours + "mlp.gate_proj": theirs + "ffn_gate", ours + "mlp.down_proj": theirs + "ffn_down"}
    for name, weight in tensors.items():
        if "q_proj" in name or "k_proj" in name:
            weight = interleave(weight, HEADS if "q_proj" in name else KV_HEADS)
        writer.add_tensor(names[name.removesuffix(".weight")] + ".weight", np.ascontiguousarray(weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_blocks(rng, name, kinds, counts):
    """Writes random blocks of quantised types (`counts`: how many, by their elements), and the result of gguf-py's dequantize
    for them. Scales are random halves, so some are subnormal, infinite or NaN."""
    tensors = {}
    for kind in kinds:
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        blocks = counts[elements]
        raw = rng.integers(0, 256, (blocks, size), dtype=np.uint8)
        with np.errstate(all="ignore"):
            values = gguf.dequantize(raw, kind)
        tensors[kind.name + ".blocks"] = raw
        tensors[kind.name + ".values"] = np.ascontiguousarray(values.astype(np.float32).reshape(-1))
    save_file(tensors, path(name))


def write_float8():
    """Writes every 8-bit float, and its value in PyTorch."""
    tensors = {}
    for kind, name in ((torch.float8_e4m3fn, "F8_E4M3"), (torch.float8_e5m2, "F8_E5M2")):
        floats = torch.arange(256, dtype=torch.uint8).view(kind)
        tensors |= {name + ".floats": floats, name + ".values": floats.float()}
    safetensors.torch.save_file(tensors, path("float8.safetensors"))


class Evil:
    def __reduce__(self):
        return os.system, ("echo this must never run > /tmp/vffn_pickle_was_executed",)


class StackGlobalEvil:
    def __reduce__(self):
        return eval, ("1 + 1",)


def write_torch():
    generator = torch.Generator().manual_seed(7)
    base = torch.randn(6, 8, generator=generator)
    views = OrderedDict(
        plain=base, transposed=base.t(), every_second=base[::2, 1::2], one_row=base[3], column=base[:, 2],
        expanded=base[0, :1].expand(5), scalar=base[1, 1], empty=torch.zeros(0, 3),
        half=base.to(torch.float16), bfloat16=base.to(torch.bfloat16), double=base.to(torch.float64),
        parameter=torch.nn.Parameter(base * 2), integers=torch.arange(5), flags=torch.tensor([True, False]))
    torch.save(views, path("torch", "views.pt"))
    torch.save(dict(views), path("torch", "views_protocol4.pt"), pickle_protocol=4)
    save_file({name: (tensor.detach().float() if tensor.is_floating_point() else tensor).contiguous().numpy()
               for name, tensor in views.items()}, path("torch", "views.safetensors"))
    torch.save(views, path("torch", "legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save({"a": base, "b": Evil()}, path("torch", "evil.pt"))
    torch.save({"a": base, "b": StackGlobalEvil()}, path("torch", "evil_protocol4.pt"), pickle_protocol=4)
    torch.save({"a": {"b": base}}, path("torch", "nested.pt"))


def write_training_files():
    """Writes state dicts as training scripts leave them."""
    generator = torch.Generator().manual_seed(8)
    base = torch.randn(3, 4, generator=generator)
    state = OrderedDict(plain=base, transposed=base.t(), half=base.half())
    state._metadata = {"": {"version": 1}}
    beside = {
        "optimizer": {"state": {0: {"exp_avg": base + 1}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
        "step": 1, "loss": np.float64(1.5), "losses": np.arange(3), "rng": torch.get_rng_state(), "big": 2**100,
        "path": pathlib.PosixPath("out"), "shape": torch.Size([1, 2]), "tags": {1, 2}, "dtype": torch.float32,
        "device": torch.device("cpu"), "raw": b"abc", "bytes": bytearray(b"abc"), "nothing": None, "ratio": 0.5, "done": True}
    torch.save({"model": state, **beside}, path("torch", "nested_model.pt"))
    torch.save({"model": state, **beside}, path("torch", "nested_model_legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save({"epoch": 2, "state_dict": {"state_dict": dict(state, count=3, note="x")}}, path("torch", "nested_twice.pt"),
               pickle_protocol=5)
    torch.save({"model": state, "module": dict(other=base)}, path("torch", "two_models.pt"))
    torch.save({"args": argparse.Namespace(lr=0.1), "model": state}, path("torch", "namespace.pt"))
    torch.save({"model": {"language_model": {"embedding": base}}}, path("torch", "megatron.pt"))
    torch.save({"lr": 0.1, "weights": {"plain": base}}, path("torch", "other_key.pt"))
    torch.save(torch.nn.Linear(2, 2), path("torch", "module.pt"))

    parameter = torch.nn.Parameter(base.clone())
    parameter.note = "an attribute"
    tagged = base.clone()
    tagged.note = "an attribute"
    odd = OrderedDict(parameter=parameter, tagged=tagged, e4m3=base.to(torch.float8_e4m3fn), e5m2=base.to(torch.float8_e5m2),
                      short=torch.arange(3).to(torch.uint16))
    torch.save(odd, path("torch", "odd.pt"))
    save_file({name: tensor.detach().float().numpy() for name, tensor in odd.items()}, path("torch", "odd.safetensors"))
    save_file({name: tensor.float().contiguous().numpy() for name, tensor in state.items()}, path("torch", "state.safetensors"))


if __name__ == "__main__":
    model = llama_tensors(np.random.default_rng(1))
    write_huggingface(model)
    write_gguf(model)
    write_blocks(np.random.default_rng(2), "ggml_blocks.safetensors",
                 (Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1, Type.Q8_0, Type.Q4_K, Type.Q5_K, Type.Q6_K, Type.BF16),
                 {1: 512, 32: 64, 256: 24})
    write_blocks(np.random.default_rng(3), "ggml_low_bit_blocks.safetensors",
                 (Type.Q2_K, Type.Q3_K, Type.IQ4_NL, Type.IQ4_XS, Type.MXFP4, Type.TQ1_0, Type.TQ2_0), {32: 32, 256: 8})
    write_float8()
    write_torch()
    write_training_files()
