// OLMo 1 to 3 and OLMoE in Hugging Face folders. OLMo 1: Llama with LayerNorm without weights. OLMo 2: norms
// after attention and FFN, and of queries and keys. OLMo 3: OLMo 2 with a window in three of four layers.
// OLMoE: Llama with norms of queries and keys and with routed experts. The folders of OLMo's own trainer are
// in olmo.cc.
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

constexpr HuggingFaceDefaults kOlmoDefaults = {.vocab_size = 50304, .norm_epsilon = 1e-5};

ModelConfig ReadOlmo1Config(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, kOlmoDefaults);
  model.norm = NormKind::kLayer;
  model.norm_weight = false;
  model.norm_epsilon = 1e-5;  // not in config.json
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.qkv_clip = config.Optional<double>("clip_qkv");
  return model;
}

ModelConfig ReadOlmo2Sizes(const Fields& config) {
  ModelConfig model = ReadDecoderSizes(config, kOlmoDefaults);
  model.norm_placement = NormPlacement::kAfter;
  model.qk_norm = QkNorm::kWhole;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  return model;
}

ModelConfig ReadOlmo2Config(const Fields& config) {
  ModelConfig model = ReadOlmo2Sizes(config);
  ReadRope(config, {}, model);
  return model;
}

ModelConfig ReadOlmo3Config(const Fields& config) {
  ModelConfig model = ReadOlmo2Sizes(config);
  ReadLayerTypes(
      config, IntegerOrNull(config, "sliding_window", 4096),
      [](int64_t layer) { return (layer + 1) % 4 != 0; }, model);
  ReadLayerRope(config, {.full_theta = 500000, .sliding_theta = 500000}, model);
  return model;
}

ModelConfig ReadOlmoeConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 2048,
                                                 .intermediate_size = 2048,
                                                 .num_hidden_layers = 16,
                                                 .num_attention_heads = 16,
                                                 .vocab_size = 50304,
                                                 .max_position_embeddings = 4096,
                                                 .norm_epsilon = 1e-5});
  RequireUsualHeadSize(config, model);
  model.qk_norm = QkNorm::kWhole;
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
  model.qkv_clip = config.Optional<double>("clip_qkv");
  ReadExperts(config,
              {.count = {"num_experts", "num_local_experts"},
               .default_count = 64,
               .default_top_k = 8,
               .default_hidden_size = 2048},
              model);
  model.ffn.norm_topk_prob = config.Get("norm_topk_prob", false);
  return model;
}

Recipe NormAfterTensors() {
  const std::string layer = HuggingFaceLayer("");
  Recipe recipe = HuggingFaceDecoderTensors();
  recipe["layers.{}.attention_post_norm.weight"] = {{layer + "post_attention_layernorm.weight"}};
  recipe["layers.{}.ffn_post_norm.weight"] = {{layer + "post_feedforward_layernorm.weight"}};
  return recipe;
}

}  // namespace

Architecture Olmo1Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "OlmoForCausalLM",
                                          .model_type = "olmo",
                                          .tensors = HuggingFaceDecoderTensors(),
                                          .read_config = ReadOlmo1Config},
          .gguf = GgufFamily("olmo")};
}

Architecture Olmo2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Olmo2ForCausalLM",
                                          .model_type = "olmo2",
                                          .tensors = NormAfterTensors(),
                                          .read_config = ReadOlmo2Config},
          .gguf = GgufFamily("olmo2")};
}

Architecture Olmo3Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Olmo3ForCausalLM",
                                          .model_type = "olmo3",
                                          .tensors = NormAfterTensors(),
                                          .read_config = ReadOlmo3Config},
          .shared_gguf = "olmo2"};
}

Architecture OlmoeArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "OlmoeForCausalLM",
                                          .model_type = "olmoe",
                                          .tensors = GatedExpertTensors(),
                                          .variants = {StackedGatedExperts()},
                                          .read_config = ReadOlmoeConfig},
          .gguf = GgufFamily("olmoe")};
}

}  // namespace vffn
