// The decoder.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "model/block.h"
#include "model/compute.h"
#include "model/config.h"
#include "model/executed_work.h"
#include "model/forward_pass.h"
#include "model/norm.h"
#include "model/output_head.h"
#include "model/packed_batch.h"
#include "model/ropes.h"
#include "model/weights/checkpoint.h"

namespace vffn {

/// Thread safe once constructed: several threads may run batches through one model.
class Transformer {
 public:
  /// Reads every parameter, with so many threads.
  Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads);

  /// States after the final norm: [T, d] float32 on the model's device. Throws Error if a token is outside
  /// the vocabulary or a position outside the longest sequence.
  at::Tensor forward(const ForwardPass& pass) const;

  /// Logits of hidden states: [rows, d] to [rows, V].
  at::Tensor Logits(const at::Tensor& hidden) const { return head_->Logits(hidden); }

  /// The output head: log-probabilities without logits.
  const OutputHead& head() const { return *head_; }

  const ModelConfig& config() const { return config_; }
  const at::Device& device() const { return context_.device; }

  /// What this model's kernels have executed so far.
  ExecutedWork work() const { return work_->Read(); }

 private:
  at::Tensor Embed(const PackedBatch& batch) const;  // [T, d]

  ModelConfig config_;
  std::unique_ptr<WorkCounter> work_;
  ComputeContext context_;
  Ropes ropes_;
  at::Tensor embedding_;           // [V, d] float32, or bfloat16 if that is exact
  at::Tensor position_embedding_;  // [max_sequence_length, d] float32; undefined unless learned
  std::vector<std::unique_ptr<Block>> blocks_;
  std::unique_ptr<Norm> final_norm_;
  std::unique_ptr<OutputHead> head_;
};

}  // namespace vffn
