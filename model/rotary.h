// Rotary position embedding, half-split: dimension j of a head is paired with j + head_size/2.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "model/compute_context.h"
#include "model/config.h"

namespace vffn {

/// The angles of one batch.
struct RotaryAngles {
  at::Tensor cosine;  // [T, head_size/2] float32
  at::Tensor sine;    // [T, head_size/2] float32
};

class Rotary {
 public:
  Rotary(const ModelConfig& config, const ComputeContext& context);

  /// cos and sin of position / theta^(2j / head_size), computed in float32 as the reference implementations
  /// do.
  RotaryAngles Angles(const std::vector<int32_t>& positions) const;

  /// Rotates queries and keys of qkv [T, (n_heads + 2 n_kv_heads) * head_size]; the values stay.
  at::Tensor forward(at::Tensor qkv, const RotaryAngles& angles) const;

 private:
  const kernels::Kernels* kernels_;
  at::Device device_;
  int64_t rotated_heads_;  // queries and keys
  int64_t all_heads_;
  int64_t head_size_;
  std::vector<float> frequency_;  // [head_size/2], radians per position
};

}  // namespace vffn
