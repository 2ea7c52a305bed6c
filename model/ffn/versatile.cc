#include "model/ffn/versatile.h"

#include "model/ffn/depth_branch.h"

namespace vffn {
namespace {

constexpr double kNegligibleLambda = 1e-6;  // the release's threshold (model.py:1157)

/// Y_depth and Y_width of the same rows; `depth` undefined: lambda is 1.
at::Tensor Fuse(const at::Tensor& depth, const at::Tensor& width, const at::Tensor& lambda) {
  if (!depth.defined()) {
    return width;
  }
  const at::Tensor weight = lambda.unsqueeze(1);  // [rows, 1]
  return depth * (1 - weight) + width * weight;
}

/// Puts what was computed for `rows` into a table of `total` rows, the others being `fill`.
at::Tensor Spread(const at::Tensor& values, const at::Tensor& rows, int64_t total, double fill) {
  std::vector<int64_t> shape = values.sizes().vec();
  shape[0] = total;
  return at::full(shape, fill, values.options()).index_copy(0, rows, values);
}

}  // namespace

at::Tensor VersatileFfn::forward(const at::Tensor& h, const ForwardPass& pass) const {
  const LoopChoice choice = gate_.forward(h, pass);
  const at::Tensor depth = choice.counts.defined() ? Depth(h, choice, pass) : at::Tensor();  // [T, d]
  const Width width = RunWidth(h, choice, pass);
  CountDecisions(choice, width);
  if (pass.trace) {
    RecordAll(h, choice, depth, width, pass);
  }
  if (width.out.size(0) == 0) {
    return depth;
  }
  if (!width.rows.defined()) {
    return Fuse(depth, width.out, choice.lambda);
  }
  const at::Tensor fused = Fuse(depth.index_select(0, width.rows), width.out,
                                choice.lambda.index_select(0, width.rows));  // [n, d]
  return depth.index_copy(0, width.rows, fused);
}

at::Tensor VersatileFfn::Depth(const at::Tensor& h, const LoopChoice& choice, const ForwardPass& pass) const {
  if (pass.training) {
    return MixStates(dense_, h, choice.mixture);
  }
  return masked_ ? RunLoopsMasked(dense_, h, choice.counts) : RunLoops(dense_, h, choice.counts);
}

VersatileFfn::Width VersatileFfn::RunWidth(const at::Tensor& h, const LoopChoice& choice,
                                           const ForwardPass& pass) const {
  Width width{.active = choice.lambda.gt(kNegligibleLambda)};
  if (pass.training) {
    width.active.fill_(true);
  } else {
    width.rows = width.active.nonzero().flatten();
    if (width.rows.size(0) == 0) {
      width.routing = experts_.Nowhere(h.options());
      width.out = at::empty({0, h.size(1)}, h.options());
      return width;
    }
    if (width.rows.size(0) == h.size(0)) {
      width.rows.reset();
    }
  }
  const at::Tensor x = width.rows.defined() ? h.index_select(0, width.rows) : h;  // [n, d]
  width.routing = experts_.Route(x);
  width.out = experts_.forward(x, width.routing, /*through_gate=*/true);
  return width;
}

void VersatileFfn::CountDecisions(const LoopChoice& choice, const Width& width) const {
  if (choice.counts.defined()) {
    const at::Tensor histogram = at::bincount(choice.counts).to(at::kCPU);  // by count, from 0
    for (int64_t loops = 1; loops < histogram.size(0); ++loops) {
      work_->AddLoops(layer_, loops, histogram.const_data_ptr<int64_t>()[loops]);
    }
  }
  work_->AddWidthTokens(layer_, width.rows.defined() ? width.rows.size(0) : width.active.size(0));
}

VersatileFfn::Width VersatileFfn::CompleteWidth(const at::Tensor& h, const Width& width) const {
  if (!width.rows.defined()) {
    return width;
  }
  const at::Tensor idle = width.active.logical_not().nonzero().flatten();
  const at::Tensor x = h.index_select(0, idle);
  const Routing routing = trace_experts_.Route(x);
  const at::Tensor out = trace_experts_.forward(x, routing, /*through_gate=*/true);
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

void VersatileFfn::RecordAll(const at::Tensor& h, const LoopChoice& choice, const at::Tensor& depth,
                             const Width& width, const ForwardPass& pass) const {
  const auto record = [&](const char* name, const at::Tensor& value) {
    if (value.defined()) {
      pass.trace->Record(layer_, name, value);
    }
  };
  record("depth_logits", choice.logits);
  record("loop_count", choice.counts);
  record("lambda", choice.lambda);
  record("width_active", width.active.to(at::kByte));
  if (pass.training) {
    record("depth_probs", choice.mixture);
    record("expected_loops", choice.expected);
  }
  const auto record_active = [&](const char* name, const at::Tensor& value, double fill) {
    record(name, width.rows.defined() ? Spread(value, width.rows, h.size(0), fill) : value);
  };
  record_active("gate_logits", width.routing.logits, 0);
  record_active("expert_indices", width.routing.indices, -1);
  record_active("expert_weights", width.routing.weights, 0);
  if (pass.trace->detail() == TraceDetail::kBranches) {
    const Width complete = CompleteWidth(h, width);
    record("depth_out", depth);
    record_active("width_out", width.out, 0);
    record("gate_logits_all", complete.routing.logits);
    record("expert_indices_all", complete.routing.indices);
    record("expert_weights_all", complete.routing.weights);
    record("width_out_all", complete.out);
  }
}

}  // namespace vffn
