// Routed experts in place of the dense FFN (Mixtral, OLMoE, Qwen 2 MoE).
#pragma once

#include <optional>

#include "model/ffn/ffn.h"
#include "model/ffn/routed_experts.h"

namespace vffn {

/// An FFN that every token goes through, beside the routed experts.
struct SharedExpert {
  Mlp mlp;
  std::optional<Linear> gate;  ///< [1, d] g: the output is multiplied by sigmoid(g x)

  /// [T, d] to [T, d].
  at::Tensor forward(const at::Tensor& x) const;
};

/// h + sum_k g_k E_k(x) + shared(x) with x = norm(h). The router reads x, too, unlike VersatileFFN's, which
/// reads h.
class SparseMoeFfn : public Ffn {
 public:
  SparseMoeFfn(RoutedExperts experts, std::optional<SharedExpert> shared)
      : experts_(std::move(experts)), shared_(std::move(shared)) {}

  FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                    const ForwardPass& pass) const override;

 private:
  RoutedExperts experts_;
  std::optional<SharedExpert> shared_;
};

}  // namespace vffn
