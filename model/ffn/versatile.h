// VersatileFFN (arXiv 2512.14531, section 3; the release's model.py:985-1208).
#pragma once

#include "model/ffn/ffn.h"
#include "model/ffn/loop_gate.h"
#include "model/ffn/routed_experts.h"

namespace vffn {

/// Y = (1 - lambda) Y_depth + lambda Y_width (Eq. 3): width branch (routed slices of the dense FFN), depth
/// branch (the dense FFN in a loop), fused by the expected loop count. One path for training and inference.
///
/// At inference a branch of weight zero is not run: the width branch only where lambda > 1e-6, as in the
/// release, the depth branch unless lambda is fixed at 1.
///
/// Traced, each [T, ...]: "depth_logits" [T, L_max], "loop_count" [T] int64, "lambda" [T], "width_active" [T]
/// uint8, "gate_logits" [T, N], "expert_indices" [T, k] int64, "expert_weights" [T, k]: 0, indices -1, where
/// the width branch was not run. With branches also "depth_out", "width_out" [T, d] (0 where inactive), and
/// for every token "width_out_all", "gate_logits_all", "expert_indices_all", "expert_weights_all". In
/// training also "depth_probs" [T, L_max] and "expected_loops" [T], and every token is active.
class VersatileFfn : public Ffn {
 public:
  VersatileFfn(SwiGlu dense, LoopGate gate, RoutedExperts experts, const ComputeContext& context,
               int64_t layer)
      : dense_(std::move(dense)),
        gate_(std::move(gate)),
        experts_(std::move(experts)),
        trace_experts_(experts_.CountedBy(context.work->trace_flops())),
        masked_(context.masked),
        work_(context.work),
        layer_(layer) {}

  at::Tensor forward(const at::Tensor& h, const ForwardPass& pass) const override;

 private:
  /// The width branch's output for some rows of the batch.
  struct Width {
    at::Tensor active;  // [T] bool: lambda > 1e-6, or training
    at::Tensor rows;    // [n] int64: for which it was run; undefined: all of them
    Routing routing;    // of those rows
    at::Tensor out;     // [n, d]
  };

  at::Tensor Depth(const at::Tensor& h, const LoopChoice& choice, const ForwardPass& pass) const;
  Width RunWidth(const at::Tensor& h, const LoopChoice& choice, const ForwardPass& pass) const;

  /// For every row: where lambda left the branch out, it is run for the trace alone.
  Width CompleteWidth(const at::Tensor& h, const Width& width) const;
  void CountDecisions(const LoopChoice& choice, const Width& width) const;
  void RecordAll(const at::Tensor& h, const LoopChoice& choice, const at::Tensor& depth, const Width& width,
                 const ForwardPass& pass) const;

  SwiGlu dense_;
  LoopGate gate_;
  RoutedExperts experts_, trace_experts_;
  bool masked_;
  WorkCounter* work_;
  int64_t layer_;
};

}  // namespace vffn
