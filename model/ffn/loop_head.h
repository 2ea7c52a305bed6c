// The loop head of VersatileFFN: how often a token goes through the depth branch, and the weight lambda that
// this leaves to the width branch.
#pragma once

#include <optional>

#include "model/ffn/ffn_config.h"
#include "model/forward_pass.h"
#include "model/linear.h"

namespace vffn {

/// Per token. A tensor is undefined where nothing depends on it.
struct LoopChoice {
  at::Tensor logits;    // [T, L_max] W_loop H
  at::Tensor counts;    // [T] int64, 1 to L_max
  at::Tensor expected;  // [T] E[L] of Eq. 12
  at::Tensor lambda;    // [T] Eq. 13
};

class LoopHead {
 public:
  /// `projection` is W_loop, [L_max, d].
  LoopHead(Linear projection, const FfnConfig& config, int64_t layer)
      : projection_(std::move(projection)), config_(config), layer_(layer) {}

  /// `h` is [T, d], not normalised, as in the release (model.py:1066).
  LoopChoice forward(const at::Tensor& h, const ForwardPass& pass) const;

  int64_t max_loops() const { return config_.max_loops; }

 private:
  void Predict(const at::Tensor& h, const ForwardPass& pass, LoopChoice& choice) const;
  void Decide(const ForwardPass& pass, LoopChoice& choice) const;
  /// [T] int64: counts drawn from the distribution of the logits.
  at::Tensor Sample(const ForwardPass& pass, const at::Tensor& logits) const;

  Linear projection_;
  FfnConfig config_;
  int64_t layer_;
};

}  // namespace vffn
