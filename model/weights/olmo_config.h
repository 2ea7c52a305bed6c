// The config.yaml of an OLMo checkpoint.
#pragma once

#include <string>
#include <string_view>

#include "model/config.h"

namespace vffn {

/// How a block names its attention weights; the arithmetic is the same.
enum class OlmoBlock {
  kSequential,  ///< att_proj: q, k, v fused
  kLlama,       ///< q_proj, k_proj, v_proj
};

struct OlmoConfig {
  ModelConfig model;
  OlmoBlock block = OlmoBlock::kSequential;
};

/// Reads the `model` section as OLMo does, its defaults included: an option that is left out has the value
/// OLMo would give it. YAML 1.1's traps are avoided (5e-4 is a number). Throws Error, beginning with
/// `origin`, on malformed YAML, a duplicate or unknown option, and names every option whose value asks for
/// arithmetic that is not supported.
OlmoConfig ReadOlmoConfig(std::string_view yaml, const std::string& origin);

}  // namespace vffn
