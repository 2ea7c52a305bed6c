// How often a token goes through the depth branch, and what weight that leaves to the width branch.
#pragma once

#include <optional>

#include "model/ffn/ffn.h"
#include "model/ffn/ffn_config.h"
#include "model/linear.h"

namespace vffn {

/// Per token. Undefined: what nothing depended on.
struct LoopChoice {
  at::Tensor logits;    // [T, L_max]
  at::Tensor mixture;   // [T, L_max]: weights of the states in Eq. 11; training only
  at::Tensor counts;    // [T] int64, 1 to L_max
  at::Tensor expected;  // [T] E[L], Eq. 12
  at::Tensor lambda;    // [T] Eq. 13
};

class LoopGate {
 public:
  /// `head` is [L_max, d].
  LoopGate(Linear head, const FfnConfig& config, int64_t layer)
      : head_(std::move(head)), config_(config), layer_(layer) {}

  /// `h` is [T, d], not normalised, as the release has it (model.py:1066).
  LoopChoice forward(const at::Tensor& h, const ForwardPass& pass) const;

 private:
  void Predict(const at::Tensor& h, const ForwardPass& pass, LoopChoice& choice) const;
  void Draw(const TrainingStep& step, LoopChoice& choice) const;
  void Decide(const ForwardPass& pass, LoopChoice& choice) const;

  Linear head_;
  FfnConfig config_;
  int64_t layer_;
};

}  // namespace vffn
