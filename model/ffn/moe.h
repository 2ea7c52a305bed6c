// The mixture-of-experts baseline.
#pragma once

#include "model/ffn/ffn.h"
#include "model/ffn/routed_experts.h"

namespace vffn {

/// F(x) + sum_k g_k E_k(norm'(x)): the dense FFN kept, and N small experts with weights and a norm of their
/// own. The paper gives no equation; its parameter counts decode to exactly these tensors
/// (docs/divergences.md).
class MoeFfn : public Ffn {
 public:
  MoeFfn(SwiGlu dense, RoutedExperts experts, int64_t layer)
      : dense_(std::move(dense)), experts_(std::move(experts)), layer_(layer) {}

  /// Traced: "gate_logits", "expert_indices", "expert_weights".
  at::Tensor forward(const at::Tensor& x, const ForwardPass& pass) const override;

 private:
  SwiGlu dense_;
  RoutedExperts experts_;
  int64_t layer_;
};

}  // namespace vffn
