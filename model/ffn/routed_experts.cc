#include "model/ffn/routed_experts.h"

#include "base/error.h"
#include "model/ffn/histogram.h"

namespace vffn {

namespace {

/// Whether gate weights are the softmax over the selected logits, not over all of them.
bool OverSelected(const FfnConfig& config) {
  return config.kind == FfnKind::kSparseMoe ? config.norm_topk_prob : config.gate == Reading::kRelease;
}

}  // namespace

RoutedExperts::RoutedExperts(Linear router, const Mlp& mlp, const FfnConfig& config, WorkCounter::Cell& flops)
    : config_(config), kernels_(mlp.kernels()), activation_(mlp.activation()), router_(std::move(router)) {
  VFFN_CHECK(mlp.gated(), "experts are slices of a gated FFN, this one is not gated");
  const int64_t f = mlp.hidden_size();
  const Range d = {0, mlp.in().inputs()};
  for (int64_t e = 0; e < config.n_experts; ++e) {
    const int64_t begin = ExpertBegin(config, f, e);                 // Eq. 4
    const Range units = {begin, begin + config.expert_hidden_size};  // Eq. 5
    experts_.push_back({.linear = mlp.in().Slice(units, d, flops),   // Eq. 6
                        .activated = mlp.in().Slice({f + units.begin, f + units.end}, d, flops),
                        .out = mlp.out().Slice(d, units, flops)});
  }
}

RoutedExperts RoutedExperts::CountedBy(WorkCounter::Cell& flops) const {
  RoutedExperts same = *this;
  same.router_ = router_.CountedBy(flops);
  for (Expert& expert : same.experts_) {
    expert = {.linear = expert.linear.CountedBy(flops),
              .activated = expert.activated.CountedBy(flops),
              .out = expert.out.CountedBy(flops)};
  }
  return same;
}

Routing RoutedExperts::Route(const at::Tensor& h) const { return Decide(router_.forward(h)); }

Routing RoutedExperts::Decide(at::Tensor logits) const {
  Routing routing{.logits = std::move(logits)};  // [T, N]
  const auto [sorted, order] = at::sort(routing.logits, /*stable=*/true, /*dim=*/1, /*descending=*/true);
  routing.indices = order.slice(1, 0, config_.top_k).contiguous();  // [T, k]
  routing.weights = OverSelected(config_) ? at::softmax(sorted.slice(1, 0, config_.top_k), 1)
                                          : at::softmax(sorted, 1).slice(1, 0, config_.top_k).contiguous();
  return routing;
}

Routing RoutedExperts::Nowhere(const at::TensorOptions& options) const {
  return {.logits = at::empty({0, config_.n_experts}, options),
          .indices = at::empty({0, config_.top_k}, options.dtype(at::kLong)),
          .weights = at::empty({0, config_.top_k}, options)};
}

std::vector<at::Tensor> RoutedExperts::Outputs(const at::Tensor& x, const Routing& routing) const {
  const int64_t k = config_.top_k;
  // Pairs (token, one of its experts) are ordered by expert, so that each expert is one product over its
  // tokens.
  const at::Tensor pair_experts = routing.indices.flatten();                                     // [T k]
  const at::Tensor order = at::argsort(pair_experts, /*stable=*/true, 0, /*descending=*/false);  // [T k]
  const std::vector<int64_t> counts = Histogram(pair_experts, 0, config_.n_experts);             // [N]
  const at::Tensor inputs =
      experts_[0].linear.Operand(x).index_select(0, at::floor_divide(order, k));  // [T k, d]
  std::vector<at::Tensor> outputs;
  int64_t begin = 0;
  for (int64_t e = 0; e < config_.n_experts; ++e) {
    const int64_t end = begin + counts[e];
    if (end > begin) {
      const at::Tensor input = inputs.slice(0, begin, end);  // [tokens of e, d]
      const Expert& expert = experts_[e];
      outputs.push_back(expert.out.forward(
          activation_.forward(expert.activated.ForwardInner(input), expert.linear.ForwardInner(input))));
    }
    begin = end;
  }
  const at::Tensor places = at::argsort(order).view({-1, k}).t().flatten();  // [k T] of each pair's output
  return at::cat(outputs).index_select(0, places).view({k, x.size(0), -1}).unbind(0);
}

FfnDecisions DecisionsOf(const Routing& routing) {
  return {.gating_logits = routing.logits, .experts = routing.indices, .gate_weights = routing.weights};
}

at::Tensor WeightedSum(const std::vector<at::Tensor>& outputs, const at::Tensor& weights) {
  at::Tensor sum;
  for (size_t j = 0; j < outputs.size(); ++j) {
    const auto rank = static_cast<int64_t>(j);
    const at::Tensor weighted = weights.slice(1, rank, rank + 1) * outputs[j];  // [T, d]
    sum = sum.defined() ? sum + weighted : weighted;
  }
  return sum;
}

}  // namespace vffn
