#include "model/config.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <type_traits>

#include "base/error.h"

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

/// FFN fields that the weights decide, which nobody can choose when a model is opened.
const std::set<std::string> kArchitecture = {"ffn", "n_experts", "expert_hidden_size", "max_loops"};

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

template <class T>
void ReadField(const Json& json, const std::string& origin, T& field) {
  if constexpr (kIsOptional<T>) {
    if (json.is_null()) {
      field.reset();
    } else {
      ReadField(json, origin, field.emplace());
    }
  } else if constexpr (std::is_enum_v<T>) {
    VFFN_CHECK(json.is_string(), origin, ": is ", json.dump(), ", should be a string");
    Parse(json.get<std::string>(), origin, field);
  } else if constexpr (std::is_same_v<T, bool>) {
    VFFN_CHECK(json.is_boolean(), origin, ": is ", json.dump(), ", should be true or false");
    field = json.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    VFFN_CHECK(json.is_number_integer() &&
                   (json.is_number_unsigned() || std::is_signed_v<T>)&&(
                       !json.is_number_unsigned() ||
                       json.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<T>::max())),
               origin, ": is ", json.dump(), ", should be a whole number");
    field = json.get<T>();
  } else {
    VFFN_CHECK(json.is_number(), origin, ": is ", json.dump(), ", should be a number");
    field = json.get<T>();
  }
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
  VFFN_CHECK(json.is_object(), origin, ": should be a JSON object");
  ModelConfig config;
  std::set<std::string> known;
  ModelConfig::Visit(config, [&](const char* name, auto& field) {
    known.insert(name);
    if (json.contains(name)) {
      ReadField(json[name], origin + ": " + name, field);
    } else {
      VFFN_CHECK(!kRequired.contains(name), origin, ": ", name, " is missing");
    }
  });
  for (const auto& [name, value] : json.items()) {
    VFFN_CHECK(known.contains(name), origin, ": unknown field ", name, " (of a model whose ffn is ",
               NameOf(config.ffn.kind), ")");
  }
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
  Validate(config.ffn, config.ffn_hidden_size, origin);
}

namespace {

/// What the FFN has beside the dense one's weights.
void AddFfnSpecs(const ModelConfig& config, const std::string& prefix, std::vector<ParameterSpec>& specs) {
  const FfnConfig& ffn = config.ffn;
  const int64_t d = config.d_model;
  if (ffn.kind == FfnKind::kMoe) {
    const int64_t hidden = ffn.n_experts * ffn.expert_hidden_size;
    specs.push_back({prefix + "experts_norm.weight", {d}});
    specs.push_back({prefix + "experts_in.weight", {2 * hidden, d}});
    specs.push_back({prefix + "experts_out.weight", {d, hidden}});
  }
  if (ffn.kind == FfnKind::kMoe || ffn.kind == FfnKind::kVersatile) {
    specs.push_back({prefix + "router.weight", {ffn.n_experts, d}});
  }
  if (ffn.kind == FfnKind::kVersatile) {
    specs.push_back({prefix + "loop_head.weight", {ffn.max_loops, d}});
  }
}

}  // namespace

std::vector<ParameterSpec> ParameterSpecs(const ModelConfig& config) {
  const int64_t d = config.d_model;
  const int64_t q_rows = config.n_heads * config.head_size;
  const int64_t kv_rows = config.n_kv_heads * config.head_size;
  std::vector<ParameterSpec> specs;
  specs.push_back({"embedding.weight", {config.vocab_size, d}});
  for (int64_t layer = 0; layer < config.n_layers; ++layer) {
    const std::string prefix = "layers." + std::to_string(layer) + ".";
    specs.push_back({prefix + "attention_norm.weight", {d}});
    specs.push_back({prefix + "qkv.weight", {q_rows + 2 * kv_rows, d}});
    specs.push_back({prefix + "attention_out.weight", {d, q_rows}});
    specs.push_back({prefix + "ffn_norm.weight", {d}});
    specs.push_back({prefix + "ffn_in.weight", {2 * config.ffn_hidden_size, d}});
    specs.push_back({prefix + "ffn_out.weight", {d, config.ffn_hidden_size}});
    AddFfnSpecs(config, prefix, specs);
  }
  specs.push_back({"final_norm.weight", {d}});
  if (!config.tied_head) {
    specs.push_back({"head.weight", {config.vocab_size, d}});
  }
  return specs;
}

int64_t ParameterCount(const ModelConfig& config) {
  int64_t count = 0;
  for (const ParameterSpec& spec : ParameterSpecs(config)) {
    int64_t elements = 1;
    for (const int64_t size : spec.shape) {
      elements *= size;
    }
    count += elements;
  }
  return count;
}

}  // namespace vffn
