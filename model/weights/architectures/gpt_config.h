// The configuration that GPT-2 and its successors have in common.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/fields.h"
#include "model/config.h"

namespace vffn {

/// The keys of an architecture beside the general ones ("hidden_size", "num_hidden_layers", ...).
struct GptKeys {
  std::string_view n_embd = "n_embd";
  std::string_view n_layer = "n_layer";
  std::string_view n_head = "n_head";
  std::string_view n_positions = "n_positions";
  std::string_view n_inner = "n_inner";
};

/// What a configuration class assumes where config.json has no key.
struct GptDefaults {
  int64_t vocab_size = 50257;
  int64_t n_positions = 1024;
  int64_t n_embd = 768;
  int64_t n_layer = 12;
  int64_t n_head = 12;
  std::string_view activation = "gelu_new";
  bool tied = true;
  GptKeys own_names;
};

/// Sizes, LayerNorm with biases, and an FFN without gate and with biases. A general key counts before the own
/// one, as in transformers. Throws Error if a value is malformed or not supported.
ModelConfig ReadGptConfig(const Fields& config, const GptDefaults& defaults);

}  // namespace vffn
