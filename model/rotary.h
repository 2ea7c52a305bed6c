// Rotary position embedding, half-split: dimension j of a head is paired with j + head_size/2.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "model/config.h"
#include "model/kernels/kernels.h"

namespace vffn {

/// The rotation of every token of one batch.
struct RotaryAngles {
  at::Tensor cosine;  // [T, head_size/2] float32
  at::Tensor sine;    // [T, head_size/2] float32
};

/// Cosine and sine of every position that a model allows: computed once per model, kept on its device.
class RotaryTable {
 public:
  /// The angle is position / theta^(2j / head_size), computed in float32 on the CPU as the reference
  /// implementations do.
  RotaryTable(const ModelConfig& config, const at::Device& device);

  /// Throws Error if a position is not below max_sequence_length.
  RotaryAngles At(const std::vector<int32_t>& positions) const;

 private:
  at::Tensor cosine_, sine_;  // [max_sequence_length, head_size/2] float32
};

/// Which heads a row of queries, keys and values has, in this order.
struct HeadLayout {
  int64_t n_heads = 0;
  int64_t n_kv_heads = 0;
  int64_t head_size = 0;
};

/// Rotates the queries and keys of qkv [T, (n_heads + 2 n_kv_heads) * head_size], in place where `kernels`
/// are given; the values stay.
at::Tensor Rotate(at::Tensor qkv, const RotaryAngles& angles, const HeadLayout& layout,
                  const kernels::Kernels* kernels);

}  // namespace vffn
