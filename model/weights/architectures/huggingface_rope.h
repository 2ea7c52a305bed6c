// Rotary positions in config.json: rope_theta, rope_scaling (transformers 4), rope_parameters (transformers
// 5), with the precedence of transformers 5.24.
#pragma once

#include <string_view>

#include "base/fields.h"
#include "model/config.h"

namespace vffn {

/// What an architecture assumes, and the names of its own keys.
struct RopeDefaults {
  double theta = 10000.0;
  double partial_rotary_factor = 1.0;
  bool can_be_partial = false;  ///< a partial_rotary_factor below 1 is supported
  std::string_view theta_key = "rope_theta";
  std::string_view partial_key = "partial_rotary_factor";
  /// The section's or the configuration's original_max_position_embeddings; 0: max_position_embeddings.
  int64_t original_max_position_embeddings = 0;
  /// The types "su" and "yarn" mean longrope (Phi-3).
  bool all_longrope = false;
};

/// Sets rope_theta, rotary_size and rope_scaling of a model whose sizes are set. Throws Error, naming the
/// key, if a value is malformed or asks for rotary positions that are not supported.
void ReadRope(const Fields& config, const RopeDefaults& defaults, ModelConfig& model);

/// The names of what differs between architectures with a rotary base for each type of layer.
struct LayerRopeDefaults {
  double full_theta = 10000.0;
  double sliding_theta = 10000.0;
  std::string_view sliding_theta_key;  ///< at the top level; empty: there is none
};

/// As ReadRope for architectures whose layers with and without window have rotary positions of their own
/// (OLMo 3, Gemma 3); also sets window_rope_theta.
void ReadLayerRope(const Fields& config, const LayerRopeDefaults& defaults, ModelConfig& model);

/// The rope_scaling that ReadRope reads back to the same. Throws Error on kNone and kFactors.
OrderedJson WriteRopeScaling(const RopeScaling& scaling);

}  // namespace vffn
