// The decoder.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/block.h"
#include "model/compute.h"
#include "model/config.h"
#include "model/executed_work.h"
#include "model/forward_pass.h"
#include "model/linear.h"
#include "model/norm.h"
#include "model/packed_batch.h"
#include "model/rotary.h"
#include "model/weights/checkpoint.h"

namespace vffn {

struct ForwardOutput {
  at::Tensor hidden;                    // [T, d] float32 on the model's device, after the final norm
  std::vector<FfnDecisions> decisions;  // per layer in a training step; else empty
};

/// Thread safe once constructed: several threads may run batches through one model.
class Transformer {
 public:
  /// Reads every parameter, with `threads` readers at once.
  Transformer(const Checkpoint& checkpoint, const ComputeOptions& options, int threads);

  /// Gradients are gathered in a training step only (of a trainable model). Throws Error if a token is
  /// outside the vocabulary or a position outside the longest sequence.
  ForwardOutput forward(const ForwardPass& pass) const;

  /// Logits of hidden states: [rows, d] to [rows, V].
  at::Tensor Logits(const at::Tensor& hidden) const { return head_->forward(hidden); }

  /// The output head: log-probabilities without logits.
  const Linear& head() const { return *head_; }

  const ModelConfig& config() const { return config_; }

  /// What this model's kernels have executed so far.
  ExecutedWork work() const { return work_->Read(); }

  /// Of a trainable model: its parameters by name (parameters.h), leaves that gather gradients.
  const std::map<std::string, at::Tensor>& parameters() const { return parameters_; }

 private:
  at::Tensor Embed(const std::vector<int32_t>& tokens) const;  // [T, d]

  ModelConfig config_;
  std::unique_ptr<WorkCounter> work_;
  ComputeContext context_;
  RotaryTable rotary_;
  std::map<std::string, at::Tensor> parameters_;
  at::Tensor embedding_;  // [V, d] float32
  std::vector<std::unique_ptr<Block>> blocks_;
  std::unique_ptr<RmsNorm> final_norm_;
  std::unique_ptr<Linear> head_;
};

}  // namespace vffn
