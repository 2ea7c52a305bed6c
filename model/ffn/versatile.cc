#include "model/ffn/versatile.h"

#include <utility>

#include "model/ffn/depth_branch.h"
#include "model/ffn/histogram.h"

namespace vffn {
namespace {

/// Eq. 3 for rows of Y_depth and Y_width; `depth` undefined: lambda is 1.
at::Tensor Fuse(const at::Tensor& depth, const at::Tensor& width, const at::Tensor& lambda) {
  if (!depth.defined()) {
    return width;
  }
  const at::Tensor weight = lambda.unsqueeze(1);  // [rows, 1]
  return depth * (1 - weight) + width * weight;
}

/// Y_width of Eq. 7: every expert's output joins the stream by itself (Eq. 8).
at::Tensor WidthOutput(const RoutedExperts& experts, const ResidualConnection& connection,
                       const at::Tensor& h, const Routing& routing) {
  if (experts.kernels()) {
    return experts.Mixed({.x = h, .norm = connection.before(), .joins = &connection}, routing);
  }
  std::vector<at::Tensor> outputs = experts.Outputs(connection.Input(h), routing);
  for (at::Tensor& output : outputs) {
    output = connection.Add(h, output);  // Eq. 8
  }
  return WeightedSum(outputs, routing.weights);
}

/// A table of `total` rows with `values` in `rows`, and `fill` in the others.
at::Tensor Spread(const at::Tensor& values, const at::Tensor& rows, int64_t total, double fill) {
  if (!rows.defined()) {
    return values;
  }
  std::vector<int64_t> shape = values.sizes().vec();
  shape[0] = total;
  return at::full(shape, fill, values.options()).index_copy(0, rows, values);
}

}  // namespace

FfnOutput VersatileFfn::forward(const at::Tensor& h, const FfnConnections& connections,
                                const ForwardPass& pass) const {
  const LoopChoice loops = loop_head_.forward(h, pass);
  const at::Tensor active = loops.lambda.gt(kNegligibleLambda);  // [T]
  const Tally tally = Count(loops, active);
  CountDecisions(tally);
  // The width branch first: the host reads how many tokens each expert has, and a device is not kept waiting
  // with the loops still to come.
  const Width width = RunWidth(connections.ffn, h, active, tally.width);
  const at::Tensor depth =
      loops.counts.defined() ? Depth({dense_, connections.ffn}, h, loops, tally) : at::Tensor();  // [T, d]
  FfnOutput output;
  if (width.out.size(0) == 0) {
    output.states = depth;
  } else if (!width.rows.defined()) {
    output.states = Fuse(depth, width.out, loops.lambda);
  } else {
    const at::Tensor fused = Fuse(depth.index_select(0, width.rows), width.out,
                                  loops.lambda.index_select(0, width.rows));  // [n, d]
    output.states = depth.index_copy(0, width.rows, fused);
  }
  if (pass.wants_decisions()) {
    output.decisions = Decisions(loops, width);
  }
  if (pass.wants_branches()) {
    output.branches = Branches(connections.ffn, h, depth, width);
  }
  return output;
}

VersatileFfn::Tally VersatileFfn::Count(const LoopChoice& loops, const at::Tensor& active) const {
  if (!loops.counts.defined()) {
    return {.width = active.sum().item<int64_t>()};
  }
  Tally tally{.loops = Histogram(loops.counts, 1, loop_head_.max_loops(), active)};
  tally.width = tally.loops.back();
  tally.loops.pop_back();
  return tally;
}

at::Tensor VersatileFfn::Depth(const FfnStep& step, const at::Tensor& h, const LoopChoice& loops,
                               const Tally& tally) const {
  return masked_ ? RunLoopsMasked(step, h, loops.counts, tally.loops)
                 : RunLoops(step, h, loops.counts, tally.loops);
}

VersatileFfn::Width VersatileFfn::RunWidth(const ResidualConnection& connection, const at::Tensor& h,
                                           at::Tensor active, int64_t count) const {
  Width width{.active = std::move(active)};
  if (count < h.size(0)) {
    width.rows = at::nonzero_static(width.active, count).flatten();
  }
  if (count == 0) {
    width.routing = experts_.Nowhere(h.options());
    width.out = at::empty({0, h.size(1)}, h.options());
    return width;
  }
  const at::Tensor x = width.rows.defined() ? h.index_select(0, width.rows) : h;  // [n, d]
  width.routing = experts_.Route(x);
  width.out = WidthOutput(experts_, connection, x, width.routing);
  return width;
}

void VersatileFfn::CountDecisions(const Tally& tally) const {
  for (size_t i = 0; i < tally.loops.size(); ++i) {
    work_->AddLoops(layer_, static_cast<int64_t>(i) + 1, tally.loops[i]);
  }
  work_->AddWidthTokens(layer_, tally.width);
}

VersatileFfn::Width VersatileFfn::CompleteWidth(const ResidualConnection& connection, const at::Tensor& h,
                                                const Width& width) const {
  if (!width.rows.defined()) {
    return width;
  }
  const at::Tensor idle = width.active.logical_not().nonzero().flatten();
  const at::Tensor x = h.index_select(0, idle);
  const Routing routing = trace_experts_.Route(x);
  const at::Tensor out = WidthOutput(trace_experts_, connection, x, routing);
  const at::Tensor order = at::argsort(at::cat({width.rows, idle}));
  const auto merge = [&](const at::Tensor& active, const at::Tensor& rest) {
    return at::cat({active, rest}).index_select(0, order);
  };
  return {.active = width.active,
          .routing = {.logits = merge(width.routing.logits, routing.logits),
                      .indices = merge(width.routing.indices, routing.indices),
                      .weights = merge(width.routing.weights, routing.weights)},
          .out = merge(width.out, out)};
}

FfnDecisions VersatileFfn::Decisions(const LoopChoice& loops, const Width& width) {
  const int64_t tokens = width.active.size(0);
  return {.loop_logits = loops.logits,
          .loop_counts = loops.counts,
          .lambda = loops.lambda,
          .width_active = width.active.to(at::kByte),
          .gating_logits = Spread(width.routing.logits, width.rows, tokens, 0),
          .experts = Spread(width.routing.indices, width.rows, tokens, -1),
          .gate_weights = Spread(width.routing.weights, width.rows, tokens, 0)};
}

FfnBranches VersatileFfn::Branches(const ResidualConnection& connection, const at::Tensor& h,
                                   const at::Tensor& depth, const Width& width) const {
  const Width complete = CompleteWidth(connection, h, width);
  return {.depth_out = depth,
          .width_out = Spread(width.out, width.rows, h.size(0), 0),
          .width_out_all = complete.out,
          .gating_logits_all = complete.routing.logits,
          .experts_all = complete.routing.indices,
          .gate_weights_all = complete.routing.weights};
}

}  // namespace vffn
