"""The models of the golden files: for each family a list of cases, each the content of a config.json.

Sizes that a case does not give are in SIZES. A case whose value is in the key "raw" is written as it is: configurations in
the spelling of transformers 4, or with missing keys. The others pass through the configuration class first.
"""

import json

SIZES = {"vocab_size": 61, "pad_token_id": 0, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 3,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64}

LLAMA3 = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 16, "rope_theta": 100.0}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 100.0}
LONG = {"rope_type": "longrope", "short_factor": [1.0, 1.5, 2.0, 3.0], "long_factor": [1.5, 2.5, 4.0, 8.0]}


def raw(model_type, **keys):
    return {"raw": {"model_type": model_type, **SIZES, **keys}}


def without(case, *keys):
    return {"raw": {k: v for k, v in case["raw"].items() if k not in keys}}


LLAMA_CLASS = {"architectures": ["LlamaForCausalLM"]}

CASES = {
    "llama": {
        "mha": {"num_key_value_heads": 4},
        "tied_biases": {"tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True},
        "wide_heads": {"head_dim": 16, "num_key_value_heads": 1, "rms_norm_eps": 1e-3},
        "linear": {"rope_parameters": {"rope_type": "linear", "factor": 2.5, "rope_theta": 100.0}},
        "dynamic": {"rope_parameters": {"rope_type": "dynamic", "factor": 2.0, "rope_theta": 100.0}},
        "llama3": {"rope_parameters": LLAMA3},
        "yarn": {"rope_parameters": YARN},
        "yarn_mscale": {"rope_parameters": {**YARN, "mscale": 0.7, "mscale_all_dim": 1.3, "beta_fast": 4, "beta_slow": 0.5,
                                            "truncate": False}},
        "yarn_attention_factor": {"rope_parameters": {**YARN, "attention_factor": 0.8}},
        "longrope": {"rope_parameters": {**LONG, "original_max_position_embeddings": 16, "factor": 3.0}},
        "longrope_short": {"rope_parameters": {**LONG, "original_max_position_embeddings": 48, "attention_factor": 1.4}},
        "relu": {"hidden_act": "relu"},
        "v4_plain": raw("llama", num_key_value_heads=None, rope_theta=100.0, rope_scaling=None, torch_dtype="float32", **LLAMA_CLASS),
        "v4_linear": raw("llama", rope_theta=100.0, rope_scaling={"type": "linear", "factor": 2.5}, **LLAMA_CLASS),
        "v4_llama3": raw("llama", rope_theta=200.0, rope_scaling={k: v for k, v in LLAMA3.items() if k != "rope_theta"},
                         pretraining_tp=1, **LLAMA_CLASS),
        "v4_yarn": raw("llama", rope_theta=100.0,
                       rope_scaling={"type": "yarn", "factor": 2.0, "original_max_position_embeddings": 32}, **LLAMA_CLASS),
        "v4_yarn_top_level": raw("llama", rope_theta=100.0, rope_scaling={"rope_type": "yarn", "factor": 2.0},
                                 original_max_position_embeddings=16, **LLAMA_CLASS),
        "v4_dynamic": raw("llama", rope_scaling={"type": "dynamic", "factor": 2.0}, architectures=["LLaMAForCausalLM"]),
        "bare": without(raw("llama", num_key_value_heads=4), "num_key_value_heads", "max_position_embeddings"),
    },
    "mistral": {
        "window": {"sliding_window": 5, "head_dim": 12},
        "null_window": {"sliding_window": None, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}},
        "v4": raw("mistral", architectures=["MistralForCausalLM"], rope_theta=100.0, sliding_window=9,
                  tie_word_embeddings=True, num_key_value_heads=4),
    },
    "mixtral": {
        "plain": {"num_local_experts": 5, "num_experts_per_tok": 2},
        "window": {"num_local_experts": 4, "num_experts_per_tok": 3, "sliding_window": 6, "tie_word_embeddings": True,
                   "head_dim": 6, "num_key_value_heads": 4},
        "v4": raw("mixtral", architectures=["MixtralForCausalLM"], num_local_experts=4, rope_theta=1000.0,
                  router_jitter_noise=0.0),
    },
    "qwen2": {
        "plain": {},
        "windows": {"use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1, "tie_word_embeddings": True},
        "layer_types": {"use_sliding_window": True, "sliding_window": 7, "num_key_value_heads": 4,
                        "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
                        "rope_parameters": YARN},
        "v4": raw("qwen2", architectures=["Qwen2ForCausalLM"], rope_theta=1e6, use_sliding_window=False,
                  sliding_window=4, max_window_layers=1, tie_word_embeddings=True),
    },
    "qwen3": {
        "plain": {"head_dim": 16},
        "bias_windows": {"head_dim": 6, "attention_bias": True, "use_sliding_window": True, "sliding_window": 5,
                         "max_window_layers": 2, "tie_word_embeddings": True, "num_key_value_heads": 4},
    },
    "qwen2_moe": {
        "plain": {"num_experts": 5, "num_experts_per_tok": 2, "moe_intermediate_size": 12,
                  "shared_expert_intermediate_size": 20},
        "normed": {"num_experts": 4, "num_experts_per_tok": 3, "moe_intermediate_size": 16, "norm_topk_prob": True,
                   "shared_expert_intermediate_size": 8, "qkv_bias": False, "use_sliding_window": True,
                   "sliding_window": 5, "max_window_layers": 3},
    },
    "qwen3_moe": {
        "plain": {"num_experts": 5, "num_experts_per_tok": 2, "moe_intermediate_size": 12, "head_dim": 12},
        "normed": {"num_experts": 4, "num_experts_per_tok": 3, "moe_intermediate_size": 16, "norm_topk_prob": True,
                   "attention_bias": True, "use_sliding_window": True, "sliding_window": 6, "tie_word_embeddings": True},
    },
    "olmo": {
        "plain": {},
        "clip": {"clip_qkv": 0.6, "tie_word_embeddings": True, "num_key_value_heads": 4, "attention_bias": True},
        "v4": raw("olmo", architectures=["OlmoForCausalLM"], clip_qkv=None, rope_theta=100.0,
                  rope_scaling={"type": "linear", "factor": 2.0}, num_key_value_heads=1),
    },
    "olmo2": {
        "plain": {},
        "mha_bias": {"num_key_value_heads": 4, "attention_bias": True, "tie_word_embeddings": True, "rms_norm_eps": 1e-6,
                     "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}},
    },
    "olmo3": {
        "plain": {"num_hidden_layers": 5, "sliding_window": 5},
        "yarn": {"num_hidden_layers": 4, "sliding_window": 6, "num_key_value_heads": 4, "attention_bias": True,
                 "rope_parameters": {"full_attention": {**YARN, "attention_factor": 1.2},
                                     "sliding_attention": {"rope_type": "default", "rope_theta": 300.0}}},
        "v4_yarn": raw("olmo3", architectures=["Olmo3ForCausalLM"], sliding_window=5, rope_theta=500000.0,
                       rope_scaling={"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16,
                                     "attention_factor": 1.14, "beta_fast": 32, "beta_slow": 1},
                       layer_types=["sliding_attention", "full_attention", "sliding_attention"]),
    },
    "olmoe": {
        "plain": {"num_experts": 5, "num_experts_per_tok": 2, "intermediate_size": 12},
        "normed_clip": {"num_experts": 4, "num_experts_per_tok": 3, "intermediate_size": 16, "norm_topk_prob": True,
                        "clip_qkv": 0.8, "num_key_value_heads": 4, "attention_bias": True, "tie_word_embeddings": True},
    },
    "gpt_neox": {
        "plain": {},
        "sequential": {"use_parallel_residual": False, "attention_bias": False, "tie_word_embeddings": True,
                       "hidden_act": "gelu_new", "layer_norm_eps": 1e-3,
                       "rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 100.0,
                                           "partial_rotary_factor": 0.5}},
        "v4": raw("gpt_neox", architectures=["GPTNeoXForCausalLM"], rotary_pct=1.0, rotary_emb_base=300,
                  hidden_act="gelu_fast", use_parallel_residual=True, num_attention_heads=2),
    },
    "smollm3": {
        "plain": {"num_hidden_layers": 5},
        "list_windows": {"no_rope_layers": [1, 0, 1], "use_sliding_window": True, "sliding_window": 5,
                         "attention_bias": True, "mlp_bias": True, "tie_word_embeddings": False},
        "v4": raw("smollm3", architectures=["SmolLM3ForCausalLM"], no_rope_layer_interval=2, rope_theta=5e6,
                  no_rope_layers=None, tie_word_embeddings=True, rope_scaling=None),
    },
    "granite": {
        "multipliers": {"embedding_multiplier": 3.0, "logits_scaling": 4.0, "residual_multiplier": 0.22,
                        "attention_multiplier": 0.2},
        "biases": {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True, "num_key_value_heads": 4,
                   "embedding_multiplier": 12, "logits_scaling": 8, "attention_multiplier": 0.1},
    },
    "granitemoe": {
        "plain": {"num_local_experts": 5, "num_experts_per_tok": 2, "intermediate_size": 12,
                  "embedding_multiplier": 3.0, "logits_scaling": 4.0, "residual_multiplier": 0.22,
                  "attention_multiplier": 0.2, "tie_word_embeddings": True},
    },
    "gpt2": {
        "plain": {"n_embd": 32, "n_head": 4, "n_layer": 3, "n_positions": 64},
        "inner": {"n_embd": 24, "n_head": 2, "n_layer": 2, "n_positions": 48, "n_inner": 40, "scale_attn_weights": False,
                  "activation_function": "gelu", "tie_word_embeddings": False, "layer_norm_epsilon": 1e-3},
        "v4": {"raw": {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_ctx": 64, "n_embd": 32, "n_head": 4,
                       "n_layer": 2, "n_positions": 64, "vocab_size": 61}},
    },
    "gptj": {
        "plain": {"n_embd": 32, "n_head": 4, "n_layer": 3, "n_positions": 64, "rotary_dim": 4},
        "whole": {"n_embd": 24, "n_head": 2, "n_layer": 2, "n_positions": 48, "rotary_dim": 12, "n_inner": 40},
    },
    "gpt_bigcode": {
        "plain": {"n_embd": 32, "n_head": 4, "n_layer": 3, "n_positions": 64},
        "all_heads": {"n_embd": 24, "n_head": 2, "n_layer": 2, "n_positions": 48, "n_inner": 40, "multi_query": False,
                      "tie_word_embeddings": False, "scale_attn_weights": False},
    },
    "gpt_neo": {
        "plain": {"attention_types": [[["global", "local"], 1], [["local"], 1]], "window_size": 5},
        "v4": raw("gpt_neo", architectures=["GPTNeoForCausalLM"], num_layers=2, num_heads=2, num_hidden_layers=2,
                  num_attention_heads=2, attention_types=[[["local", "global"], 1]], window_size=9,
                  attention_layers=["local", "global"], intermediate_size=None, activation_function="gelu"),
    },
    "opt": {
        "plain": {"ffn_dim": 40},
        "bare": {"ffn_dim": 48, "enable_bias": False, "layer_norm_elementwise_affine": False, "activation_function": "gelu",
                 "tie_word_embeddings": False, "word_embed_proj_dim": 32},
    },
    "falcon": {
        "plain": {},
        "groups": {"new_decoder_architecture": True, "num_kv_heads": 2, "bias": True, "tie_word_embeddings": False,
                   "rope_parameters": {"rope_type": "default", "rope_theta": 300.0}},
        "groups_one_norm": {"new_decoder_architecture": True, "num_kv_heads": 2, "num_ln_in_parallel_attn": 1,
                            "ffn_hidden_size": 48},
        "sequential": {"parallel_attn": False, "multi_query": False, "bias": True},
    },
    "seed_oss": {
        "plain": {"head_dim": 12},
        "biases": {"head_dim": 8, "attention_out_bias": True, "mlp_bias": True, "tie_word_embeddings": True,
                   "num_key_value_heads": 4},
    },
    "gemma": {
        "plain": {"head_dim": 12},
        "gelu_untied": raw("gemma", architectures=["GemmaForCausalLM"], head_dim=8, hidden_act="gelu", rope_theta=100.0,
                           hidden_activation=None, tie_word_embeddings=False, num_key_value_heads=1),
    },
    "gemma2": {
        "caps": {"head_dim": 12, "query_pre_attn_scalar": 20, "sliding_window": 5, "attn_logit_softcapping": 2.0,
                 "final_logit_softcapping": 5.0},
        "no_caps": {"head_dim": 8, "query_pre_attn_scalar": 8, "sliding_window": 6, "attn_logit_softcapping": None,
                    "final_logit_softcapping": None, "attention_bias": True, "num_key_value_heads": 4,
                    "tie_word_embeddings": False},
        "v4": raw("gemma2", architectures=["Gemma2ForCausalLM"], head_dim=8, query_pre_attn_scalar=12, sliding_window=4,
                  hidden_act="gelu_pytorch_tanh", rope_theta=100.0),
    },
    "gemma3_text": {
        "plain": {"num_hidden_layers": 7, "head_dim": 12, "query_pre_attn_scalar": 20, "sliding_window": 5},
        "linear": {"head_dim": 8, "query_pre_attn_scalar": 8, "sliding_window": 5, "final_logit_softcapping": 4.0,
                   "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
                   "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000.0},
                                       "sliding_attention": {"rope_type": "default", "rope_theta": 100.0}}},
        "v4": raw("gemma3_text", architectures=["Gemma3ForCausalLM"], head_dim=8, query_pre_attn_scalar=8,
                  sliding_window=5, sliding_window_pattern=2, rope_theta=1000.0, rope_local_base_freq=50.0,
                  rope_scaling={"rope_type": "linear", "factor": 8.0}),
    },
    "gemma3": {
        "images": {"text_config": {**SIZES, "model_type": "gemma3_text", "head_dim": 8, "query_pre_attn_scalar": 8,
                                   "sliding_window": 5, "sliding_window_pattern": 2},
                   "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 8, "intermediate_size": 8,
                                     "num_hidden_layers": 1, "num_attention_heads": 1, "image_size": 8, "patch_size": 4},
                   "mm_tokens_per_image": 4, "image_token_index": 60, "boi_token_index": 59, "eoi_token_index": 58},
    },
    "phi": {
        "plain": {},
        "qk_norm": {"qk_layernorm": True, "num_key_value_heads": 4, "hidden_act": "gelu",
                    "rope_parameters": {"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.25}},
        "v4": raw("phi", architectures=["PhiForCausalLM"], partial_rotary_factor=0.75, rope_theta=300.0, rope_scaling=None),
    },
    "phi3": {
        "plain": {"num_key_value_heads": 4},
        "longrope": {"original_max_position_embeddings": 16,
                     "rope_parameters": {**LONG, "rope_theta": 100.0, "original_max_position_embeddings": 16}},
        "v4_partial": raw("phi3", architectures=["Phi3ForCausalLM"], original_max_position_embeddings=16,
                             partial_rotary_factor=0.75, rope_theta=100.0, sliding_window=7, tie_word_embeddings=True,
                             rope_scaling={"type": "longrope", "short_factor": [1.0, 1.5, 2.0], "long_factor": [2.0, 3.0, 4.0]}),
    },
    "stablelm": {
        "plain": {},
        "parallel_qk_norm": {"use_parallel_residual": True, "qk_layernorm": True, "use_qkv_bias": True,
                             "rope_parameters": {"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5},
                             "tie_word_embeddings": True},
        "v4": raw("stablelm", architectures=["StableLmForCausalLM"], partial_rotary_factor=1.0, rope_theta=100.0,
                  num_key_value_heads=4, use_qkv_bias=True, rope_scaling={"type": "dynamic", "factor": 2.0}),
    },
    "starcoder2": {
        "plain": {},
        "window": {"sliding_window": 5, "use_bias": False, "tie_word_embeddings": False, "num_key_value_heads": 4,
                   "hidden_act": "gelu"},
    },
    "cohere": {
        "plain": {"logit_scale": 0.3},
        "qk_norm": {"use_qk_norm": True, "attention_bias": True, "tie_word_embeddings": False, "num_key_value_heads": 4},
    },
    "cohere2": {
        "plain": {"num_hidden_layers": 5, "sliding_window": 5, "logit_scale": 0.5},
        "layer_types": {"sliding_window": 7, "attention_bias": True,
                        "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]},
    },
}


def config_of(model_type: str, case: dict) -> dict:
    """The config.json of a case."""
    if "raw" in case:
        return case["raw"]
    from transformers import AutoConfig

    sizes = {} if model_type in ("gpt2", "gptj", "gpt_bigcode", "gemma3") else SIZES
    if model_type in ("gpt2", "gptj", "gpt_bigcode"):
        sizes = {"vocab_size": SIZES["vocab_size"]}
    config = AutoConfig.for_model(model_type, **json.loads(json.dumps({**sizes, **case})))
    saved = json.loads(config.to_json_string(use_diff=True))
    return saved
