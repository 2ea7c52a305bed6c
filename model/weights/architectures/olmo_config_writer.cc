#include <charconv>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "model/weights/architectures/olmo_config.h"

namespace vffn {
namespace {

constexpr double kMostWhole = 2147483647;  // of OLMo's rope_theta, an int

/// The shortest text that reads back as the same number, with the decimal point that YAML 1.1 wants.
std::string YamlNumber(double value) {
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  std::string number(text, end);
  if (number.find('.') == std::string::npos) {
    const size_t exponent = number.find('e');
    number.insert(exponent == std::string::npos ? number.size() : exponent, ".0");
  }
  return number;
}

void CheckOlmoHas(const ModelConfig& config) {
  const std::string peculiarities = Peculiarities(config);
  VFFN_CHECK(peculiarities.empty(), "the format olmo cannot express ", peculiarities,
             ". Write the model in the format vffn");
  VFFN_CHECK(!config.qkv_bias && !config.attention_out_bias && !config.ffn_bias,
             "the format olmo cannot express biases of some linear layers: OLMo's include_bias also adds "
             "one to the head. Write the model in the format vffn");
  VFFN_CHECK(config.n_heads * config.head_size == config.d_model, "the format olmo cannot express head_size ",
             config.head_size, " with ", config.n_heads, " heads and d_model ", config.d_model,
             ": OLMo's heads have d_model / n_heads. Write the model in the format vffn");
  VFFN_CHECK(config.rope_theta == std::floor(config.rope_theta) && config.rope_theta <= kMostWhole,
             "the format olmo cannot express rope_theta ", config.rope_theta,
             ": OLMo's is a whole number. Write the model in the format vffn");
}

/// The fields of a VersatileFFN that are not at their defaults, as a section of our own.
std::string VffnSection(const ModelConfig& config) {
  ModelConfig plain = config;
  plain.ffn = {.kind = config.ffn.kind};
  const OrderedJson defaults = ToJson(plain);
  const OrderedJson fields = ToJson(config);
  std::string section = "vffn:\n";
  FfnConfig::Visit(config.ffn, [&](const std::string& name, const auto&) {
    const OrderedJson& field = fields[name];
    if (field != defaults[name]) {
      section += "  " + name + ": ";
      section += field.is_number_float() ? YamlNumber(field)
                 : field.is_string()     ? field.get<std::string>()
                                         : field.dump();
      section += "\n";
    }
  });
  return section;
}

}  // namespace

std::string OlmoConfigText(const ModelConfig& config, const std::string& block_type) {
  CheckOlmoHas(config);
  const auto number = [](int64_t value) { return std::to_string(value); };
  const std::string kv_heads = config.n_kv_heads == config.n_heads ? "null" : number(config.n_kv_heads);
  const std::pair<const char*, std::string> options[] = {
      {"d_model", number(config.d_model)},
      {"n_heads", number(config.n_heads)},
      {"n_kv_heads", kv_heads},
      {"clip_qkv", "null"},
      {"n_layers", number(config.n_layers)},
      {"mlp_hidden_size", number(2 * config.ffn_hidden_size)},
      {"activation_type", "swiglu"},
      {"block_type", block_type},
      {"alibi", "false"},
      {"rope", "true"},
      {"rope_full_precision", "true"},
      {"rope_theta", number(static_cast<int64_t>(config.rope_theta))},
      {"attention_dropout", "0.0"},
      {"residual_dropout", "0.0"},
      {"embedding_dropout", "0.0"},
      {"attention_layer_norm", "false"},
      {"layer_norm_type", "rms"},
      {"layer_norm_with_affine", "true"},
      {"layer_norm_eps", YamlNumber(config.norm_epsilon)},
      {"max_sequence_length", number(config.max_sequence_length)},
      {"include_bias", "false"},
      {"bias_for_layer_norm", "false"},
      {"scale_logits", "false"},
      {"vocab_size", number(config.vocab_size)},
      {"embedding_size", number(config.vocab_size)},
      {"weight_tying", config.tied_head ? "true" : "false"},
  };
  std::string text = "model:\n";
  for (const auto& [name, value] : options) {
    text.append("  ").append(name).append(": ").append(value).append("\n");
  }
  return config.ffn.kind == FfnKind::kVersatile ? text + VffnSection(config) : text;
}

}  // namespace vffn
