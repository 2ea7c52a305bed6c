// The mixture-of-experts baseline.
#pragma once

#include "model/ffn/ffn.h"
#include "model/ffn/routed_experts.h"

namespace vffn {

/// F(h) + sum_k g_k E_k(norm'(h)): the dense FFN, and N small experts with weights and a norm of their own.
/// The paper gives no equation; its parameter counts correspond to exactly these tensors
/// (docs/divergences.md).
class MoeFfn : public Ffn {
 public:
  MoeFfn(Mlp dense, RoutedExperts experts) : dense_(std::move(dense)), experts_(std::move(experts)) {}

  FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                    const ForwardPass& pass) const override;

 private:
  Mlp dense_;
  RoutedExperts experts_;
};

}  // namespace vffn
