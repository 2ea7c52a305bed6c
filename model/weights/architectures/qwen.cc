// Qwen 2: Llama with biases of queries, keys and values. Qwen 3: norms of queries and keys in their place.
// Both with routed experts: Qwen2-MoE has a shared expert with a gate, Qwen3-MoE has none.
#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

/// The window, if use_sliding_window says that it is used.
std::optional<int64_t> QwenWindow(const Fields& config) {
  return config.Get("use_sliding_window", false) ? IntegerOrNull(config, "sliding_window", 4096)
                                                 : std::nullopt;
}

/// Layers from max_window_layers on have the window.
void ReadQwenWindow(const Fields& config, ModelConfig& model) {
  const std::optional<int64_t> window = QwenWindow(config);
  const int64_t first = config.Get<int64_t>("max_window_layers", 28);
  ReadLayerTypes(
      config, window, [&](int64_t layer) { return window && layer >= first; }, model);
}

constexpr HuggingFaceDefaults kQwenDefaults = {.intermediate_size = 22016,
                                               .num_key_value_heads = 32,
                                               .vocab_size = 151936,
                                               .max_position_embeddings = 32768};

ModelConfig ReadQwen2Config(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, kQwenDefaults);
  model.qkv_bias = true;
  ReadQwenWindow(config, model);
  return model;
}

ModelConfig ReadQwen3Config(const Fields& config) {
  HuggingFaceDefaults defaults = kQwenDefaults;
  defaults.head_dim = 128;
  ModelConfig model = ReadDecoderConfig(config, defaults);
  model.qk_norm = QkNorm::kHead;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  ReadQwenWindow(config, model);
  return model;
}

/// Throws unless all layers have experts.
void RequireOnlyExpertLayers(const Fields& config) {
  RequireValue(config, "decoder_sparse_step", 1);
  RequireValue(config, "mlp_only_layers", Json::array());
}

ModelConfig ReadQwen2MoeConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2048,
                                                 .intermediate_size = 5632,
                                                 .num_hidden_layers = 24,
                                                 .num_attention_heads = 16,
                                                 .num_key_value_heads = 16,
                                                 .vocab_size = 151936,
                                                 .max_position_embeddings = 32768});
  RequireOnlyExpertLayers(config);
  model.qkv_bias = config.Get("qkv_bias", true);
  const std::optional<int64_t> window = QwenWindow(config);
  const int64_t end = config.Get<int64_t>("max_window_layers", 28);
  ReadLayerTypes(
      config, window, [&](int64_t layer) { return window && layer % 2 == 0 && layer < end; }, model);
  ReadExperts(config,
              {.count = {"num_experts"},
               .default_count = 60,
               .default_top_k = 4,
               .hidden_size = "moe_intermediate_size",
               .default_hidden_size = 1408},
              model);
  model.ffn_hidden_size = config.Get<int64_t>("shared_expert_intermediate_size", 5632);
  model.ffn.shared_expert_gate = true;
  model.ffn.norm_topk_prob = config.Get("norm_topk_prob", false);
  return model;
}

ModelConfig ReadQwen3MoeConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2048,
                                                 .intermediate_size = 6144,
                                                 .num_hidden_layers = 24,
                                                 .num_attention_heads = 32,
                                                 .num_key_value_heads = 4,
                                                 .vocab_size = 151936,
                                                 .max_position_embeddings = 32768});
  RequireOnlyExpertLayers(config);
  model.qk_norm = QkNorm::kHead;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.window = QwenWindow(config).value_or(0);
  ReadExperts(config,
              {.count = {"num_experts", "num_local_experts"},
               .default_count = 128,
               .default_top_k = 8,
               .hidden_size = "moe_intermediate_size",
               .default_hidden_size = 768},
              model);
  model.ffn.norm_topk_prob = config.Get("norm_topk_prob", false);
  return model;
}

Recipe Qwen2MoeTensors() {
  const std::string block = HuggingFaceLayer("mlp.");
  Recipe recipe = GatedExpertTensors();
  recipe["layers.{}.ffn_in.weight"] = {{block + "shared_expert.up_proj.weight"},
                                       {block + "shared_expert.gate_proj.weight"}};
  recipe["layers.{}.ffn_out.weight"] = {{block + "shared_expert.down_proj.weight"}};
  recipe["layers.{}.shared_expert_gate.weight"] = {{block + "shared_expert_gate.weight"}};
  return recipe;
}

}  // namespace

Architecture Qwen2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Qwen2ForCausalLM",
                                          .model_type = "qwen2",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadQwen2Config},
          .gguf = GgufFamily("qwen2")};
}

Architecture Qwen3Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Qwen3ForCausalLM",
                                          .model_type = "qwen3",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadQwen3Config},
          .gguf = GgufFamily("qwen3")};
}

Architecture Qwen2MoeArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Qwen2MoeForCausalLM",
                                          .model_type = "qwen2_moe",
                                          .tensors = Qwen2MoeTensors(),
                                          .variants = {StackedGatedExperts()},
                                          .read_config = ReadQwen2MoeConfig},
          .gguf = GgufFamily("qwen2moe")};
}

Architecture Qwen3MoeArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Qwen3MoeForCausalLM",
                                          .model_type = "qwen3_moe",
                                          .tensors = GatedExpertTensors(),
                                          .variants = {StackedGatedExperts()},
                                          .read_config = ReadQwen3MoeConfig},
          .gguf = GgufFamily("qwen3moe")};
}

}  // namespace vffn
