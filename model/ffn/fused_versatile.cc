#include "model/ffn/fused_versatile.h"

#include <cstring>

namespace vffn {
namespace {

std::span<const int64_t> CountsOf(const LoopChoice& loops) {
  return {loops.counts.const_data_ptr<int64_t>(), static_cast<size_t>(loops.counts.size(0))};
}

bool RunsWidth(float lambda) { return lambda > static_cast<float>(kNegligibleLambda); }

/// The tokens whose width branch runs, in the given order.
std::vector<int64_t> ActiveRows(const at::Tensor& lambda, std::span<const int64_t> order) {
  const float* of_token = lambda.const_data_ptr<float>();
  std::vector<int64_t> rows;
  for (const int64_t row : order) {
    if (RunsWidth(of_token[row])) {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace

FfnOutput FusedVersatileFfn::forward(const at::Tensor& h, const FfnConnections& connections,
                                     const ForwardPass& pass) const {
  const LoopChoice loops = loop_head_.forward(h, pass);
  const DepthRows depth = RunDepth(h, connections.ffn, loops);
  const WidthRows width = RunRows(h, connections.ffn, loops, depth);
  Count(loops, depth, width);
  FfnOutput output{.states = Fuse(loops, depth, width)};
  if (pass.wants_decisions()) {
    Record(h, connections.ffn, pass, loops, depth, width, output);
  }
  return output;
}

FusedVersatileFfn::DepthRows FusedVersatileFfn::RunDepth(const at::Tensor& h,
                                                         const ResidualConnection& connection,
                                                         const LoopChoice& loops) const {
  const int64_t tokens = h.size(0);
  if (!loops.counts.defined()) {
    return {.order = OrderOfTokens(tokens)};
  }
  DepthRows depth;
  if (reuse_hidden_) {
    depth.hidden = at::empty({tokens, dense_.hidden_size()}, h.options());  // [T, F]
  }
  const FfnStep step{dense_, connection};
  if (masked_) {
    depth.order = OrderOfTokens(tokens);
    depth.states = LoopMasked(step, h, CountsOf(loops), depth.hidden);
  } else {
    depth.order = OrderByLoops(CountsOf(loops), loop_head_.max_loops());
    depth.states = LoopInPlace(step, h, depth.order, depth.hidden);
  }
  return depth;
}

FusedVersatileFfn::WidthRows FusedVersatileFfn::RunRows(const at::Tensor& h,
                                                        const ResidualConnection& connection,
                                                        const LoopChoice& loops,
                                                        const DepthRows& depth) const {
  WidthRows width{.rows = ActiveRows(loops.lambda, depth.order.rows)};
  if (width.rows.empty()) {
    width.routing = experts_.Nowhere(h.options());
    return width;
  }
  width.routing = experts_.RouteRows(h, width.rows);
  width.pairs = experts_.Sort(width.rows, width.routing);
  const KeptHidden kept{.values = depth.hidden, .rows = depth.order.places};
  width.outputs = experts_.PairOutputs({.x = h,
                                        .norm = connection.before(),
                                        .joins = &connection,
                                        .kept = kept.values.defined() ? &kept : nullptr},
                                       width.pairs);
  return width;
}

void FusedVersatileFfn::Count(const LoopChoice& loops, const DepthRows& depth, const WidthRows& width) const {
  if (loops.counts.defined()) {
    for (const int64_t count : CountsOf(loops)) {
      work_->AddLoops(layer_, count, 1);
    }
  }
  const auto tokens = static_cast<int64_t>(width.rows.size());
  work_->AddWidthTokens(layer_, tokens);
  if (depth.hidden.defined()) {
    work_->AddReusedTokens(layer_, tokens);
  }
}

kernels::MixArgs FusedVersatileFfn::MixtureOf(const WidthRows& width, at::Tensor& y) const {
  return {.outputs = width.outputs.const_data_ptr<float>(),
          .places = width.pairs.places.data(),
          .weights = width.routing.weights.const_data_ptr<float>(),
          .rows = static_cast<int64_t>(width.rows.size()),
          .k = width.routing.weights.size(1),
          .d = y.size(1),
          .output = {.y = y.mutable_data_ptr<float>(), .stride = y.stride(0)}};
}

at::Tensor FusedVersatileFfn::Fuse(const LoopChoice& loops, const DepthRows& depth,
                                   const WidthRows& width) const {
  const auto tokens = static_cast<int64_t>(depth.order.rows.size());
  const bool runs_width = !width.rows.empty();
  const at::Tensor& like = depth.states.defined() ? depth.states : width.outputs;
  at::Tensor y = at::empty({tokens, like.size(1)}, like.options());  // [T, d]
  if (!depth.states.defined()) {
    kernels::MixArgs mixture = MixtureOf(width, y);
    mixture.y_rows = width.rows.data();
    kernels_->mix(mixture);
    return y;
  }
  const int64_t d = y.size(1);
  const float* states = depth.states.const_data_ptr<float>();
  float* out = y.mutable_data_ptr<float>();
  const float* lambda = loops.lambda.const_data_ptr<float>();
  std::vector<float> lambdas;
  std::vector<int64_t> places;  // of the depth branch's states
  for (const int64_t row : width.rows) {
    lambdas.push_back(lambda[row]);
    places.push_back(depth.order.places[row]);
  }
  for (int64_t place = 0; place < tokens; ++place) {
    const int64_t row = depth.order.rows[place];
    if (!RunsWidth(lambda[row])) {
      std::memcpy(out + row * d, states + place * d, d * sizeof(float));
    }
  }
  if (runs_width) {
    kernels::MixArgs mixture = MixtureOf(width, y);
    mixture.y_rows = width.rows.data();
    mixture.lambda = lambdas.data();
    mixture.output.stream = states;
    mixture.output.stream_stride = d;
    mixture.output.stream_rows = places.data();
    kernels_->mix(mixture);
  }
  return y;
}

void FusedVersatileFfn::Record(const at::Tensor& h, const ResidualConnection& connection,
                               const ForwardPass& pass, const LoopChoice& loops, const DepthRows& depth,
                               const WidthRows& width, FfnOutput& output) const {
  Width rows{.active = loops.lambda.gt(kNegligibleLambda),
             .rows = at::tensor(width.rows, at::kLong),
             .routing = width.routing};
  if (pass.wants_branches()) {
    rows.out = at::empty({rows.rows.size(0), h.size(1)}, h.options());  // [n, d]
    if (!width.rows.empty()) {
      kernels_->mix(MixtureOf(width, rows.out));
    }
  }
  const at::Tensor places = at::tensor(depth.order.places, at::kLong);  // [T]
  if (rows.rows.size(0) == h.size(0)) {                                 // of all tokens: in their order
    rows.rows.reset();
    for (at::Tensor* values :
         {&rows.routing.logits, &rows.routing.indices, &rows.routing.weights, &rows.out}) {
      *values = values->defined() ? values->index_select(0, places) : *values;
    }
  }
  output.decisions = Decisions(loops, rows);
  if (pass.wants_branches()) {
    const at::Tensor states = depth.states.defined() ? depth.states.index_select(0, places) : depth.states;
    output.branches = Branches(connection, h, states, rows);
  }
}

}  // namespace vffn
