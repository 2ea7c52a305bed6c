// Gemma: GeGLU, an embedding multiplied by sqrt(d), norm weights stored minus 1. Gemma 2: norms before and
// after attention and FFN, soft caps, a window in every other layer. Gemma 3: norms of queries and keys, a
// rotary base of its own for layers with a window.
#include <cmath>

#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/architecture.h"
#include "model/weights/architectures/gguf_families.h"
#include "model/weights/architectures/huggingface_config.h"
#include "model/weights/architectures/huggingface_rope.h"

namespace vffn {
namespace {

void SetGemmaCommon(const Fields& config, ModelConfig& model) {
  model.embedding_multiplier = std::sqrt(static_cast<double>(model.d_model));
  model.qkv_bias = model.attention_out_bias = config.Get("attention_bias", false);
}

ModelConfig ReadGemmaConfig(const Fields& config) {
  ModelConfig model = ReadDecoderConfig(config, {.hidden_size = 3072,
                                                 .intermediate_size = 24576,
                                                 .num_hidden_layers = 28,
                                                 .num_attention_heads = 16,
                                                 .num_key_value_heads = 16,
                                                 .head_dim = 256,
                                                 .vocab_size = 256000,
                                                 .max_position_embeddings = 8192,
                                                 .activation = "gelu_pytorch_tanh",
                                                 .tie_word_embeddings = true});
  if (model.activation == Activation::kGelu) {  // the released files say "gelu" and mean its approximation
    model.activation = Activation::kGeluTanh;
  }
  SetGemmaCommon(config, model);
  return model;
}

constexpr HuggingFaceDefaults kGemma2Defaults = {.hidden_size = 2304,
                                                 .intermediate_size = 9216,
                                                 .num_hidden_layers = 26,
                                                 .num_attention_heads = 8,
                                                 .num_key_value_heads = 4,
                                                 .head_dim = 256,
                                                 .vocab_size = 256000,
                                                 .max_position_embeddings = 8192,
                                                 .activation_key = "hidden_activation",
                                                 .activation = "gelu_pytorch_tanh",
                                                 .tie_word_embeddings = true};

/// What Gemma 2 and 3 have in common, without windows and positions.
ModelConfig ReadGemma2Sizes(const Fields& config, const HuggingFaceDefaults& defaults) {
  ModelConfig model = ReadDecoderSizes(config, defaults);
  SetGemmaCommon(config, model);
  model.norm_placement = NormPlacement::kAround;
  const double scalar = config.Get("query_pre_attn_scalar", 256.0);
  VFFN_CHECK(scalar > 0, config.Where("query_pre_attn_scalar"), " is ", scalar, ", should be positive");
  model.attention_scale = 1 / std::sqrt(scalar);
  return model;
}

/// A soft cap; none if it is null.
std::optional<double> SoftCap(const Fields& config, std::string_view key, std::optional<double> otherwise) {
  return config.IsNull(key) ? std::nullopt : config.Has(key) ? config.Optional<double>(key) : otherwise;
}

ModelConfig ReadGemma2Config(const Fields& config) {
  ModelConfig model = ReadGemma2Sizes(config, kGemma2Defaults);
  ReadRope(config, {}, model);
  model.attention_softcap = SoftCap(config, "attn_logit_softcapping", 50.0);
  model.logit_softcap = SoftCap(config, "final_logit_softcapping", 30.0);
  ReadLayerTypes(
      config, IntegerOrNull(config, "sliding_window", 4096), [](int64_t layer) { return layer % 2 == 0; },
      model);
  return model;
}

ModelConfig ReadGemma3Config(const Fields& config) {
  HuggingFaceDefaults defaults = kGemma2Defaults;
  defaults.vocab_size = 262208;
  defaults.max_position_embeddings = 131072;
  ModelConfig model = ReadGemma2Sizes(config, defaults);
  VFFN_CHECK(!config.Has("attn_logit_softcapping"), config.Where("attn_logit_softcapping"),
             " is not supported, null is: the attention functions of transformers disagree about it");
  model.logit_softcap = SoftCap(config, "final_logit_softcapping", std::nullopt);
  model.qk_norm = QkNorm::kHead;
  const int64_t pattern =
      config.Has("sliding_window_pattern") ? config.Integer("sliding_window_pattern", 1) : 6;
  ReadLayerTypes(
      config, IntegerOrNull(config, "sliding_window", 4096),
      [&](int64_t layer) { return (layer + 1) % pattern != 0; }, model);
  ReadLayerRope(
      config, {.full_theta = 1e6, .sliding_theta = 1e4, .sliding_theta_key = "rope_local_base_freq"}, model);
  return model;
}

/// The language model of a Gemma 3 that also reads images.
ModelConfig ReadGemma3TextPart(const Fields& config) {
  ModelConfig model = ReadGemma3Config(config.Object("text_config"));
  model.tied_head = config.Get("tie_word_embeddings", true);
  return model;
}

Recipe GemmaTensors() {
  Recipe recipe = HuggingFaceDecoderTensors();
  for (const char* norm : {"layers.{}.attention_norm.weight", "layers.{}.ffn_norm.weight",
                           "layers.{}.q_norm.weight", "layers.{}.k_norm.weight", "final_norm.weight"}) {
    recipe.at(norm).front().plus_one = true;
  }
  return recipe;
}

/// Of a model whose tensors begin with `prefix` in the place of "model.".
Recipe Gemma2Tensors() {
  const std::string layer = HuggingFaceLayer("");
  const auto norm = [&](const std::string& name) {
    return std::vector<Source>{{.name = layer + name + ".weight", .plus_one = true}};
  };
  Recipe recipe = GemmaTensors();
  recipe["layers.{}.attention_post_norm.weight"] = norm("post_attention_layernorm");
  recipe["layers.{}.ffn_norm.weight"] = norm("pre_feedforward_layernorm");
  recipe["layers.{}.ffn_post_norm.weight"] = norm("post_feedforward_layernorm");
  return recipe;
}

/// Gemma2Tensors with a longer prefix in the place of "model.".
Recipe Gemma3TextTensors(const std::string& prefix, const std::string& head) {
  Recipe recipe = Gemma2Tensors();
  for (auto& [parameter, sources] : recipe) {
    for (Source& source : sources) {
      if (source.name.starts_with("model.")) {
        source.name.replace(0, 6, prefix);
      }
    }
  }
  recipe["head.weight"] = {{head}};
  return recipe;
}

}  // namespace

Architecture GemmaArchitecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "GemmaForCausalLM",
                                          .model_type = "gemma",
                                          .tensors = GemmaTensors(),
                                          .read_config = ReadGemmaConfig},
          .gguf = GgufFamily("gemma")};
}

Architecture Gemma2Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Gemma2ForCausalLM",
                                          .model_type = "gemma2",
                                          .tensors = Gemma2Tensors(),
                                          .read_config = ReadGemma2Config},
          .gguf = GgufFamily("gemma2")};
}

Architecture Gemma3Architecture() {
  return {.hugging_face = HuggingFaceForm{.class_name = "Gemma3ForCausalLM",
                                          .model_type = "gemma3_text",
                                          .tensors = Gemma2Tensors(),
                                          .read_config = ReadGemma3Config},
          .gguf = GgufFamily("gemma3")};
}

Architecture Gemma3ImageArchitecture() {
  return {.hugging_face =
              HuggingFaceForm{
                  .class_name = "Gemma3ForConditionalGeneration",
                  .model_type = "gemma3",
                  .tensors = Gemma3TextTensors("language_model.model.", "language_model.lm_head.weight"),
                  .variants = {Gemma3TextTensors("model.language_model.", "lm_head.weight")},
                  .ignored_prefixes = {"vision_tower.", "multi_modal_projector.", "model.vision_tower.",
                                       "model.multi_modal_projector."},
                  .read_config = ReadGemma3TextPart},
          .shared_gguf = "gemma3"};
}

}  // namespace vffn
