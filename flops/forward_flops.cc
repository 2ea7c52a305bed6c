#include "flops/forward_flops.h"

namespace vffn {

ForwardFlops& ForwardFlops::operator+=(const ForwardFlops& other) {
  linear += other.linear;
  attention += other.attention;
  head += other.head;
  return *this;
}

ForwardFlops CountForward(const ModelConfig& config, const PackedBatch& batch, int64_t head_rows) {
  const int64_t d = config.d_model;
  const int64_t q = config.n_heads * config.head_size;
  const int64_t kv = config.n_kv_heads * config.head_size;
  const int64_t weights_per_layer = d * (q + 2 * kv) + q * d + 3 * d * config.ffn_hidden_size;
  int64_t visible_pairs = 0;  // a node sees as many nodes as its position, and itself
  for (const int32_t position : batch.positions) {
    visible_pairs += position + 1;
  }
  return {.linear = 2 * config.n_layers * weights_per_layer * batch.size(),
          .attention = 4 * config.n_layers * q * visible_pairs,
          .head = 2 * head_rows * d * config.vocab_size};
}

}  // namespace vffn
