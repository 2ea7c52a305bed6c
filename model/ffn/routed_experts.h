// Top-k routed experts that are slices of one SwiGLU: the width branch of VersatileFFN, whose experts are
// views of the dense FFN, and the experts of MoE, which are slices of a second one.
#pragma once

#include <vector>

#include "model/ffn/ffn_config.h"
#include "model/ffn/swiglu.h"

namespace vffn {

/// Experts of each token, by descending gating logit (ties: the lower index first).
struct Routing {
  at::Tensor logits;   // [T, N]
  at::Tensor indices;  // [T, k] int64
  at::Tensor weights;  // [T, k] gate weights g
};

class RoutedExperts {
 public:
  /// `router` is [N, d]. Expert e has the hidden units ExpertBegin(config, F, e) ... + s - 1 of `swiglu`.
  RoutedExperts(Linear router, const SwiGlu& swiglu, const FfnConfig& config, const ComputeContext& context,
                WorkCounter::Cell& flops);

  /// The same experts and router, their FLOPs added to another cell.
  RoutedExperts CountedBy(WorkCounter::Cell& flops) const;

  /// Routes by G(H) = W_g H, H not normalised, as the release does (model.py:1089). The gate weights are the
  /// softmax over the k selected logits (release), or their share of the softmax over all N (paper).
  Routing Route(const at::Tensor& h) const;

  /// The routing of no tokens.
  Routing Nowhere(const at::TensorOptions& options) const;

  /// sum_k g_k E_k(norm(h)) (Eq. 7 and 8, without the residual), or with `through_gate` sum_k g_k (h +
  /// E_k(norm(h))). h and the result are [T, d].
  at::Tensor forward(const at::Tensor& h, const Routing& routing, bool through_gate) const;

 private:
  struct Expert {
    Linear up, gate, out;
  };

  const kernels::Kernels* kernels_;
  FfnConfig config_;
  RmsNorm norm_;
  Linear router_;
  std::vector<Expert> experts_;
};

}  // namespace vffn
