#include "model/weights/architectures/olmo_config.h"

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/error.h"

namespace vffn {
namespace {

/// OLMo's options that are sizes or numbers, with OLMo's defaults ("null": derived from others).
const std::map<std::string, std::string> kNumberDefaults = {
    {"d_model", "768"},      {"n_heads", "12"},           {"n_kv_heads", "null"},
    {"n_layers", "12"},      {"mlp_ratio", "4"},          {"mlp_hidden_size", "null"},
    {"rope_theta", "10000"}, {"layer_norm_eps", "1e-5"},  {"max_sequence_length", "1024"},
    {"vocab_size", "50257"}, {"embedding_size", "50304"}, {"clip_qkv", "null"},
};

/// Options with a small number of values: {option: {OLMo's default, supported values}}.
struct Choice {
  const char* olmo_default;
  std::vector<std::string> supported;
};
const std::map<std::string, Choice> kChoices = {
    {"activation_type", {"swiglu", {"swiglu", "gelu", "relu"}}},
    {"block_group_size", {"1", {"1"}}},
    {"alibi", {"false", {"false"}}},
    {"rope", {"false", {"true", "false"}}},
    {"rope_full_precision", {"true", {"true", "false"}}},  // the rotation is computed in float32
    {"attention_layer_norm", {"false", {"true", "false"}}},
    {"embedding_layer_norm", {"false", {"false"}}},
    {"layer_norm_type", {"default", {"default", "low_precision", "rms"}}},
    {"layer_norm_with_affine", {"true", {"true", "false"}}},
    {"include_bias", {"true", {"true", "false"}}},
    {"scale_logits", {"false", {"true", "false"}}},
    {"norm_after", {"false", {"true", "false"}}},
};

/// Of a VersatileFFN, whose block the release has in this form alone.
const std::map<std::string, Choice> kVersatileChoices = {
    {"activation_type", {"swiglu", {"swiglu"}}},
    {"rope", {"false", {"true"}}},
    {"attention_layer_norm", {"false", {"false"}}},
    {"layer_norm_type", {"default", {"rms"}}},
    {"layer_norm_with_affine", {"true", {"true"}}},
    {"include_bias", {"true", {"false"}}},
    {"scale_logits", {"false", {"false"}}},
    {"norm_after", {"false", {"false"}}},
    {"clip_qkv", {"null", {"null"}}},
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

  std::optional<double> Real(const std::string& option) const { return Number<double>(option); }

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
    const bool versatile = ffn == FfnKind::kVersatile;
    std::string refused;
    for (const auto& [option, value] : options_) {
      if (!kNumberDefaults.contains(option) && !kChoices.contains(option) && !kOthers.contains(option) &&
          !(versatile && kVersatileOptions.contains(option))) {
        refused += "\n  " + option + ": " + value + " (unknown option)";
      }
    }
    for (const auto& [option, choice] : kChoices) {
      if (!versatile || !kVersatileChoices.contains(option)) {
        refused += Complaint(option, choice);
      }
    }
    for (const auto& [option, choice] : kVersatileChoices) {
      refused += versatile ? Complaint(option, choice) : "";
    }
    refused += NormComplaint(versatile);
    VFFN_CHECK(refused.empty(), origin_, ": options of the model that are not supported:", refused);
  }

  /// Whether norms with weights have biases: as linear layers, unless an option of its own says so.
  bool NormBias() const {
    const bool given = Text("bias_for_layer_norm", "null") != "null";
    return given ? Flag("bias_for_layer_norm", "null") : Flag("include_bias", "true");
  }

  const std::string& origin() const { return origin_; }

 private:
  std::string Complaint(const std::string& option, const Choice& choice) const {
    const std::string value = Text(option, choice.olmo_default);
    std::string supported;
    for (const std::string& candidate : choice.supported) {
      if (candidate == value) {
        return "";
      }
      supported += (supported.empty() ? "" : " or ") + candidate;
    }
    return "\n  " + option + ": " + value + (options_.contains(option) ? "" : " (OLMo's default)") +
           ", supported is " + supported;
  }

  /// Norms that the model's description cannot express.
  std::string NormComplaint(bool versatile) const {
    const std::string bias = Text("bias_for_layer_norm", "null");
    const std::string type = Text("layer_norm_type", "default");
    if (bias != "null" && bias != "true" && bias != "false") {
      return "\n  bias_for_layer_norm: " + bias + ", should be true, false or null";
    }
    const bool affine = Text("layer_norm_with_affine", "true") == "true" ||
                        (Text("attention_layer_norm", "false") == "true" &&
                         Text("attention_layer_norm_with_affine", "true") == "true");
    if ((versatile || type == "rms") && affine &&
        (bias == "null" ? Text("include_bias", "true") : bias) == "true") {
      return "\n  bias_for_layer_norm: " + bias + (bias == "null" ? " (as include_bias: true)" : "") +
             ", supported is false with layer_norm_type: " + type;
    }
    if (const std::string clip = Text("clip_qkv", "null");
        clip != "null" && Text("attention_layer_norm", "false") == "true") {
      return "\n  clip_qkv: " + clip +
             ", supported is null with attention_layer_norm: true: OLMo clips before " +
             "that norm, other implementations after it";
    }
    if (Text("norm_after", "false") == "true" && Text("block_type", kDefaultBlockType) != "sequential") {
      return "\n  norm_after: true, supported is false with block_type: " +
             Text("block_type", kDefaultBlockType) + ", of which OLMo ignores it";
    }
    return "";
  }

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

/// F: the rows of ff_proj; of SwiGLU half of them, as it holds both the linear and the gate half.
int64_t FfnHiddenSize(const OptionReader& options, int64_t d_model, bool gated) {
  const std::optional<int64_t> given = options.Integer("mlp_hidden_size");
  int64_t rows = given.value_or(0);
  if (!given) {
    VFFN_CHECK(!__builtin_mul_overflow(options.RequiredInteger("mlp_ratio"), d_model, &rows),
               options.origin(), ": model.mlp_ratio times model.d_model overflows");
  }
  VFFN_CHECK(rows > 0 && (!gated || rows % 2 == 0), options.origin(),
             ": the FFN's hidden size (mlp_hidden_size, or mlp_ratio * d_model) is ", rows, ", should be ",
             gated ? "even and positive: SwiGLU halves it" : "positive");
  return gated ? rows / 2 : rows;
}

/// Norms, biases, positions and activation.
void ReadArithmetic(const OptionReader& options, ModelConfig& model) {
  const std::string activation = options.Text("activation_type", "swiglu");
  model.gated = activation == "swiglu";
  model.activation = model.gated            ? Activation::kSilu
                     : activation == "gelu" ? Activation::kGelu
                                            : Activation::kRelu;
  model.norm = options.Text("layer_norm_type", "default") == "rms" ? NormKind::kRms : NormKind::kLayer;
  model.norm_weight = options.Flag("layer_norm_with_affine", "true");
  model.norm_bias = model.norm_weight && options.NormBias();
  model.norm_placement = options.Flag("norm_after", "false") ? NormPlacement::kAfter : NormPlacement::kBefore;
  model.qkv_bias = options.Flag("include_bias", "true");
  model.attention_out_bias = model.ffn_bias = model.qkv_bias;
  model.head_bias = model.qkv_bias && !model.tied_head;
  model.qkv_clip = options.Real("clip_qkv");
  if (options.Flag("attention_layer_norm", "false")) {
    model.qk_norm = QkNorm::kWhole;
    model.qk_norm_weight = options.Flag("attention_layer_norm_with_affine", "true");
    model.qk_norm_bias = model.qk_norm_weight && options.NormBias();
  }
  model.positions = options.Flag("rope", "false") ? Positions::kRotary : Positions::kLearned;
  if (options.Flag("scale_logits", "false")) {
    model.logit_multiplier = 1 / std::sqrt(static_cast<double>(model.d_model));
  }
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
  model.tied_head = options.Flag("weight_tying", "true");
  ReadArithmetic(options, model);
  model.ffn_hidden_size = FfnHiddenSize(options, model.d_model, model.gated);
  const int64_t vocab_size = options.RequiredInteger("vocab_size");
  const std::optional<int64_t> embedding_size = options.Integer("embedding_size");
  model.vocab_size = embedding_size.value_or(0) != 0 ? *embedding_size : vocab_size;  // OLMo: `a or b`
  model.max_sequence_length = options.RequiredInteger("max_sequence_length");
  model.rope_theta = options.RequiredNumber("rope_theta");
  model.norm_epsilon = options.RequiredNumber("layer_norm_eps");
  return config;
}

}  // namespace vffn
