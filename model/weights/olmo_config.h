// The config.yaml of an OLMo checkpoint.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/config.h"

namespace vffn {

/// What a block is and how it names its weights (block_type).
enum class OlmoBlock {
  kSequential,  ///< att_proj: q, k, v fused
  kLlama,       ///< q_proj, k_proj, v_proj; the arithmetic is the same
  kVersatile,   ///< "versatilevffn" (as released) or "versatile": as kSequential, with router and loop head
};

struct OlmoConfig {
  ModelConfig model;
  OlmoBlock block = OlmoBlock::kSequential;
  /// The fields of model.ffn that were given, and where: {"top_k", "vffn.top_k"}. The released configuration
  /// gives none; then they are 0.
  std::map<std::string, std::string> ffn_keys;
};

/// Reads the `model` section as OLMo does, its defaults included: an option that is left out has the value
/// OLMo would give it. A VersatileFFN's n_experts, top_k, max_loops and expert_hidden_size may stand among
/// them, or, with every other field of its FfnConfig, in a section `vffn` of their own, where OLMo does not
/// look; both may be left out. YAML 1.1's traps are avoided (5e-4 is a number). Throws Error, beginning with
/// `origin`, on malformed YAML, a duplicate or unknown option, and names every option whose value asks for
/// arithmetic that is not supported.
OlmoConfig ReadOlmoConfig(std::string_view yaml, const std::string& origin);

}  // namespace vffn
