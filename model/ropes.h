// The rotary embeddings of a model: one table for each distinct set of frequencies.
#pragma once

#include <optional>

#include "model/packed_batch.h"
#include "model/rotary.h"

namespace vffn {

/// Thread safe.
class Ropes {
 public:
  Ropes(const ModelConfig& config, const at::Device& device);

  /// The rotations of layers without the window. With longrope, a trie whose longest path has more than
  /// original_max_sequence_length tokens has the long factors in all its rows, and other tries have the short
  /// ones: sequences of both kinds belong into tries of their own (BuildTrie). Undefined if the model has no
  /// rotary positions. Throws Error if a position is not below max_sequence_length.
  RotaryAngles Full(const PackedBatch& batch) const;

  /// Those of layers with the window.
  RotaryAngles Windowed(const PackedBatch& batch) const;

 private:
  std::optional<RotaryTable> full_;      // absent: no rotary positions
  std::optional<RotaryTable> long_;      // with longrope
  std::optional<RotaryTable> windowed_;  // with window_rope_theta
  int64_t longest_short_ = 0;            // tokens of the longest sequence with short factors
};

}  // namespace vffn
