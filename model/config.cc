#include "model/config.h"

#include <charconv>
#include <cmath>
#include <set>
#include <type_traits>

#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

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
const std::set<std::string> kArchitecture = {"ffn", "n_experts", "expert_hidden_size", "max_loops"};

/// Fields that JSON has only if they are true.
const std::set<std::string> kOmittedIfFalse = {"qkv_bias", "attention_out_bias", "ffn_bias"};

template <class Config>
OrderedJson FieldsJson(const Config& config) {
  OrderedJson json = OrderedJson::object();
  Config::Visit(config, [&](const char* name, const auto& value) {
    using T = std::decay_t<decltype(value)>;
    if constexpr (std::is_enum_v<T>) {
      json[name] = NameOf(value);
    } else if constexpr (kIsOptional<T>) {
      json[name] = value ? OrderedJson(*value) : OrderedJson(nullptr);
    } else if (value != T{} || !kOmittedIfFalse.contains(name)) {
      json[name] = value;
    }
  });
  return json;
}

template <class T>
void ParseField(const std::string& text, const std::string& origin, T& field) {
  if constexpr (kIsOptional<T>) {
    ParseField(text, origin, field.emplace());
  } else if constexpr (std::is_enum_v<T>) {
    Parse(text, origin, field);
  } else {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
    VFFN_CHECK(error == std::errc() && end == text.data() + text.size(), origin, ": is '", text,
               "', should be a ", std::is_integral_v<T> ? "whole number" : "number");
  }
}

}  // namespace

OrderedJson ToJson(const ModelConfig& config) { return FieldsJson(config); }

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
    const std::string arg(model_args.substr(0, model_args.find(',')));
    model_args.remove_prefix(std::min(arg.size() + 1, model_args.size()));
    const size_t equals = arg.find('=');
    VFFN_CHECK(equals != std::string::npos, "--model_args: '", arg, "' is not name=value");
    const std::string name = arg.substr(0, equals);
    std::string known;
    FfnConfig::Visit(config.ffn, [&](const char* field, const auto&) {
      if (!kArchitecture.contains(field)) {
        known.append(known.empty() ? "" : ", ").append(field);
      }
    });
    const bool found = !kArchitecture.contains(name) &&
                       SetFfnField(name, arg.substr(equals + 1), "--model_args: " + name, config.ffn);
    VFFN_CHECK(found, "--model_args: this model (ffn ", NameOf(config.ffn.kind), ") has no option '", name,
               "'", known.empty() ? "" : "; it has ", known);
  }
}

void Validate(const ModelConfig& config, const std::string& origin) {
  CheckSize(config.d_model, kMaxWidth, "d_model", origin);
  CheckSize(config.n_layers, kMaxHeads, "n_layers", origin);
  CheckSize(config.n_heads, kMaxHeads, "n_heads", origin);
  CheckSize(config.n_kv_heads, kMaxHeads, "n_kv_heads", origin);
  CheckSize(config.head_size, kMaxHeads, "head_size", origin);
  CheckSize(config.ffn_hidden_size, kMaxHidden, "ffn_hidden_size", origin);
  CheckSize(config.vocab_size, kMaxVocab, "vocab_size", origin);
  CheckSize(config.max_sequence_length, kMaxLength, "max_sequence_length", origin);
  VFFN_CHECK(config.n_heads % config.n_kv_heads == 0, origin, ": n_kv_heads (", config.n_kv_heads,
             ") does not divide n_heads (", config.n_heads, ")");
  VFFN_CHECK(config.head_size % 2 == 0, origin, ": head_size is ", config.head_size,
             ", should be even: rotary embeddings turn pairs");
  VFFN_CHECK(std::isfinite(config.rope_theta) && config.rope_theta > 0, origin, ": rope_theta is ",
             config.rope_theta, ", should be positive");
  VFFN_CHECK(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0 && config.norm_epsilon < 1, origin,
             ": norm_epsilon is ", config.norm_epsilon, ", should be between 0 and 1");
  VFFN_CHECK(!config.ffn_bias || config.ffn.kind == FfnKind::kDense || config.ffn.kind == FfnKind::kKLoop,
             origin, ": ffn_bias is true, but an FFN of kind ", NameOf(config.ffn.kind),
             " has no biases: nothing defines an expert's share of them");
  Validate(config.ffn, config.ffn_hidden_size, origin);
}

}  // namespace vffn
