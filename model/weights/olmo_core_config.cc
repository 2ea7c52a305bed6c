#include "model/weights/olmo_core_config.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "model/weights/architectures/huggingface_config.h"

namespace vffn {
namespace {

constexpr std::string_view kClass = "_CLASS_";

/// Fields that do not change what a trained model computes.
void PassOver(const Fields& fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    fields.Find(name);
  }
  fields.Find(kClass);
}

/// Reads a norm: its epsilon.
double ReadNorm(const Fields& parent, std::string_view name) {
  const Fields norm = parent.Object(name);
  const auto kind = norm.Get<std::string>("name", "default");
  VFFN_CHECK(kind == "rms" || kind == "fused_rms" || kind == "cute_rms", norm.Where("name"), " = \"", kind,
             "\" is not supported, \"rms\" is");
  VFFN_CHECK(!norm.Get("bias", true), norm.Where("bias"), ": norms with a bias are not supported");
  RequireValue(norm, "elementwise_affine", true);
  PassOver(norm, {"full_precision", "dtype"});
  const double epsilon = norm.Get("eps", 1e-5);
  norm.RefuseUnknown();
  return epsilon;
}

/// Throws unless the norm has the epsilon of the others: transformers has one for all.
void RequireSameNorm(const Fields& parent, std::string_view name, double epsilon) {
  const double own = ReadNorm(parent, name);
  VFFN_CHECK(own == epsilon, parent.Where(name), ": eps is ", own, ", but ", epsilon, " in the layers");
}

void ReadRopeOfOlmoCore(const Fields& attention, Json& model) {
  const Fields rope = attention.Object("rope");
  const auto kind = rope.Get<std::string>("name", "default");
  VFFN_CHECK(kind == "default" || kind == "fused", rope.Where("name"), " = \"", kind, "\" is not supported");
  RequireValue(rope, "no_global_rope", false);
  RequireValue(rope, "partial_rotary_factor", 1.0);
  VFFN_CHECK(!rope.Has("scaling"), rope.Where("scaling"), " is not supported");
  PassOver(rope, {"full_precision"});
  model["rope_theta"] = rope.Get("theta", 500000.0);
  rope.RefuseUnknown();
}

/// Gives every layer its type. OLMo-core repeats the pattern, from the second layer on if the first has full
/// attention whatever the pattern says.
void ReadSlidingWindow(const Fields& window, int64_t n_layers, Json& model) {
  const auto pattern = window.Get<std::vector<int64_t>>("pattern");
  const bool full_first = window.Get("force_full_attention_on_first_layer", true);
  const bool full_last = window.Get("force_full_attention_on_last_layer", true);
  PassOver(window, {});
  window.RefuseUnknown();
  VFFN_CHECK(!pattern.empty(), window.Where("pattern"), " is empty");
  Json types = Json::array();
  for (int64_t layer = 0; layer < n_layers; ++layer) {
    const auto at = static_cast<size_t>(layer - (full_first && layer > 0 ? 1 : 0));
    const bool forced = (full_first && layer == 0) || (full_last && layer == n_layers - 1);
    const int64_t size = forced ? -1 : pattern[at % pattern.size()];
    types.push_back(size == -1 ? "full_attention" : "sliding_attention");
    if (size != -1) {
      VFFN_CHECK(!model.contains("sliding_window") || model["sliding_window"] == size,
                 window.Where("pattern"), ": windows of different sizes are not supported");
      model["sliding_window"] = size;
    }
  }
  model["layer_types"] = std::move(types);
}

void ReadAttention(const Fields& attention, double epsilon, Json& model) {
  RequireValue(attention, "name", "default");
  RequireValue(attention, "type", "attention");
  RequireValue(attention, "scalable_softmax", false);
  RequireValue(attention, "attention_sinks", false);
  RequireValue(attention, "qk_norm_per_head_gains", false);
  for (const std::string_view name : {"gate", "clip_qkv"}) {
    VFFN_CHECK(!attention.Has(name), attention.Where(name), " is not supported");
  }
  PassOver(attention, {"dropout", "use_flash", "backend", "dtype"});
  const int64_t heads = attention.Integer("n_heads", 1);
  model["num_attention_heads"] = heads;
  model["num_key_value_heads"] = attention.Get("n_kv_heads", heads);
  if (const auto head_dim = attention.Optional<int64_t>("head_dim")) {
    model["head_dim"] = *head_dim;
  }
  model["attention_bias"] = attention.Get("bias", true);
  ReadRopeOfOlmoCore(attention, model);
  if (attention.Has("qk_norm")) {
    RequireSameNorm(attention, "qk_norm", epsilon);
  }
  if (const std::optional<Fields> window = attention.OptionalObject("sliding_window")) {
    ReadSlidingWindow(*window, model.at("num_hidden_layers").get<int64_t>(), model);
  }
}

void ReadFeedForward(const Fields& feed_forward, Json& model) {
  RequireValue(feed_forward, "name", "default");
  RequireValue(feed_forward, "activation", "silu");
  PassOver(feed_forward, {"dtype"});
  model["intermediate_size"] = feed_forward.Get<int64_t>("hidden_size");
  model["mlp_bias"] = feed_forward.Get("bias", true);
  feed_forward.RefuseUnknown();
}

/// The model_type that has the arithmetic of the block.
std::string ModelTypeOf(const Fields& block, const Fields& attention, const Json& model) {
  const auto name = block.Get<std::string>("name", "default");
  const bool norms = attention.Has("qk_norm");
  const bool by_head = attention.Get("use_head_qk_norm", false);
  const bool slides = model.contains("sliding_window");
  const bool mlp_bias = model.at("mlp_bias").get<bool>();
  if (name == "default" && !norms && !slides) {
    return "llama";
  }
  VFFN_CHECK(!mlp_bias, block.Where("feed_forward"), ": bias = true is not supported with these norms");
  if (name == "default" && norms && by_head && !slides) {
    return "qwen3";
  }
  VFFN_CHECK(name == "reordered_norm" && norms && !by_head, block.Where("name"), " = \"", name, "\" with ",
             norms ? (by_head ? "norms of each head" : "norms of all heads") : "no norms",
             " of queries and keys", slides ? " and a sliding window" : "", " is not supported");
  return slides ? "olmo3" : "olmo2";
}

std::string ReadBlock(const Fields& block, Json& model) {
  const double epsilon = ReadNorm(block, "layer_norm");
  model["rms_norm_eps"] = epsilon;
  const Fields attention = block.Object(block.Has("attention") ? "attention" : "sequence_mixer");
  ReadAttention(attention, epsilon, model);
  ReadFeedForward(block.Object("feed_forward"), model);
  for (const std::string_view name :
       {"feed_forward_moe", "attention_residual_alpha", "feed_forward_residual_alpha"}) {
    VFFN_CHECK(!block.Has(name), block.Where(name), " is not supported");
  }
  PassOver(block, {"dropout"});
  std::string model_type = ModelTypeOf(block, attention, model);
  attention.RefuseUnknown();
  block.RefuseUnknown();
  return model_type;
}

int64_t SequenceLength(const Fields& config) {
  constexpr int64_t kUnknown = 4096;
  for (const auto& [section, name] :
       {std::pair("train_module", "max_sequence_length"), std::pair("dataset", "sequence_length")}) {
    if (const std::optional<Fields> fields = config.OptionalObject(section)) {
      if (const auto length = fields->Optional<int64_t>(name)) {
        return *length;
      }
    }
  }
  return kUnknown;
}

/// Parts of names, OLMo-core's and Hugging Face's.
constexpr std::pair<std::string_view, std::string_view> kLayerNames[] = {
    {"attention.w_q", "self_attn.q_proj"},    {"attention.w_k", "self_attn.k_proj"},
    {"attention.w_v", "self_attn.v_proj"},    {"attention.w_out", "self_attn.o_proj"},
    {"attention.q_norm", "self_attn.q_norm"}, {"attention.k_norm", "self_attn.k_norm"},
    {"feed_forward.w1", "mlp.gate_proj"},     {"feed_forward.w2", "mlp.down_proj"},
    {"feed_forward.w3", "mlp.up_proj"},
};
constexpr std::pair<std::string_view, std::string_view> kPreNormNames[] = {
    {"attention_norm", "input_layernorm"},
    {"feed_forward_norm", "post_attention_layernorm"},
};
constexpr std::pair<std::string_view, std::string_view> kPostNormNames[] = {
    {"attention_norm", "post_attention_layernorm"},
    {"feed_forward_norm", "post_feedforward_layernorm"},
};
constexpr std::pair<std::string_view, std::string_view> kOuterNames[] = {
    {"embeddings", "model.embed_tokens"},
    {"lm_head.norm", "model.norm"},
    {"lm_head.w_out", "lm_head"},
};

template <class Table>
std::string_view Translated(const Table& table, std::string_view name) {
  for (const auto& [theirs, ours] : table) {
    if (theirs == name) {
      return ours;
    }
  }
  return {};
}

}  // namespace

Json HuggingFaceConfigOfOlmoCore(const Json& config, const std::string& origin) {
  const Fields all(config, origin);
  const Fields fields = all.Object("model");
  Json model;
  model["hidden_size"] = fields.Get<int64_t>("d_model");
  model["vocab_size"] = fields.Get<int64_t>("vocab_size");
  model["num_hidden_layers"] = fields.Get<int64_t>("n_layers");
  model["tie_word_embeddings"] = fields.Get("tie_word_embeddings", false);
  model["max_position_embeddings"] = SequenceLength(all);
  RequireValue(fields, "name", "default");
  for (const std::string_view name : {"embedding_norm", "block_pattern", "block_overrides", "embed_scale"}) {
    VFFN_CHECK(!fields.Has(name), fields.Where(name), " is not supported");
  }
  const std::string model_type = ReadBlock(fields.Object("block"), model);
  model["model_type"] = model_type;
  if (model_type == "olmo3") {  // transformers gives a single rope_theta to layers without a window alone
    const Json rope = {{"rope_type", "default"}, {"rope_theta", model["rope_theta"]}};
    model["rope_parameters"] = {{"full_attention", rope}, {"sliding_attention", rope}};
  }
  const Fields head = fields.Object("lm_head");
  RequireValue(head, "name", "default");
  VFFN_CHECK(!head.Get("bias", true), head.Where("bias"), ": a head with a bias is not supported");
  RequireSameNorm(head, "layer_norm", model["rms_norm_eps"].get<double>());
  PassOver(head, {"dtype", "loss_implementation"});
  head.RefuseUnknown();
  PassOver(fields, {"dtype", "init_method", "init_seed", "init_std", "embedding_init_std", "freeze_params"});
  fields.RefuseUnknown();
  return model;
}

std::string HuggingFaceNameOfOlmoCore(const std::string& name, const std::string& model_type) {
  constexpr std::string_view kBlocks = "blocks.";
  const size_t last = name.rfind('.');
  if (last == std::string::npos) {
    return name;
  }
  const std::string ending = name.substr(last);
  const size_t dot = name.find('.', kBlocks.size());
  if (!name.starts_with(kBlocks) || dot >= last) {
    const std::string_view outer = Translated(kOuterNames, name.substr(0, last));
    return outer.empty() ? name : std::string(outer) + ending;
  }
  const std::string module = name.substr(dot + 1, last - dot - 1);
  std::string_view translated = Translated(kLayerNames, module);
  if (translated.empty()) {
    const bool post_norm = model_type.starts_with("olmo");
    translated = Translated(post_norm ? kPostNormNames : kPreNormNames, module);
  }
  const std::string layer = name.substr(kBlocks.size(), dot - kBlocks.size());
  return translated.empty() ? name : "model.layers." + layer + "." + std::string(translated) + ending;
}

}  // namespace vffn
