// The arithmetic a forward pass cannot do without. One multiply-add is 2 FLOPs.
#pragma once

#include <cstdint>

#include "model/config.h"
#include "model/packed_batch.h"

namespace vffn {

/// Counted: linear layers, attention (query-key and weight-value products over visible pairs only), output
/// head. Not counted: embedding look-up, norms, rotary embedding, activation functions, softmax (under 1 %
/// together).
struct ForwardFlops {
  int64_t linear = 0;
  int64_t attention = 0;
  int64_t head = 0;

  int64_t total() const { return linear + attention + head; }
  ForwardFlops& operator+=(const ForwardFlops& other);
};

/// FLOPs for the batch, with logits at `head_rows` of its rows.
ForwardFlops CountForward(const ModelConfig& config, const PackedBatch& batch, int64_t head_rows);

}  // namespace vffn
