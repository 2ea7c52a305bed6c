// Rotary position embedding, half-split: dimension j of a head is paired with j + rotary_size/2.
#pragma once

#include <ATen/ATen.h>

#include <mutex>
#include <vector>

#include "model/rope_frequencies.h"

namespace vffn {

/// The rotation of every token of one batch.
struct RotaryAngles {
  at::Tensor cosine;  // [T, rotary_size/2] float32
  at::Tensor sine;    // [T, rotary_size/2] float32
};

/// Cosine and sine of positions, kept on the model's device. Thread safe.
class RotaryTable {
 public:
  RotaryTable(RopeFrequencies frequencies, int64_t max_sequence_length, const at::Device& device)
      : frequencies_(std::move(frequencies)), max_sequence_length_(max_sequence_length), device_(device) {}

  /// The angle is position * frequency, computed in float32 on the CPU as the reference implementations do.
  /// Throws Error if a position is not below max_sequence_length.
  RotaryAngles At(const std::vector<int32_t>& positions) const;

 private:
  RotaryAngles Compute(int64_t positions) const;

  RopeFrequencies frequencies_;
  int64_t max_sequence_length_;
  at::Device device_;
  mutable std::mutex mutex_;
  mutable RotaryAngles table_;  // of positions 0 to the longest so far, or a little more
};

/// Which heads a row of queries, keys and values has, in this order.
struct HeadLayout {
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_size = 0;
};

/// Rotates the queries and keys of qkv [T, (n_heads + 2 n_kv_heads) * head_size]; the values stay, and so do
/// the dimensions of a head for which there are no angles.
at::Tensor Rotate(const at::Tensor& qkv, const RotaryAngles& angles, const HeadLayout& layout);

}  // namespace vffn
