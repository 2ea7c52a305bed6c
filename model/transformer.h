// The decoder.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <span>
#include <vector>

#include "model/attention.h"
#include "model/compute.h"
#include "model/config.h"
#include "model/ffn/ffn.h"
#include "model/linear.h"
#include "model/norm.h"
#include "model/packed_batch.h"
#include "model/weights/checkpoint.h"

namespace vffn {

/// Pre-norm block: x += attention(norm(x)); x = ffn(x), residual included.
struct Block {
  RmsNorm attention_norm;
  Attention attention;
  std::unique_ptr<Ffn> ffn;
};

/// Thread safe once made: several threads may run batches through one model.
class Transformer {
 public:
  /// Reads every parameter, with `threads` readers at once.
  Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads);

  /// Hidden states after the final norm, [T, d] float32 on the model's device.
  /// Throws Error if a token is outside the vocabulary.
  at::Tensor forward(const PackedBatch& batch) const;

  /// Logits of hidden rows: [rows, d] to [rows, V].
  at::Tensor Logits(const at::Tensor& hidden) const { return head_->forward(hidden); }

  /// The output head: log-probabilities without logits.
  const Linear& head() const { return *head_; }

  const ModelConfig& config() const { return config_; }

 private:
  at::Tensor Embed(const std::vector<int32_t>& tokens) const;  // [T, d]

  ModelConfig config_;
  ComputeContext context_;
  at::Tensor embedding_;  // [V, d] float32
  std::vector<std::unique_ptr<Block>> blocks_;
  std::unique_ptr<RmsNorm> final_norm_;
  std::unique_ptr<Linear> head_;
};

}  // namespace vffn
