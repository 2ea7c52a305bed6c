#include "model/ffn/mlp.h"

#include <utility>

#include "base/error.h"

namespace vffn {
namespace {

at::Tensor ActivatedByTorch(Activation activation, const at::Tensor& x) {
  switch (activation) {
    case Activation::kSilu:
      return at::silu(x);
    case Activation::kGelu:
      return at::gelu(x);
    case Activation::kGeluTanh:
      return at::gelu(x, "tanh");
    case Activation::kRelu:
      return at::relu(x);
  }
  Fail("an enumeration holds ", static_cast<int>(activation));
}

}  // namespace

at::Tensor ActivationFunction::forward(const at::Tensor& activated, const at::Tensor& linear) const {
  at::Tensor values = ActivatedByTorch(activation_, activated);
  return linear.defined() ? values.mul_(linear) : values;
}

Mlp::Mlp(Linear in, Linear out, ActivationFunction activation, const ComputeContext& context)
    : in_(std::move(in)), out_(std::move(out)), activation_(activation), kernels_(context.kernels) {}

at::Tensor Mlp::ByTorch(const at::Tensor& x) const {
  if (!gated()) {
    return out_.forward(activation_.forward(in_.ForwardInner(x)));
  }
  // Two products, not one and its halves: LibTorch is faster with rows that follow each other.
  const at::Tensor operand = in_.Operand(x);
  const int64_t f = hidden_size();
  const Range d = {0, in_.inputs()};
  const at::Tensor linear = in_.Slice({0, f}, d).ForwardInner(operand);         // [rows, F]
  const at::Tensor activated = in_.Slice({f, 2 * f}, d).ForwardInner(operand);  // [rows, F]
  return out_.forward(activation_.forward(activated, linear));
}

void Mlp::Run(const at::Tensor& x, const int64_t* rows, int64_t m, const Norm* norm,
              const kernels::OutputArgs& output, float* hidden) const {
  in_.Count(m);
  out_.Count(m);
  const std::optional<kernels::RowNorm> row_norm = norm ? std::optional(norm->ForRows()) : std::nullopt;
  const int64_t f = hidden_size();
  const kernels::PackedView in = in_.view();
  const kernels::PackedView linear(*in.matrix, 0, f, 0, in.k());
  kernels_->mlp({.input = {.x = x.const_data_ptr<float>(),
                           .stride = x.stride(0),
                           .rows = rows,
                           .norm = row_norm ? &*row_norm : nullptr},
                 .m = m,
                 .activation = activation_.kind(),
                 .activated = gated() ? kernels::PackedView(*in.matrix, f, 2 * f, 0, in.k()) : in,
                 .linear = gated() ? &linear : nullptr,
                 .activated_bias = gated() && in_.bias() ? in_.bias() + f : in_.bias(),
                 .linear_bias = in_.bias(),
                 .out = out_.view(),
                 .output = output,
                 .hidden = hidden});
}

at::Tensor Mlp::forward(const at::Tensor& x) const {
  if (!kernels_) {
    return ByTorch(x);
  }
  at::Tensor y = at::empty({x.size(0), out_.outputs()}, x.options());  // [rows, d]
  Run(x, /*rows=*/nullptr, x.size(0), /*norm=*/nullptr,
      {.y = y.mutable_data_ptr<float>(), .stride = y.stride(0), .bias = out_.bias()});
  return y;
}

at::Tensor Mlp::Step(const at::Tensor& h, const ResidualConnection& connection) const {
  if (!kernels_ || connection.after()) {
    return connection.Add(h, forward(connection.Input(h)));
  }
  at::Tensor y = at::empty(h.sizes(), h.options());  // [rows, d]
  Run(h, /*rows=*/nullptr, h.size(0), connection.before(), connection.Output(y, h, out_.bias()));
  return y;
}

void Mlp::StepRows(const at::Tensor& h, std::span<const int64_t> rows, const ResidualConnection& connection,
                   at::Tensor& y, at::Tensor hidden) const {
  const auto m = static_cast<int64_t>(rows.size());
  float* kept = hidden.defined() ? hidden.mutable_data_ptr<float>() : nullptr;
  if (!connection.after()) {
    kernels::OutputArgs output = connection.Output(y, h, out_.bias());
    output.stream_rows = rows.data();
    Run(h, rows.data(), m, connection.before(), output, kept);
    return;
  }
  at::Tensor sum = at::empty({m, h.size(1)}, h.options());  // [rows, d] before the norm
  Run(h, rows.data(), m, connection.before(),
      {.y = sum.mutable_data_ptr<float>(), .stride = sum.stride(0), .bias = out_.bias()}, kept);
  const at::Tensor stream = h.index_select(0, at::tensor(rows));  // [rows, d]
  y.slice(0, 0, m).copy_(connection.Add(stream, std::move(sum)));
}

void Mlp::StepInPlace(at::Tensor& x, int64_t m, const ResidualConnection& connection) const {
  if (!connection.after()) {
    Run(x, /*rows=*/nullptr, m, connection.before(), connection.Output(x, x, out_.bias()));
    return;
  }
  at::Tensor stream = x.slice(0, 0, m);  // [m, d]
  stream.copy_(Step(stream, connection));
}

}  // namespace vffn
