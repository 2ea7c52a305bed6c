#include "model/weights/architectures/gguf_config.h"

#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

void RequireHeadSize(const GgufKeys& keys, std::string_view key, int64_t head_size) {
  const int64_t value = keys.Integer(key).value_or(head_size);
  VFFN_CHECK(value == head_size, keys.file().origin(), ": ", keys.FullName(key), " is ", value,
             ", but the head size is ", head_size, ": not supported");
}

/// Refuses what changes the arithmetic, but not keys that state the supported case.
void RefuseOtherArithmetic(const GgufKeys& keys) {
  constexpr std::pair<std::string_view, std::string_view> kSupported[] = {
      {"attention.causal", "true"}, {"expert_count", "0"},         {"expert_used_count", "0"},
      {"rope.scaling.factor", "1"}, {"rope.scaling.type", "none"}, {"use_parallel_residual", "false"},
  };
  for (const auto& [key, supported] : kSupported) {
    keys.RequireValue(key, supported);
  }
  VFFN_CHECK(keys.file().FindTensor("rope_freqs.weight") == nullptr, keys.file().origin(),
             ": tensor rope_freqs.weight: rotary frequency factors (Llama 3.1 and later) are not supported");
}

int64_t HeadSize(const GgufKeys& keys, const ModelConfig& model) {
  if (const auto key_length = keys.Integer("attention.key_length")) {
    return *key_length;
  }
  VFFN_CHECK(model.d_model % model.n_heads == 0, keys.file().origin(), ": ",
             keys.FullName("attention.head_count"), " (", model.n_heads, ") does not divide ",
             keys.FullName("embedding_length"), " (", model.d_model, ")");
  return model.d_model / model.n_heads;
}

int64_t VocabSize(const GgufKeys& keys) {
  const TensorView* embedding = keys.file().FindTensor("token_embd.weight");
  VFFN_CHECK(embedding != nullptr && embedding->shape.size() == 2, keys.file().origin(),
             ": there is no matrix token_embd.weight: not a model, or only a vocabulary");
  return keys.Integer("vocab_size").value_or(embedding->shape[0]);
}

}  // namespace

const std::string& GgufKeys::Asked(std::string_view key) const { return *asked_.insert(FullName(key)).first; }

std::optional<int64_t> GgufKeys::Integer(std::string_view key) const { return file_.Integer(Asked(key)); }

std::optional<double> GgufKeys::Float(std::string_view key) const { return file_.Float(Asked(key)); }

int64_t GgufKeys::RequiredInteger(std::string_view key) const {
  const std::optional<int64_t> value = Integer(key);
  VFFN_CHECK(value.has_value(), file_.origin(), ": metadata key ", FullName(key), " is missing");
  return *value;
}

double GgufKeys::RequiredFloat(std::string_view key) const {
  const std::optional<double> value = Float(key);
  VFFN_CHECK(value.has_value(), file_.origin(), ": metadata key ", FullName(key), " is missing");
  return *value;
}

void GgufKeys::RequireValue(std::string_view key, std::string_view supported) const {
  const std::string& name = Asked(key);
  VFFN_CHECK(!file_.metadata().contains(name) || file_.Text(name) == supported, file_.origin(),
             ": metadata key ", name, " = ", file_.Text(name), " is not supported, ", supported, " is");
}

void GgufKeys::RefuseUnknown() const {
  for (const auto& [key, value] : file_.metadata()) {
    VFFN_CHECK(!key.starts_with(prefix_) || asked_.contains(key), file_.origin(), ": metadata key ", key,
               " = ", file_.Text(key), " is not supported: it may change what the model computes");
  }
}

ModelConfig ReadDecoderConfig(const GgufKeys& keys) {
  RefuseOtherArithmetic(keys);
  ModelConfig model;
  model.d_model = keys.RequiredInteger("embedding_length");
  model.n_layers = keys.RequiredInteger("block_count");
  model.n_heads = keys.RequiredInteger("attention.head_count");
  VFFN_CHECK(model.n_heads > 0, keys.file().origin(), ": ", keys.FullName("attention.head_count"), " is ",
             model.n_heads, ", should be positive");
  model.n_kv_heads = keys.Integer("attention.head_count_kv").value_or(model.n_heads);
  model.head_size = HeadSize(keys, model);
  RequireHeadSize(keys, "attention.value_length", model.head_size);
  RequireHeadSize(keys, "rope.dimension_count", model.head_size);
  model.ffn_hidden_size = keys.RequiredInteger("feed_forward_length");
  model.vocab_size = VocabSize(keys);
  model.max_sequence_length = keys.RequiredInteger("context_length");
  model.rope_theta = keys.Float("rope.freq_base").value_or(10000.0);
  model.norm_epsilon = keys.RequiredFloat("attention.layer_norm_rms_epsilon");
  const auto has = [&](const char* tensor) { return keys.file().FindTensor(tensor) != nullptr; };
  model.tied_head = !has("output.weight");
  model.qkv_bias = has("blk.0.attn_q.bias");
  model.attention_out_bias = has("blk.0.attn_output.bias");
  model.ffn_bias = has("blk.0.ffn_up.bias");
  return model;
}

Recipe GgufDecoderTensors(RowOrder rotary_order) {
  Recipe recipe = {
      {"embedding.weight", {{"token_embd.weight"}}},
      {"layers.{}.attention_norm.weight", {{"blk.{}.attn_norm.weight"}}},
      {"layers.{}.ffn_norm.weight", {{"blk.{}.ffn_norm.weight"}}},
      {"final_norm.weight", {{"output_norm.weight"}}},
      {"head.weight", {{"output.weight"}}},
  };
  for (const std::string kind : {"weight", "bias"}) {
    const std::string block = "blk.{}.";
    recipe["layers.{}.qkv." + kind] = {{block + "attn_q." + kind, SourceRows::kQuery, rotary_order},
                                       {block + "attn_k." + kind, SourceRows::kKeyValue, rotary_order},
                                       {block + "attn_v." + kind, SourceRows::kKeyValue}};
    recipe["layers.{}.attention_out." + kind] = {{block + "attn_output." + kind}};
    recipe["layers.{}.ffn_in." + kind] = {{block + "ffn_up." + kind}, {block + "ffn_gate." + kind}};
    recipe["layers.{}.ffn_out." + kind] = {{block + "ffn_down." + kind}};
  }
  return recipe;
}

}  // namespace vffn
