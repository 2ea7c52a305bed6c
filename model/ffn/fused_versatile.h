// VersatileFFN with kernels that gather, normalise, loop and mix rows where they are.
#pragma once

#include "model/ffn/depth_loops.h"
#include "model/ffn/versatile.h"

namespace vffn {

/// The same values as the plain formulation's on the same kernels, to the last bit. Tokens are ordered once
/// per layer, by loop count and by expert.
class FusedVersatileFfn : public VersatileFfn {
 public:
  /// `context` must have kernels. With its `reuse_hidden`, the width branch takes the hidden values of the
  /// first loop, which are the experts', and runs the second products alone.
  FusedVersatileFfn(Mlp dense, LoopHead loop_head, RoutedExperts experts, const ComputeContext& context,
                    int64_t layer)
      : VersatileFfn(std::move(dense), std::move(loop_head), std::move(experts), context, layer),
        kernels_(context.kernels),
        reuse_hidden_(context.reuse_hidden) {}

  FfnOutput forward(const at::Tensor& h, const FfnConnections& connections,
                    const ForwardPass& pass) const override;

 private:
  /// Y_depth of all tokens.
  struct DepthRows {
    LoopOrder order;    // the order of the states: without loops and with masked ones that of tokens
    at::Tensor states;  // [T, d]; undefined: no depth branch
    at::Tensor hidden;  // [T, F] of the first loop; undefined: not kept
  };

  /// What the experts computed for the tokens whose width branch runs.
  struct WidthRows {
    std::vector<int64_t> rows;  // [n] the tokens, in the order of loops
    Routing routing;            // of those
    ExpertPairs pairs;
    at::Tensor outputs;  // [pairs, d]
  };

  DepthRows RunDepth(const at::Tensor& h, const ResidualConnection& connection,
                     const LoopChoice& loops) const;
  WidthRows RunRows(const at::Tensor& h, const ResidualConnection& connection, const LoopChoice& loops,
                    const DepthRows& depth) const;
  void Count(const LoopChoice& loops, const DepthRows& depth, const WidthRows& width) const;
  /// Eq. 7 and 3, [T, d].
  at::Tensor Fuse(const LoopChoice& loops, const DepthRows& depth, const WidthRows& width) const;
  kernels::MixArgs MixtureOf(const WidthRows& width, at::Tensor& y) const;
  void Record(const at::Tensor& h, const ResidualConnection& connection, const ForwardPass& pass,
              const LoopChoice& loops, const DepthRows& depth, const WidthRows& width,
              FfnOutput& output) const;

  const kernels::Kernels* kernels_;
  bool reuse_hidden_;
};

}  // namespace vffn
