// VersatileFFN (arXiv 2512.14531, section 3; the release's model.py:985-1208).
#pragma once

#include <vector>

#include "model/ffn/ffn.h"
#include "model/ffn/loop_head.h"
#include "model/ffn/routed_experts.h"

namespace vffn {

constexpr double kNegligibleLambda = 1e-6;  // the release's threshold (model.py:1157)

/// Y = (1 - lambda) Y_depth + lambda Y_width (Eq. 3): the width branch (routed slices of the dense FFN) and
/// the depth branch (the dense FFN in a loop), fused by the expected loop count. For inference; training is
/// train/engine/versatile_layer.h. This is the plain formulation; FusedVersatileFfn is the one with kernels.
///
/// A branch of weight zero does not run: the width branch runs only where lambda > 1e-6, as in the release;
/// the depth branch runs unless lambda is fixed at 1.
class VersatileFfn : public Ffn {
 public:
  VersatileFfn(Mlp dense, LoopHead loop_head, RoutedExperts experts, const ComputeContext& context,
               int64_t layer)
      : dense_(std::move(dense)),
        loop_head_(std::move(loop_head)),
        experts_(std::move(experts)),
        trace_experts_(experts_.CountedBy(context.work->trace_flops())),
        masked_(context.masked),
        work_(context.work),
        layer_(layer) {}

  FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                    const ForwardPass& pass) const override;

 protected:
  /// The width branch's output for some rows of the batch.
  struct Width {
    at::Tensor active;  // [T] bool: lambda > 1e-6
    at::Tensor rows;    // [n] int64: the rows for which it ran; undefined: all
    Routing routing;    // of those rows
    at::Tensor out;     // [n, d]
  };

  /// How many tokens decided what: the numbers by which the host divides the work.
  struct Tally {
    std::vector<int64_t> loops;  // [L_max]: tokens with 1, 2, ... loops; empty if there are no loops
    int64_t width = 0;           // tokens whose width branch runs
  };

  Tally Count(const LoopChoice& loops, const at::Tensor& active) const;
  at::Tensor Depth(const FfnStep& step, const at::Tensor& h, const LoopChoice& loops,
                   const Tally& tally) const;
  Width RunWidth(const ResidualConnection& connection, const at::Tensor& h, at::Tensor active,
                 int64_t count) const;

  /// For every row: rows that lambda left out run for the trace alone.
  Width CompleteWidth(const ResidualConnection& connection, const at::Tensor& h, const Width& width) const;
  void CountDecisions(const Tally& tally) const;
  static FfnDecisions Decisions(const LoopChoice& loops, const Width& width);
  FfnBranches Branches(const ResidualConnection& connection, const at::Tensor& h, const at::Tensor& depth,
                       const Width& width) const;

  Mlp dense_;
  LoopHead loop_head_;
  RoutedExperts experts_, trace_experts_;
  bool masked_;
  WorkCounter* work_;
  int64_t layer_;
};

}  // namespace vffn
