#include "model/config.h"

#include <cmath>

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
  Check(value >= 1 && value <= most, origin, ": ", field, " is ", value, ", should be 1 to ", most);
}

}  // namespace

OrderedJson ToJson(const ModelConfig& config) {
  OrderedJson json = OrderedJson::object();
  ModelConfig::Visit(config, [&](const char* name, const auto& value) { json[name] = value; });
  return json;
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
  Check(config.n_heads % config.n_kv_heads == 0, origin, ": n_kv_heads (", config.n_kv_heads,
        ") does not divide n_heads (", config.n_heads, ")");
  Check(config.head_size % 2 == 0, origin, ": head_size is ", config.head_size,
        ", should be even: rotary embeddings turn pairs");
  Check(std::isfinite(config.rope_theta) && config.rope_theta > 0, origin, ": rope_theta is ",
        config.rope_theta, ", should be positive");
  Check(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0 && config.norm_epsilon < 1, origin,
        ": norm_epsilon is ", config.norm_epsilon, ", should be between 0 and 1");
}

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
