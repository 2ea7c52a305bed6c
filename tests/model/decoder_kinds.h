// Tiny models of every kind of decoder: each option of ModelConfig alone, and families that combine them.
#pragma once

#include <string>
#include <vector>

#include "tests/model/random_checkpoint.h"

namespace vffn {

struct DecoderKind {
  std::string name;  ///< also the name of a parametrised test
  ModelConfig config;
};

/// Token ids of different lengths, for TinyConfig's vocabulary.
inline std::vector<std::vector<int32_t>> TinySequences() {
  return {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}, {300, 0, 17}, {42, 43, 44, 45, 46, 47, 48, 49}};
}

/// Experts begin and end inside panels of the kernels.
inline FfnConfig TinySparseMoe() {
  return {.kind = FfnKind::kSparseMoe, .n_experts = 7, .top_k = 3, .expert_hidden_size = 13};
}

/// With a sequential residual and a gated FFN without biases: every kind of FFN fits.
inline std::vector<DecoderKind> GatedDecoderKinds() {
  std::vector<DecoderKind> kinds;
  const auto add = [&](const std::string& name, auto change) {
    change(kinds.emplace_back(DecoderKind{name, TinyConfig()}).config);
  };
  add("llama", [](ModelConfig&) {});
  add("qwen2", [](ModelConfig& c) { c.qkv_bias = true; });
  add("qwen3", [](ModelConfig& c) {
    c.qk_norm = QkNorm::kHead;
    c.head_size = 12;
    c.tied_head = true;
  });
  add("olmo", [](ModelConfig& c) {
    c.norm = NormKind::kLayer;
    c.norm_weight = false;
    c.qkv_clip = 0.8;
  });
  add("olmo2", [](ModelConfig& c) {
    c.norm_placement = NormPlacement::kAfter;
    c.qk_norm = QkNorm::kWhole;
  });
  add("olmo3", [](ModelConfig& c) {
    c.norm_placement = NormPlacement::kAfter;
    c.qk_norm = QkNorm::kWhole;
    c.window = 5;
    c.full_attention_layers = {2};
  });
  add("mistral", [](ModelConfig& c) { c.window = 4; });
  add("smollm3", [](ModelConfig& c) { c.no_rope_layers = {1}; });
  add("granite", [](ModelConfig& c) {
    c.residual_multiplier = 0.22;
    c.embedding_multiplier = 12;
    c.attention_scale = 0.2;
    c.logit_multiplier = 0.125;
  });
  add("gemma", [](ModelConfig& c) {
    c.activation = Activation::kGeluTanh;
    c.embedding_multiplier = 6.9;
    c.tied_head = true;
  });
  add("gemma2", [](ModelConfig& c) {
    c.activation = Activation::kGeluTanh;
    c.norm_placement = NormPlacement::kAround;
    c.attention_softcap = 5;
    c.logit_softcap = 3;
    c.window = 6;
    c.full_attention_layers = {1};
  });
  add("stablelm", [](ModelConfig& c) {
    c.norm = NormKind::kLayer;
    c.norm_bias = true;
    c.rotary_size = 2;
    c.qk_norm = QkNorm::kHeads;
  });
  return kinds;
}

/// All of them.
inline std::vector<DecoderKind> DecoderKinds() {
  std::vector<DecoderKind> kinds = GatedDecoderKinds();
  const auto add = [&](const std::string& name, auto change) {
    change(kinds.emplace_back(DecoderKind{name, TinyConfig()}).config);
  };
  const auto layer_norm = [](ModelConfig& c) {
    c.norm = NormKind::kLayer;
    c.norm_bias = c.qkv_bias = c.attention_out_bias = c.ffn_bias = true;
  };
  add("gpt2", [&](ModelConfig& c) {
    layer_norm(c);
    c.gated = false;
    c.activation = Activation::kGeluTanh;
    c.positions = Positions::kLearned;
    c.tied_head = true;
  });
  add("gpt_neox", [&](ModelConfig& c) {
    layer_norm(c);
    c.gated = false;
    c.activation = Activation::kGelu;
    c.residual = Residual::kParallel;
    c.rotary_size = 2;
  });
  add("phi", [&](ModelConfig& c) {
    layer_norm(c);
    c.gated = false;
    c.activation = Activation::kGeluTanh;
    c.residual = Residual::kParallelOneNorm;
    c.head_bias = true;
  });
  add("relu", [](ModelConfig& c) {
    c.gated = false;
    c.activation = Activation::kRelu;
  });
  add("cohere", [](ModelConfig& c) {
    c.norm = NormKind::kLayer;
    c.residual = Residual::kParallelOneNorm;
    c.logit_multiplier = 0.0625;
  });
  add("gemma3", [](ModelConfig& c) {
    c.norm_placement = NormPlacement::kAround;
    c.qk_norm = QkNorm::kHead;
    c.window = 3;
    c.full_attention_layers = {2};
    c.rope_scaling = {.kind = RopeScalingKind::kLinear, .factor = 8};
    c.window_rope_theta = 100;
  });
  add("phi3", [](ModelConfig& c) {
    c.rope_scaling = {.kind = RopeScalingKind::kLongRope,
                      .factor = 4,
                      .original_max_sequence_length = 128,
                      .attention_factor = 1.2,
                      .short_factors = {1, 1.5, 2, 3},
                      .long_factors = {2, 4, 8, 16}};
  });
  add("llama3", [](ModelConfig& c) {
    c.rope_scaling = {.kind = RopeScalingKind::kLlama3, .factor = 8, .original_max_sequence_length = 64};
  });
  add("yarn", [](ModelConfig& c) {
    c.rope_scaling = {.kind = RopeScalingKind::kYarn,
                      .factor = 4,
                      .original_max_sequence_length = 64,
                      .attention_factor = 1.14};
  });
  add("odd_heads", [](ModelConfig& c) {
    c.n_heads = 3;
    c.n_kv_heads = 1;
    c.head_size = 10;
    c.rotary_size = 6;
  });
  add("many_heads", [](ModelConfig& c) {
    c.n_heads = 7;
    c.n_kv_heads = 7;
    c.head_size = 6;
    c.qk_norm = QkNorm::kHeads;
  });
  add("large_heads", [](ModelConfig& c) {
    c.n_heads = 2;
    c.head_size = 80;
    c.rotary_size = 20;
  });
  add("norms_of_heads_with_bias", [&](ModelConfig& c) {
    layer_norm(c);
    c.qk_norm = QkNorm::kHead;
    c.qk_norm_bias = true;
    c.qkv_clip = 0.9;
  });
  add("norms_of_heads_without_weight", [](ModelConfig& c) {
    c.qk_norm = QkNorm::kWhole;
    c.qk_norm_weight = false;
  });
  add("learned_with_window", [](ModelConfig& c) {
    c.positions = Positions::kLearned;
    c.window = 5;
    c.attention_softcap = 3;
  });
  const auto add_sparse = [&](const std::string& name, auto change) {
    add(name, [&](ModelConfig& c) {
      c.ffn_hidden_size = 0;
      c.ffn = TinySparseMoe();
      change(c);
    });
  };
  add_sparse("mixtral", [](ModelConfig& c) { c.window = 7; });
  add_sparse("olmoe", [](ModelConfig& c) {
    c.qk_norm = QkNorm::kWhole;
    c.ffn.norm_topk_prob = false;
  });
  add_sparse("shared_expert", [](ModelConfig& c) { c.ffn_hidden_size = 21; });
  add_sparse("qwen2_experts", [](ModelConfig& c) {
    c.qkv_bias = true;
    c.ffn_hidden_size = 21;
    c.ffn.norm_topk_prob = false;
    c.ffn.shared_expert_gate = true;
  });
  add_sparse("gelu_moe", [](ModelConfig& c) { c.activation = Activation::kGelu; });
  add_sparse("moe_after", [](ModelConfig& c) { c.norm_placement = NormPlacement::kAfter; });
  add_sparse("moe_around", [](ModelConfig& c) { c.norm_placement = NormPlacement::kAround; });
  add_sparse("moe_parallel", [](ModelConfig& c) { c.residual = Residual::kParallel; });
  add_sparse("moe_parallel_one_norm", [](ModelConfig& c) { c.residual = Residual::kParallelOneNorm; });
  return kinds;
}

/// A VersatileFFN, MoE and k-Loop on top of each gated kind.
inline std::vector<DecoderKind> UpcycledDecoderKinds() {
  const std::vector<FfnConfig> ffns = {
      {.kind = FfnKind::kVersatile, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13, .max_loops = 4},
      {.kind = FfnKind::kMoe, .n_experts = 6, .top_k = 2, .expert_hidden_size = 13},
      {.kind = FfnKind::kKLoop, .max_loops = 3}};
  std::vector<DecoderKind> kinds;
  for (const DecoderKind& dense : GatedDecoderKinds()) {
    for (const FfnConfig& ffn : ffns) {
      DecoderKind& kind = kinds.emplace_back(dense);
      kind.name += "_" + std::string(NameOf(ffn.kind));
      kind.config.ffn = ffn;
    }
  }
  return kinds;
}

}  // namespace vffn
