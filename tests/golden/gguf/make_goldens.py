"""Writes a GGUF file for each family of models, and logits.json: the logits of the models they were converted from.

    python make_goldens.py LLAMA_CPP [FAMILY ...]

LLAMA_CPP is the source of llama.cpp, whose converter (the package `conversion`) writes the files: that of llama-cpp-python
0.3.36. Models and logits are made with torch 2.13.0 and transformers 5.24.0, on a CPU. The weights follow from the names of
the tensors (weights.py in ../architectures) and are rounded to float16, in which the files hold them. The files have no
vocabulary. llama.cpp computes the same logits from them, within 1e-5, or 1e-2 where it takes its GELU from a table.
"""

import json
import pathlib
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "architectures"))
import weights  # noqa: E402

VOCABULARY = 40
SIZES = {"vocab_size": VOCABULARY, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2,
         "num_key_value_heads": 1, "max_position_embeddings": 64, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
MHA = {**SIZES, "num_key_value_heads": 2}
FOUR = {**SIZES, "num_hidden_layers": 4}
MOE = {**MHA, "num_experts": 4, "num_experts_per_tok": 2}
MULTIPLIERS = {"embedding_multiplier": 3.0, "residual_multiplier": 0.5, "attention_multiplier": 0.25, "logits_scaling": 0.5}
CASES = {
    "llama_biases": ("llama", {**SIZES, "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True}),
    "llama_wide_heads": ("llama", {**SIZES, "head_dim": 12}),
    "llama_llama3": ("llama", {**SIZES, "rope_parameters": {
        "rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16, "rope_theta": 100.0}}),
    "llama_linear": ("llama", {**SIZES, "rope_parameters": {"rope_type": "linear", "factor": 2.5, "rope_theta": 100.0}}),
    "llama_yarn": ("llama", {**SIZES, "rope_parameters": {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 100.0}}),
    "mixtral": ("mixtral", {**SIZES, "num_local_experts": 4, "num_experts_per_tok": 2}),
    "qwen2": ("qwen2", MHA),
    "qwen2moe": ("qwen2_moe", {**MOE, "moe_intermediate_size": 8, "shared_expert_intermediate_size": 12}),
    "qwen3": ("qwen3", {**SIZES, "head_dim": 12}),
    "qwen3moe": ("qwen3_moe", {**MOE, "head_dim": 8, "moe_intermediate_size": 8, "norm_topk_prob": True}),
    "olmo": ("olmo", {**SIZES, "clip_qkv": 0.75}),
    "olmo2": ("olmo2", SIZES),
    "olmo3": ("olmo3", {**FOUR, "sliding_window": 8}),
    "olmoe": ("olmoe", MOE),
    "gptneox": ("gpt_neox", {**MHA, "rotary_pct": 0.25}),
    "gptneox_sequential": ("gpt_neox", {**MHA, "rotary_pct": 0.5, "use_parallel_residual": False}),
    "smollm3": ("smollm3", FOUR),
    "granite": ("granite", {**SIZES, **MULTIPLIERS}),
    "granitemoe": ("granitemoe", {**SIZES, **MULTIPLIERS, "num_local_experts": 4, "num_experts_per_tok": 2}),
    "gpt2": ("gpt2", {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64, "n_ctx": 64, "vocab_size": VOCABULARY,
                      "bos_token_id": 1, "eos_token_id": 2}),
    "gemma": ("gemma", {**SIZES, "head_dim": 12}),
    "gemma2": ("gemma2", {**SIZES, "head_dim": 8, "sliding_window": 8, "query_pre_attn_scalar": 8}),
    "gemma3": ("gemma3_text", {**SIZES, "num_hidden_layers": 7, "head_dim": 8, "sliding_window": 8, "query_pre_attn_scalar": 8}),
    "phi2": ("phi", {**MHA, "intermediate_size": 64, "partial_rotary_factor": 0.5}),
    "phi3": ("phi3", {**SIZES, "sliding_window": None}),
    "phi3_longrope": ("phi3", {**SIZES, "sliding_window": None, "original_max_position_embeddings": 16, "rope_parameters": {
        "rope_type": "longrope", "rope_theta": 100.0, "original_max_position_embeddings": 16,
        "short_factor": [1.0, 1.5, 2.0, 3.0], "long_factor": [1.5, 2.5, 4.0, 8.0]}}),
    "stablelm": ("stablelm", {**SIZES, "partial_rotary_factor": 0.25, "use_qkv_bias": True}),
    "starcoder2": ("starcoder2", {**SIZES, "sliding_window": None}),
    "cohere": ("cohere", {**SIZES, "logit_scale": 0.25}),
    "cohere_qk_norms": ("cohere", {**SIZES, "logit_scale": 0.25, "use_qk_norm": True}),
    "cohere2": ("cohere2", {**FOUR, "logit_scale": 0.25, "sliding_window": 8}),
}
ROWS = [[0, 0], [0, 17], [0, 29], [1, 11]]


def sequences():
    def draw(name, length):
        return [int(VOCABULARY * (u + 1) / 2) for u in weights.uniform(name, length)]
    return [draw("a", 30), draw("b", 12)]


def make_model(model_type, sizes):
    config = AutoConfig.for_model(model_type, **sizes)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager", experts_implementation="eager").eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.from_numpy(weights.tensor(name, list(parameter.shape)))
            if model_type.startswith("gemma") and "norm" in name:
                values -= 1  # stored minus 1
            parameter.copy_(values.half().float() if parameter.dim() > 1 else values)
    return model


def convert(folder, out):
    """With llama.cpp's converter, without a vocabulary."""
    import conversion.base
    import gguf
    from conversion import get_model_class
    hparams = conversion.base.ModelBase.load_hparams(folder, False)
    base = get_model_class(hparams["architectures"][0])

    class Converter(base):
        model_arch = base.model_arch

        def set_vocab(self):
            self.gguf_writer.add_tokenizer_model("none")
            self.gguf_writer.add_vocab_size(VOCABULARY)

        def set_gguf_parameters(self):
            # The name of transformers 4.
            self.hparams.setdefault("rotary_pct", hparams.get("rope_parameters", {}).get("partial_rotary_factor", 1.0))
            super().set_gguf_parameters()

    # Gemma's converter counts the tokens.
    vocabulary = {"model": {"type": "BPE", "vocab": {f"t{i}": i for i in range(VOCABULARY)}, "merges": []}, "added_tokens": []}
    (folder / "tokenizer.json").write_text(json.dumps(vocabulary))
    Converter(folder, gguf.LlamaFileType.MOSTLY_F16, out, use_temp_file=False, eager=True).write()


def golden(name, model_type, sizes):
    model = make_model(model_type, sizes)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        model.save_pretrained(folder)
        with torch.no_grad():
            logits = [model(torch.tensor([ids])).logits[0] for ids in sequences()]
            (HERE / f"{name}.gguf").unlink(missing_ok=True)
            convert(folder, HERE / f"{name}.gguf")
    return [[float(f"{x:.7g}") for x in logits[s][p].tolist()] for s, p in ROWS]


def main():
    sys.path[:0] = [sys.argv[1], sys.argv[1] + "/gguf-py"]
    transformers.utils.logging.set_verbosity_error()
    file = HERE / "logits.json"
    cases = json.loads(file.read_text())["float32"] if file.exists() else {}
    for name in sys.argv[2:] or CASES:
        cases[name] = golden(name, *CASES[name])
    lines = [f"{json.dumps(name)}: {json.dumps(cases[name], separators=(',', ':'))}" for name in CASES if name in cases]
    file.write_text('{"sequences": ' + json.dumps(sequences()) + ',\n"rows": ' + json.dumps(ROWS) + ',\n"float32": {\n' +
                    ",\n".join(lines) + "}}\n")


if __name__ == "__main__":
    main()
