#include "model/weights/architectures/huggingface_config.h"

#include <optional>

#include "base/error.h"
#include "base/json.h"

namespace vffn {
namespace {

/// rope_theta stands at the top level (transformers 4), or in rope_parameters or rope_scaling (transformers
/// 5).
double RopeTheta(const Fields& config) {
  std::optional<double> theta = config.Optional<double>("rope_theta");
  for (const char* section : {"rope_parameters", "rope_scaling"}) {
    const std::optional<Fields> rope = config.OptionalObject(section);
    if (!rope) {
      continue;
    }
    RequireValue(*rope, "rope_type", "default");
    RequireValue(*rope, "type", "default");
    RequireValue(*rope, "partial_rotary_factor", 1.0);
    RequireValue(*rope, "factor", 1.0);
    const std::optional<double> inner = rope->Optional<double>("rope_theta");
    VFFN_CHECK(!inner || !theta || *inner == *theta, rope->Where(), ": rope_theta is ", inner.value_or(0),
               " here and ", theta.value_or(0), " elsewhere");
    theta = inner ? inner : theta;
  }
  return theta.value_or(10000.0);
}

}  // namespace

void RequireValue(const Fields& config, std::string_view key, const Json& supported) {
  const Json* value = config.Find(key);
  VFFN_CHECK(value == nullptr || *value == supported, config.Where(key), " = ", value->dump(),
             " is not supported, ", supported.dump(), " is");
}

ModelConfig ReadDecoderConfig(const Fields& config) {
  RequireValue(config, "hidden_act", "silu");
  RequireValue(config, "partial_rotary_factor", 1.0);
  ModelConfig model;
  model.d_model = config.Get<int64_t>("hidden_size");
  model.n_layers = config.Get<int64_t>("num_hidden_layers");
  model.n_heads = config.Integer("num_attention_heads", 1);
  model.n_kv_heads = config.Get<int64_t>("num_key_value_heads", model.n_heads);
  model.head_size = config.Get<int64_t>("head_dim", model.d_model / model.n_heads);
  model.ffn_hidden_size = config.Get<int64_t>("intermediate_size");
  model.vocab_size = config.Get<int64_t>("vocab_size");
  model.max_sequence_length = config.Get<int64_t>("max_position_embeddings");
  model.rope_theta = RopeTheta(config);
  model.norm_epsilon = config.Get("rms_norm_eps", 1e-6);
  model.tied_head = config.Get("tie_word_embeddings", false);
  return model;
}

Recipe HuggingFaceDecoderTensors() {
  Recipe recipe = {
      {"embedding.weight", {{"model.embed_tokens.weight"}}},
      {"layers.{}.attention_norm.weight", {{"model.layers.{}.input_layernorm.weight"}}},
      {"layers.{}.ffn_norm.weight", {{"model.layers.{}.post_attention_layernorm.weight"}}},
      {"final_norm.weight", {{"model.norm.weight"}}},
      {"head.weight", {{"lm_head.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    const std::string attention = "model.layers.{}.self_attn.";
    const std::string ffn = "model.layers.{}.mlp.";
    recipe["layers.{}.qkv." + kind] = {{attention + "q_proj." + kind, SourceRows::kQuery},
                                       {attention + "k_proj." + kind, SourceRows::kKeyValue},
                                       {attention + "v_proj." + kind, SourceRows::kKeyValue}};
    recipe["layers.{}.attention_out." + kind] = {{attention + "o_proj." + kind}};
    recipe["layers.{}.ffn_in." + kind] = {{ffn + "up_proj." + kind}, {ffn + "gate_proj." + kind}};
    recipe["layers.{}.ffn_out." + kind] = {{ffn + "down_proj." + kind}};
  }
  return recipe;
}

}  // namespace vffn
