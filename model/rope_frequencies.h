// The frequencies of rotary position embeddings, scaled as transformers' modeling_rope_utils does, in
// float32. No torch here.
#pragma once

#include <vector>

#include "model/config.h"

namespace vffn {

/// Pair j of a head is turned by position * radians[j]; cosine and sine are multiplied by `amplitude`.
struct RopeFrequencies {
  std::vector<float> radians;  ///< [rotary_size / 2]
  float amplitude = 1;

  bool operator==(const RopeFrequencies&) const = default;
};

/// Of the layers without the window, and of all layers where window_rope_theta is absent. With longrope: of
/// sequences up to original_max_sequence_length tokens.
RopeFrequencies FullFrequencies(const ModelConfig& config);

/// The same layers in longer sequences; differs with longrope alone.
RopeFrequencies LongFrequencies(const ModelConfig& config);

/// Tokens of the longest sequence that FullFrequencies rotates, where longer ones have LongFrequencies; 0:
/// all sequences have FullFrequencies.
int64_t LongestWithFullFrequencies(const ModelConfig& config);

/// Of the layers with the window: with window_rope_theta, its powers without scaling.
RopeFrequencies WindowFrequencies(const ModelConfig& config);

}  // namespace vffn
