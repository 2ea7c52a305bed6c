// The output head: from hidden states to logits, or to log-probabilities.
#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <span>

#include "model/compute_context.h"
#include "model/config.h"
#include "model/linear.h"

namespace vffn {

/// logits = cap(logit_multiplier * (x W^T + b)), cap(y) = c tanh(y / c) with a logit_softcap c. Thread safe.
class OutputHead {
 public:
  OutputHead(const ModelConfig& config, const LinearParameters& parameters, const ComputeContext& context);

  /// [rows, d] to [rows, V].
  at::Tensor Logits(const at::Tensor& hidden) const;

  /// For every target (sorted by row): log softmax(logits)[token], and whether the token has the highest
  /// logit.
  void LogSoftmax(const at::Tensor& hidden, std::span<const Target> targets, std::span<float> log_probs,
                  std::span<uint8_t> greedy) const;

 private:
  const kernels::Kernels* kernels_;
  Linear linear_;
  double multiplier_;
  std::optional<double> softcap_;
};

}  // namespace vffn
