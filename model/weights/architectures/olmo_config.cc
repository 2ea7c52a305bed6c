#include "model/weights/architectures/olmo_config.h"

#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

/// OLMo's options that are sizes or numbers, with OLMo's defaults ("null": derived from others).
const std::map<std::string, std::string> kNumberDefaults = {
    {"d_model", "768"},      {"n_heads", "12"},           {"n_kv_heads", "null"},
    {"n_layers", "12"},      {"mlp_ratio", "4"},          {"mlp_hidden_size", "null"},
    {"rope_theta", "10000"}, {"layer_norm_eps", "1e-5"},  {"max_sequence_length", "1024"},
    {"vocab_size", "50257"}, {"embedding_size", "50304"},
};

/// Options that must have one value, after OLMo's default is filled in: {default, supported}.
struct Fixed {
  const char* olmo_default;
  const char* supported;
};
const std::map<std::string, Fixed> kFixed = {
    {"clip_qkv", {"null", "null"}},
    {"activation_type", {"swiglu", "swiglu"}},
    {"block_group_size", {"1", "1"}},
    {"alibi", {"false", "false"}},
    {"rope", {"false", "true"}},
    {"rope_full_precision", {"true", "true"}},
    {"attention_layer_norm", {"false", "false"}},
    {"embedding_layer_norm", {"false", "false"}},
    {"layer_norm_type", {"default", "rms"}},
    {"layer_norm_with_affine", {"true", "true"}},
    {"include_bias", {"true", "false"}},
    {"scale_logits", {"false", "false"}},
    {"norm_after", {"false", "false"}},
};

/// Options with rules of their own, and options that have no effect on a trained model or without another
/// option.
const std::set<std::string> kOthers = {
    "block_type",
    "multi_query_attention",
    "bias_for_layer_norm",
    "weight_tying",
    "alibi_bias_max",
    "flash_attention",
    "attention_dropout",
    "residual_dropout",
    "embedding_dropout",
    "eos_token_id",
    "pad_token_id",
    "init_device",
    "init_fn",
    "init_std",
    "init_cutoff_factor",
    "precision",
    "scale_emb_init",
    "emb_init_std",
    "attention_layer_norm_with_affine",
};

/// Fields of a VersatileFFN that may stand among OLMo's options.
const std::set<std::string> kVersatileOptions = {"n_experts", "top_k", "max_loops", "expert_hidden_size"};

constexpr char kOlmoSection[] = "model";
constexpr char kOurSection[] = "vffn";
constexpr char kDefaultBlockType[] = "sequential";

bool LooksOctal(const std::string& text) {
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

class OptionReader {
 public:
  explicit OptionReader(const OlmoYaml& yaml) : options_(yaml.model), origin_(yaml.origin) {}

  std::string Text(const std::string& option, const std::string& olmo_default) const {
    const auto found = options_.find(option);
    return found == options_.end() ? olmo_default : found->second;
  }

  std::optional<int64_t> Integer(const std::string& option) const { return Number<int64_t>(option); }

  int64_t RequiredInteger(const std::string& option) const {
    const std::optional<int64_t> value = Integer(option);
    VFFN_CHECK(value.has_value(), origin_, ": model.", option, " is null");
    return *value;
  }

  double RequiredNumber(const std::string& option) const {
    const std::optional<double> value = Number<double>(option);
    VFFN_CHECK(value.has_value(), origin_, ": model.", option, " is null");
    return *value;
  }

  bool Flag(const std::string& option, const char* olmo_default) const {
    const std::string text = Text(option, olmo_default);
    VFFN_CHECK(text == "true" || text == "false", origin_, ": model.", option,
               " should be true or false, is ", text);
    return text == "true";
  }

  /// Lists every option that is unknown or asks for something not supported.
  void RefuseUnsupported(FfnKind ffn) const {
    std::string refused;
    for (const auto& [option, value] : options_) {
      if (!kNumberDefaults.contains(option) && !kFixed.contains(option) && !kOthers.contains(option) &&
          !(ffn == FfnKind::kVersatile && kVersatileOptions.contains(option))) {
        refused += "\n  " + option + ": " + value + " (unknown option)";
      }
    }
    for (const auto& [option, fixed] : kFixed) {
      const bool given = options_.contains(option);
      if (const std::string value = Text(option, fixed.olmo_default); value != fixed.supported) {
        refused += "\n  " + option + ": " + value + (given ? "" : " (OLMo's default)") + ", supported is " +
                   fixed.supported;
      }
    }
    // Left out or null, biases in norms follow include_bias, which is refused above.
    if (const std::string value = Text("bias_for_layer_norm", "null"); value != "null" && value != "false") {
      refused += "\n  bias_for_layer_norm: " + value + ", supported is false";
    }
    VFFN_CHECK(refused.empty(), origin_, ": options of the model that are not supported:", refused);
  }

  const std::string& origin() const { return origin_; }

 private:
  /// Nothing where the value is null.
  template <class T>
  std::optional<T> Number(const std::string& option) const {
    const std::string text = Text(option, kNumberDefaults.at(option));
    if (text == "null") {
      return std::nullopt;
    }
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    VFFN_CHECK(error == std::errc() && end == text.data() + text.size(), origin_, ": model.", option,
               " should be a ", std::is_integral_v<T> ? "whole number" : "number", ", is ", text);
    VFFN_CHECK(!LooksOctal(text), origin_, ": model.", option, ": ", text, " would be octal in YAML 1.1");
    return value;
  }

  const YamlOptions& options_;
  const std::string& origin_;
};

/// As OLMo's ModelConfig.effective_n_kv_heads.
int64_t KeyValueHeads(const OptionReader& options, int64_t n_heads) {
  const std::optional<int64_t> given = options.Integer("n_kv_heads");
  const bool has_flag = options.Text("multi_query_attention", "null") != "null";
  if (!has_flag) {
    return given.value_or(n_heads);
  }
  const int64_t expected = options.Flag("multi_query_attention", "null") ? 1 : n_heads;
  VFFN_CHECK(given.value_or(expected) == expected, options.origin(), ": model.n_kv_heads is ",
             given.value_or(0), ", but model.multi_query_attention asks for ", expected);
  return expected;
}

/// F: half of the rows of ff_proj, which holds both the linear and the gate half.
int64_t FfnHiddenSize(const OptionReader& options, int64_t d_model) {
  const std::optional<int64_t> given = options.Integer("mlp_hidden_size");
  int64_t both = given.value_or(0);
  if (!given) {
    VFFN_CHECK(!__builtin_mul_overflow(options.RequiredInteger("mlp_ratio"), d_model, &both),
               options.origin(), ": model.mlp_ratio times model.d_model overflows");
  }
  VFFN_CHECK(both > 0 && both % 2 == 0, options.origin(),
             ": the FFN's hidden size (mlp_hidden_size, or mlp_ratio * d_model) is ", both,
             ", should be even and positive: SwiGLU halves it");
  return both / 2;
}

/// Reads one field of model.ffn from the section that has it.
void ReadFfnField(const std::string& section, const std::string& name, const std::string& text,
                  const std::string& origin, OlmoConfig& config) {
  if (text == "null") {
    return;
  }
  const std::string key = section + "." + name;
  const auto [first, is_first] = config.ffn_keys.emplace(name, key);
  VFFN_CHECK(is_first, origin, ": ", key, " is ", text, ", but ", first->second,
             " is there too: give one of them");
  VFFN_CHECK(!LooksOctal(text), origin, ": ", key, ": ", text, " would be octal in YAML 1.1");
  VFFN_CHECK(SetFfnField(name, text, origin + ": " + key, config.model.ffn), origin, ": ", key,
             ": unknown option (of a model whose ffn is ", NameOf(config.model.ffn.kind), ")");
}

void ReadFfn(const OlmoYaml& yaml, OlmoConfig& config) {
  for (const auto& [name, text] : yaml.model) {
    if (config.model.ffn.kind == FfnKind::kVersatile && kVersatileOptions.contains(name)) {
      ReadFfnField(kOlmoSection, name, text, yaml.origin, config);
    }
  }
  for (const auto& [name, text] : yaml.vffn) {
    ReadFfnField(kOurSection, name, text, yaml.origin, config);
  }
}

}  // namespace

OlmoYaml ReadOlmoYaml(std::string_view yaml, const std::string& origin) {
  std::map<std::string, YamlOptions> sections = ReadYamlSections(yaml, origin, {kOlmoSection, kOurSection});
  VFFN_CHECK(sections.contains(kOlmoSection), origin, ": there is no mapping called ", kOlmoSection);
  return {origin, std::move(sections[kOlmoSection]), std::move(sections[kOurSection])};
}

std::string BlockTypeOf(const OlmoYaml& yaml) {
  return OptionReader(yaml).Text("block_type", kDefaultBlockType);
}

OlmoConfig ReadOlmoConfig(const OlmoYaml& yaml, FfnKind ffn) {
  const std::string& origin = yaml.origin;
  const OptionReader options(yaml);
  options.RefuseUnsupported(ffn);
  OlmoConfig config;
  config.model.ffn.kind = ffn;
  ReadFfn(yaml, config);
  ModelConfig& model = config.model;
  model.d_model = options.RequiredInteger("d_model");
  model.n_layers = options.RequiredInteger("n_layers");
  model.n_heads = options.RequiredInteger("n_heads");
  VFFN_CHECK(model.n_heads > 0 && model.d_model % model.n_heads == 0, origin, ": model.n_heads (",
             model.n_heads, ") does not divide model.d_model (", model.d_model, ")");
  model.n_kv_heads = KeyValueHeads(options, model.n_heads);
  model.head_size = model.d_model / model.n_heads;
  model.ffn_hidden_size = FfnHiddenSize(options, model.d_model);
  const int64_t vocab_size = options.RequiredInteger("vocab_size");
  const std::optional<int64_t> embedding_size = options.Integer("embedding_size");
  model.vocab_size = embedding_size.value_or(0) != 0 ? *embedding_size : vocab_size;  // OLMo: `a or b`
  model.max_sequence_length = options.RequiredInteger("max_sequence_length");
  model.rope_theta = options.RequiredNumber("rope_theta");
  model.norm_epsilon = options.RequiredNumber("layer_norm_eps");
  model.tied_head = options.Flag("weight_tying", "true");
  return config;
}

}  // namespace vffn
