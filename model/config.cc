#include "model/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <type_traits>

#include "base/blanks.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"
#include "base/near_names.h"

namespace vffn {
namespace {

// Far beyond any model, and small enough that no product of sizes below overflows int64.
constexpr int64_t kMaxWidth = int64_t{1} << 20;   // d_model
constexpr int64_t kMaxHeads = int64_t{1} << 12;   // heads, head_size, layers
constexpr int64_t kMaxHidden = int64_t{1} << 24;  // ffn_hidden_size
constexpr int64_t kMaxVocab = int64_t{1} << 28;
constexpr int64_t kMaxLength = int64_t{1} << 30;

void CheckSize(int64_t value, int64_t most, const char* field, const std::string& origin) {
  VFFN_CHECK(value >= 1 && value <= most, origin, ": ", field, " is ", value, ", should be 1 to ", most);
}

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

/// Fields without a default.
const std::set<std::string> kRequired = {"d_model",   "n_layers",        "n_heads",    "n_kv_heads",
                                         "head_size", "ffn_hidden_size", "vocab_size", "max_sequence_length",
                                         "ffn",       "n_experts",       "top_k",      "expert_hidden_size",
                                         "max_loops"};

/// FFN fields that the weights fix: they cannot be chosen when a model is opened.
const std::set<std::string> kArchitecture = {"ffn",       "n_experts",      "expert_hidden_size",
                                             "max_loops", "norm_topk_prob", "shared_expert_gate"};

/// Fields that JSON has always.
const std::set<std::string> kSizes = {"d_model",    "n_layers",        "n_heads",    "n_kv_heads",
                                      "head_size",  "ffn_hidden_size", "vocab_size", "max_sequence_length",
                                      "rope_theta", "norm_epsilon",    "tied_head"};

template <class Config>
OrderedJson FieldsJson(const Config& config) {
  OrderedJson json = OrderedJson::object();
  Config::Visit(config, [&](const char* name, const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_enum_v<T>) {
      json[name] = NameOf(value);
    } else if constexpr (kIsOptional<T>) {
      json[name] = value ? OrderedJson(*value) : OrderedJson(nullptr);
    } else {
      json[name] = value;
    }
  });
  return json;
}

/// The fields between the sizes and those of the FFN that differ from the defaults.
OrderedJson DifferentFields(const ModelConfig& config) {
  ModelConfig defaults;
  defaults.ffn = config.ffn;
  const OrderedJson usual = FieldsJson(defaults);
  const OrderedJson of_ffn = FieldsJson(config.ffn);
  OrderedJson different = OrderedJson::object();
  const OrderedJson all = FieldsJson(config);
  for (const auto& [name, value] : all.items()) {
    if (!kSizes.contains(name) && !of_ffn.contains(name) && (!usual.contains(name) || usual[name] != value)) {
      different[name] = value;
    }
  }
  return different;
}

/// Layers, each once, in order.
void CheckLayers(const std::vector<int64_t>& layers, int64_t n_layers, const char* field,
                 const std::string& origin) {
  int64_t least = 0;
  for (const int64_t layer : layers) {
    VFFN_CHECK(layer >= least && layer < n_layers, origin, ": ", field, " has ", layer,
               ", should have layers from 0 to ", n_layers - 1, " in ascending order");
    least = layer + 1;
  }
}

void CheckPositive(const std::optional<double>& value, const char* field, const std::string& origin) {
  VFFN_CHECK(!value || (std::isfinite(*value) && *value > 0), origin, ": ", field, " is ", value.value_or(0),
             ", should be positive");
}

void ValidatePositions(const ModelConfig& config, const std::string& origin) {
  if (config.positions == Positions::kRotary) {
    VFFN_CHECK(
        config.RotarySize() >= 2 && config.RotarySize() <= config.head_size && config.RotarySize() % 2 == 0,
        origin, ": ", config.rotary_size == 0 ? "head_size" : "rotary_size", " is ", config.RotarySize(),
        ", should be even", config.rotary_size == 0 ? "" : " and at most head_size",
        ": rotary embeddings turn pairs");
    CheckPositive(config.rope_theta, "rope_theta", origin);
    CheckPositive(config.window_rope_theta, "window_rope_theta", origin);
    Validate(config.rope_scaling, config.RotarySize() / 2, origin);
    CheckLayers(config.no_rope_layers, config.n_layers, "no_rope_layers", origin);
  }
  VFFN_CHECK(config.window >= 0, origin, ": window is ", config.window, ", should be 0 (none) or positive");
  CheckLayers(config.full_attention_layers, config.n_layers, "full_attention_layers", origin);
}

void ValidateNorms(const ModelConfig& config, const std::string& origin) {
  VFFN_CHECK(!config.norm_bias || (config.norm == NormKind::kLayer && config.norm_weight), origin,
             ": norm_bias is true, but norms are ", NameOf(config.norm),
             config.norm_weight ? "" : " without weights");
  VFFN_CHECK(!config.qk_norm_bias || (config.norm == NormKind::kLayer && config.qk_norm_weight), origin,
             ": qk_norm_bias is true, but norms are ", NameOf(config.norm),
             config.qk_norm_weight ? "" : " and those of queries and keys have no weights");
  VFFN_CHECK(config.residual == Residual::kSequential || config.norm_placement == NormPlacement::kBefore,
             origin, ": residual is ", NameOf(config.residual), ", but norm_placement is ",
             NameOf(config.norm_placement), ", should be before");
}

void ValidateNumbers(const ModelConfig& config, const std::string& origin) {
  CheckPositive(config.residual_multiplier, "residual_multiplier", origin);
  CheckPositive(config.embedding_multiplier, "embedding_multiplier", origin);
  CheckPositive(config.logit_multiplier, "logit_multiplier", origin);
  CheckPositive(config.qkv_clip, "qkv_clip", origin);
  CheckPositive(config.attention_scale, "attention_scale", origin);
  CheckPositive(config.attention_softcap, "attention_softcap", origin);
  CheckPositive(config.logit_softcap, "logit_softcap", origin);
}

void ValidateFfn(const ModelConfig& config, const std::string& origin) {
  const FfnKind kind = config.ffn.kind;
  VFFN_CHECK(!config.ffn_bias || kind == FfnKind::kDense || kind == FfnKind::kKLoop, origin,
             ": ffn_bias is true, but an FFN of kind ", NameOf(kind),
             " has no biases: nothing defines an expert's share of them");
  VFFN_CHECK(config.gated || kind == FfnKind::kDense || kind == FfnKind::kKLoop, origin,
             ": gated is false, but the experts of an FFN of kind ", NameOf(kind), " are gated");
  VFFN_CHECK(
      config.residual == Residual::kSequential || kind == FfnKind::kDense || kind == FfnKind::kSparseMoe,
      origin, ": residual is ", NameOf(config.residual), ", but an FFN of kind ", NameOf(kind),
      " reads the stream after attention");
  VFFN_CHECK(!config.ffn.shared_expert_gate || config.ffn_hidden_size > 0, origin,
             ": shared_expert_gate is true, but ffn_hidden_size is 0: there is no shared expert");
}

template <class T>
void ParseField(const std::string& text, const std::string& origin, T& field) {
  if constexpr (kIsOptional<T>) {
    ParseField(text, origin, field.emplace());
  } else if constexpr (std::is_enum_v<T>) {
    Parse(text, origin, field);
  } else if constexpr (std::is_same_v<T, bool>) {
    VFFN_CHECK(text == "true" || text == "false", origin, ": is '", text, "', should be true or false");
    field = text == "true";
  } else {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
    VFFN_CHECK(error == std::errc() && end == text.data() + text.size(), origin, ": is '", text,
               "', should be a ", std::is_integral_v<T> ? "whole number" : "number");
  }
}

}  // namespace

bool ModelConfig::HasWindow(int64_t layer) const {
  return window > 0 && !std::ranges::binary_search(full_attention_layers, layer);
}

bool ModelConfig::HasRope(int64_t layer) const {
  return positions == Positions::kRotary && !std::ranges::binary_search(no_rope_layers, layer);
}

OrderedJson ToJson(const ModelConfig& config) {
  OrderedJson json = OrderedJson::object();
  const OrderedJson all = FieldsJson(config);
  for (const auto& [name, value] : all.items()) {
    if (kSizes.contains(name)) {
      json[name] = value;
    }
  }
  json.update(DifferentFields(config));
  json.update(FieldsJson(config.ffn));
  return json;
}

OrderedJson ToJson(const FfnConfig& config) { return FieldsJson(config); }

ModelConfig ParseModelConfig(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  ModelConfig config;
  ModelConfig::Visit(config, [&](const char* name, auto& field) {
    using T = std::remove_reference_t<decltype(field)>;
    if constexpr (kIsOptional<T>) {
      field = fields.Optional<typename T::value_type>(name);
    } else {
      field = kRequired.contains(name) ? fields.Get<T>(name) : fields.Get<T>(name, field);
    }
  });
  fields.RefuseUnknown();
  return config;
}

bool SetFfnField(std::string_view name, const std::string& text, const std::string& origin, FfnConfig& ffn) {
  bool found = false;
  FfnConfig::Visit(ffn, [&](std::string_view field_name, auto& field) {
    if constexpr (!std::is_same_v<std::decay_t<decltype(field)>, FfnKind>) {
      if (name == field_name) {
        found = true;
        ParseField(text, origin, field);
      }
    }
  });
  return found;
}

void ApplyModelArgs(std::string_view model_args, ModelConfig& config) {
  while (!model_args.empty()) {
    const std::string_view next = model_args.substr(0, model_args.find(','));
    const std::string arg(WithoutBlanks(next));
    model_args.remove_prefix(std::min(next.size() + 1, model_args.size()));
    const size_t equals = arg.find('=');
    VFFN_CHECK(equals != std::string::npos, "--model_args: '", arg, "' is not name=value");
    const std::string name(WithoutBlanks(std::string_view(arg).substr(0, equals)));
    const std::string value(WithoutBlanks(std::string_view(arg).substr(equals + 1)));
    std::vector<std::string> known;
    FfnConfig::Visit(config.ffn, [&](const char* field, const auto&) {
      if (!kArchitecture.contains(field)) {
        known.emplace_back(field);
      }
    });
    const bool found =
        !kArchitecture.contains(name) && SetFfnField(name, value, "--model_args: " + name, config.ffn);
    VFFN_CHECK(found, "--model_args: this model (ffn ", NameOf(config.ffn.kind), ") has no option '", name,
               "'", known.empty() ? "" : DidYouMeanOneOf(name, known, "it has"));
  }
}

void Validate(const ModelConfig& config, const std::string& origin) {
  CheckSize(config.d_model, kMaxWidth, "d_model", origin);
  CheckSize(config.n_layers, kMaxHeads, "n_layers", origin);
  CheckSize(config.n_heads, kMaxHeads, "n_heads", origin);
  CheckSize(config.n_kv_heads, kMaxHeads, "n_kv_heads", origin);
  CheckSize(config.head_size, kMaxHeads, "head_size", origin);
  if (config.ffn.kind != FfnKind::kSparseMoe || config.ffn_hidden_size != 0) {
    CheckSize(config.ffn_hidden_size, kMaxHidden, "ffn_hidden_size", origin);
  }
  CheckSize(config.vocab_size, kMaxVocab, "vocab_size", origin);
  CheckSize(config.max_sequence_length, kMaxLength, "max_sequence_length", origin);
  VFFN_CHECK(config.n_heads % config.n_kv_heads == 0, origin, ": n_kv_heads (", config.n_kv_heads,
             ") does not divide n_heads (", config.n_heads, ")");
  VFFN_CHECK(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0 && config.norm_epsilon < 1, origin,
             ": norm_epsilon is ", config.norm_epsilon, ", should be between 0 and 1");
  ValidatePositions(config, origin);
  ValidateNorms(config, origin);
  ValidateNumbers(config, origin);
  ValidateFfn(config, origin);
  Validate(config.ffn, config.ffn_hidden_size, origin);
}

std::string Peculiarities(const ModelConfig& config) {
  std::string text;
  const OrderedJson different = DifferentFields(config);
  for (const auto& [name, value] : different.items()) {
    if (name == "qkv_bias" || name == "attention_out_bias" || name == "ffn_bias") {
      continue;
    }
    text += (text.empty() ? "" : ", ") + name + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

}  // namespace vffn
