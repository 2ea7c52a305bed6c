// Routed experts with kernels: one product per expert, rows gathered while they are read.
#include <optional>

#include "model/ffn/routed_experts.h"

namespace vffn {
namespace {

std::span<const int64_t> NumbersOf(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<int64_t>(), static_cast<size_t>(tensor.numel())};
}

}  // namespace

Routing RoutedExperts::RouteRows(const at::Tensor& h, std::span<const int64_t> rows) const {
  const auto m = static_cast<int64_t>(rows.size());
  router_.Count(m);
  at::Tensor logits = at::empty({m, config_.n_experts}, h.options());  // [rows, N]
  kernels_->gemm({.input = {.x = h.const_data_ptr<float>(), .stride = h.stride(0), .rows = rows.data()},
                  .m = m,
                  .w = router_.view(),
                  .output = {.y = logits.mutable_data_ptr<float>(), .stride = logits.stride(0)}});
  return Decide(std::move(logits));
}

ExpertPairs RoutedExperts::Sort(std::span<const int64_t> rows, const Routing& routing) const {
  return SortByExpert(rows, NumbersOf(routing.indices), config_.n_experts);
}

at::Tensor RoutedExperts::PairOutputs(const ExpertStep& step, const ExpertPairs& pairs) const {
  const auto n = static_cast<int64_t>(pairs.rows.size());
  at::Tensor y = at::empty({n, step.x.size(1)}, step.x.options());  // [pairs, d]
  for (size_t e = 0; e < experts_.size(); ++e) {
    const int64_t begin = pairs.begin[e], end = pairs.begin[e + 1];
    if (end > begin) {
      RunExpert(experts_[e], step, std::span(pairs.rows).subspan(begin, end - begin), y.slice(0, begin, end));
    }
  }
  if (step.joins && step.joins->after()) {
    return step.joins->Add(step.x.index_select(0, at::tensor(pairs.rows)), std::move(y));
  }
  return y;
}

void RoutedExperts::RunExpert(const Expert& expert, const ExpertStep& step, std::span<const int64_t> rows,
                              at::Tensor y) const {
  const auto m = static_cast<int64_t>(rows.size());
  kernels::OutputArgs output{.y = y.mutable_data_ptr<float>(), .stride = y.stride(0)};
  if (step.joins && !step.joins->after()) {
    output = step.joins->Output(y, step.x, /*bias=*/nullptr);
    output.stream_rows = rows.data();
  }
  expert.out.Count(m);
  if (step.kept) {
    RunKept(expert, *step.kept, rows, output);
    return;
  }
  expert.linear.Count(m);
  expert.activated.Count(m);
  const std::optional<kernels::RowNorm> norm = step.norm ? std::optional(step.norm->ForRows()) : std::nullopt;
  const kernels::PackedView linear = expert.linear.view();
  kernels_->mlp({.input = {.x = step.x.const_data_ptr<float>(),
                           .stride = step.x.stride(0),
                           .rows = rows.data(),
                           .norm = norm ? &*norm : nullptr},
                 .m = m,
                 .activation = activation_.kind(),
                 .activated = expert.activated.view(),
                 .linear = &linear,
                 .out = expert.out.view(),
                 .output = output});
}

void RoutedExperts::RunKept(const Expert& expert, const KeptHidden& kept, std::span<const int64_t> rows,
                            const kernels::OutputArgs& output) const {
  std::vector<int64_t> kept_rows;
  for (const int64_t row : rows) {
    kept_rows.push_back(kept.rows[row]);
  }
  const kernels::PackedView out = expert.out.view();
  kernels_->gemm({.input = {.x = kept.values.const_data_ptr<float>() + out.k_begin,
                            .stride = kept.values.stride(0),
                            .rows = kept_rows.data()},
                  .m = static_cast<int64_t>(rows.size()),
                  .w = out,
                  .output = output});
}

void RoutedExperts::Mix(const ExpertStep& step, const Routing& routing, const at::Tensor& addend,
                        const kernels::OutputArgs& output) const {
  const LoopOrder order = OrderOfTokens(step.x.size(0));
  const ExpertPairs pairs = Sort(order.rows, routing);
  const at::Tensor outputs = PairOutputs(step, pairs);  // [pairs, d]
  kernels_->mix({.outputs = outputs.const_data_ptr<float>(),
                 .places = pairs.places.data(),
                 .weights = routing.weights.const_data_ptr<float>(),
                 .rows = step.x.size(0),
                 .k = config_.top_k,
                 .d = outputs.size(1),
                 .addend = addend.defined() ? addend.const_data_ptr<float>() : nullptr,
                 .output = output});
}

at::Tensor RoutedExperts::Mixed(const ExpertStep& step, const Routing& routing) const {
  at::Tensor y = at::empty_like(step.x);
  Mix(step, routing, /*addend=*/{}, {.y = y.mutable_data_ptr<float>(), .stride = y.stride(0)});
  return y;
}

at::Tensor RoutedExperts::Join(const ExpertStep& step, const Routing& routing, const at::Tensor& addend,
                               const ResidualConnection& connection, const at::Tensor& stream) const {
  at::Tensor y = at::empty_like(stream);
  if (connection.after()) {
    Mix(step, routing, addend, {.y = y.mutable_data_ptr<float>(), .stride = y.stride(0)});
    return connection.Add(stream, std::move(y));
  }
  Mix(step, routing, addend, connection.Output(y, stream, /*bias=*/nullptr));
  return y;
}

}  // namespace vffn
