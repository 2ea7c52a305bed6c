#include "model/weights/architectures/gguf_config.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "model/weights/architectures/gguf_rope.h"

namespace vffn {
namespace {

/// Refuses what changes the arithmetic, but not keys that state the supported case; passes over keys that
/// change nothing.
void RefuseOtherArithmetic(const GgufKeys& keys) {
  constexpr std::pair<std::string_view, std::string_view> kSupported[] = {
      {"attention.causal", "true"},
      {"attention.max_alibi_bias", "0"},
      {"tensor_data_layout", "Meta AI original pth"},
      {"expert_weights_scale", "1"},
      {"expert_gating_func", "1"},  // softmax
      {"expert_group_count", "1"},
      {"expert_group_used_count", "1"},
      {"nextn_predict_layers", "0"},
      {"leading_dense_block_count", "0"},
  };
  for (const auto& [key, supported] : kSupported) {
    keys.RequireValue(key, supported);
  }
  // How the file was made, and what only other programs do with the model.
  for (const std::string_view key : {"pooling_type", "expert_shared_count", "quantization_version"}) {
    keys.Ignore(key);
  }
}

bool Has(const GgufKeys& keys, std::string_view tensor) { return keys.file().FindTensor(tensor) != nullptr; }

int64_t HeadSize(const GgufKeys& keys, const ModelConfig& model) {
  const auto key_length = keys.Integer("attention.key_length");
  if (!key_length) {
    VFFN_CHECK(model.d_model % model.n_heads == 0, keys.file().origin(), ": ",
               keys.FullName("attention.head_count"), " (", model.n_heads, ") does not divide ",
               keys.FullName("embedding_length"), " (", model.d_model, ")");
  }
  const int64_t size = key_length.value_or(model.d_model / model.n_heads);
  for (const std::string_view key :
       {"attention.value_length", "attention.key_length_swa", "attention.value_length_swa"}) {
    const int64_t value = keys.Integer(key).value_or(size);
    VFFN_CHECK(value == size, keys.file().origin(), ": ", keys.FullName(key), " is ", value,
               ", but the head size is ", size, ": not supported");
  }
  return size;
}

void ReadSizes(const GgufKeys& keys, ModelConfig& model) {
  model.d_model = keys.RequiredInteger("embedding_length");
  model.n_layers = keys.RequiredInteger("block_count");
  const std::optional<int64_t> heads = keys.OfAllLayers("attention.head_count");
  VFFN_CHECK(heads.value_or(0) > 0, keys.file().origin(), ": metadata key ",
             keys.FullName("attention.head_count"), heads ? " is not positive" : " is missing");
  model.n_heads = *heads;
  model.n_kv_heads = keys.OfAllLayers("attention.head_count_kv").value_or(model.n_heads);
  model.head_size = HeadSize(keys, model);
  const TensorView* embedding = keys.file().FindTensor("token_embd.weight");
  VFFN_CHECK(embedding != nullptr && embedding->shape.size() == 2, keys.file().origin(),
             ": there is no matrix token_embd.weight: not a model, or only a vocabulary");
  model.vocab_size = keys.Integer("vocab_size").value_or(embedding->shape[0]);
  model.max_sequence_length = keys.RequiredInteger("context_length");
}

void ReadNorms(const GgufKeys& keys, ModelConfig& model) {
  const std::string_view rms = "attention.layer_norm_rms_epsilon";
  const std::string_view layer = "attention.layer_norm_epsilon";
  model.norm_epsilon = keys.RequiredFloat(model.norm == NormKind::kRms ? rms : layer);
  keys.Ignore(model.norm == NormKind::kRms ? layer : rms);  // of norms that the model does not have
  model.norm_weight = Has(keys, "output_norm.weight");
  model.norm_bias = Has(keys, "output_norm.bias");
  if (!Has(keys, "blk.0.attn_q_norm.weight")) {
    model.qk_norm = QkNorm::kNone;
  } else {
    VFFN_CHECK(model.qk_norm != QkNorm::kNone, keys.file().origin(),
               ": tensor blk.0.attn_q_norm.weight: a norm of queries is not known of this architecture");
    model.qk_norm_bias = Has(keys, "blk.0.attn_q_norm.bias");
  }
}

void ReadNumbers(const GgufKeys& keys, const GgufTraits& traits, ModelConfig& model) {
  const auto given = [&](std::string_view key) {
    const std::optional<double> value = keys.Float(key);
    return value && *value != 0 ? value : std::nullopt;  // llama.cpp: 0 stands for none
  };
  model.qkv_clip = given("attention.clamp_kqv");
  model.attention_scale = given("attention.scale");
  model.attention_softcap = given("attn_logit_softcapping");
  model.logit_softcap = given("final_logit_softcapping");
  model.embedding_multiplier = given("embedding_scale").value_or(model.embedding_multiplier);
  model.residual_multiplier = given("residual_scale").value_or(1.0);
  const double logit_scale = given("logit_scale").value_or(1.0);
  model.logit_multiplier = traits.divides_logits ? 1.0 / logit_scale : logit_scale;
}

void ReadResidual(const GgufKeys& keys, const GgufTraits& traits, ModelConfig& model) {
  if (traits.parallel_residual) {
    const bool one_norm = !Has(keys, "blk.0.ffn_norm.weight");
    const bool parallel = keys.Bool("use_parallel_residual").value_or(one_norm);
    model.residual = !parallel  ? Residual::kSequential
                     : one_norm ? Residual::kParallelOneNorm
                                : *traits.parallel_residual;
  } else if (model.residual == Residual::kSequential) {
    keys.RequireValue("use_parallel_residual", "false");
  } else {
    keys.RequireValue("use_parallel_residual", "true");
  }
}

/// The window and its layers: a list of flags, or a number n: every n-th layer has none.
void ReadWindow(const GgufKeys& keys, const GgufTraits& traits, ModelConfig& model) {
  model.window = keys.Integer("attention.sliding_window").value_or(model.window);
  const std::vector<int64_t> pattern = keys.Integers("attention.sliding_window_pattern");
  if (model.window == 0) {
    return;
  }
  const bool listed = pattern.size() > 1;
  VFFN_CHECK(!listed || std::cmp_equal(pattern.size(), model.n_layers), keys.file().origin(), ": ",
             keys.FullName("attention.sliding_window_pattern"), " has ", pattern.size(), " values for ",
             model.n_layers, " layers");
  const int64_t interval = pattern.size() == 1 ? pattern[0] : traits.full_attention_interval;
  for (int64_t layer = 0; layer < model.n_layers; ++layer) {
    const bool full =
        listed ? pattern[static_cast<size_t>(layer)] == 0 : interval > 0 && layer % interval == interval - 1;
    if (full) {
      model.full_attention_layers.push_back(layer);
    }
  }
}

void ReadExperts(const GgufKeys& keys, ModelConfig& model) {
  const int64_t experts = keys.Integer("expert_count").value_or(0);
  const int64_t used = keys.OfAllLayers("expert_used_count").value_or(0);
  const std::optional<int64_t> hidden = keys.OfAllLayers("expert_feed_forward_length");
  const std::optional<int64_t> shared = keys.Integer("expert_shared_feed_forward_length");
  const std::optional<bool> normalised = keys.Bool("expert_weights_norm");
  if (experts == 0) {
    return;
  }
  model.ffn = {.kind = FfnKind::kSparseMoe,
               .n_experts = experts,
               .top_k = used,
               .expert_hidden_size = hidden.value_or(model.ffn_hidden_size),
               .norm_topk_prob = normalised.value_or(model.ffn.norm_topk_prob)};
  model.ffn_hidden_size = Has(keys, "blk.0.ffn_up_shexp.weight") ? shared.value_or(model.ffn_hidden_size) : 0;
  model.ffn.shared_expert_gate = Has(keys, "blk.0.ffn_gate_inp_shexp.weight");
}

}  // namespace

const std::string& GgufKeys::Asked(std::string_view key) const { return *asked_.insert(FullName(key)).first; }

std::optional<int64_t> GgufKeys::Integer(std::string_view key) const { return file_.Integer(Asked(key)); }

std::optional<double> GgufKeys::Float(std::string_view key) const { return file_.Float(Asked(key)); }

std::optional<bool> GgufKeys::Bool(std::string_view key) const { return file_.Bool(Asked(key)); }

std::optional<std::string> GgufKeys::String(std::string_view key) const { return file_.String(Asked(key)); }

std::vector<int64_t> GgufKeys::Integers(std::string_view key) const { return file_.Integers(Asked(key)); }

std::optional<int64_t> GgufKeys::OfAllLayers(std::string_view key) const {
  const std::vector<int64_t> values = Integers(key);
  if (values.empty()) {
    return std::nullopt;
  }
  const auto other = std::ranges::find_if(values, [&](int64_t value) { return value != values[0]; });
  VFFN_CHECK(other == values.end(), file_.origin(), ": metadata key ", FullName(key), " is ", values[0],
             " in layer 0 and ", other == values.end() ? 0 : *other, " in layer ", other - values.begin(),
             ": layers of different sizes are not supported");
  return values[0];
}

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

ModelConfig ReadGgufDecoder(const GgufKeys& keys, const GgufTraits& traits) {
  RefuseOtherArithmetic(keys);
  ModelConfig model = traits.arithmetic;
  ReadSizes(keys, model);
  ReadNorms(keys, model);
  ReadNumbers(keys, traits, model);
  ReadResidual(keys, traits, model);
  ReadWindow(keys, traits, model);
  ReadGgufRope(keys, model);
  model.tied_head = !Has(keys, "output.weight");
  model.head_bias = Has(keys, "output.bias");
  model.qkv_bias = Has(keys, "blk.0.attn_q.bias") || Has(keys, "blk.0.attn_qkv.bias");
  model.attention_out_bias = Has(keys, "blk.0.attn_output.bias");
  model.ffn_bias = Has(keys, "blk.0.ffn_up.bias");
  model.ffn_hidden_size = keys.OfAllLayers("feed_forward_length").value_or(0);
  ReadExperts(keys, model);
  if (traits.finish != nullptr) {
    traits.finish(model);
  }
  return model;
}

}  // namespace vffn
