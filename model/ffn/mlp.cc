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
  if (!kernels_) {
    const at::Tensor values = ActivatedByTorch(activation_, activated);
    return linear.defined() ? linear * values : values;
  }
  at::Tensor out = at::empty(activated.sizes(), activated.options());  // [rows, f]
  kernels_->activate({.activation = activation_,
                      .linear = linear.defined() ? linear.const_data_ptr<float>() : nullptr,
                      .activated = activated.const_data_ptr<float>(),
                      .stride = activated.stride(0),
                      .rows = activated.size(0),
                      .f = activated.size(1),
                      .out = out.mutable_data_ptr<float>()});
  return out;
}

Mlp::Mlp(Linear in, Linear out, ActivationFunction activation, const ComputeContext& context)
    : in_(std::move(in)), out_(std::move(out)), activation_(activation), kernels_(context.kernels) {}

at::Tensor Mlp::ByTorch(const at::Tensor& x) const {
  const at::Tensor hidden = in_.forward(x);  // [rows, 2F] or [rows, F]
  if (!gated()) {
    return out_.forward(activation_.forward(hidden));
  }
  const int64_t f = hidden_size();
  return out_.forward(activation_.forward(hidden.slice(1, f, 2 * f), hidden.slice(1, 0, f)));
}

void Mlp::Run(const at::Tensor& x, const Norm* norm, const kernels::OutputArgs& output) const {
  in_.Count(x.size(0));
  out_.Count(x.size(0));
  const std::optional<kernels::RowNorm> row_norm = norm ? std::optional(norm->ForRows()) : std::nullopt;
  const int64_t f = hidden_size();
  const kernels::PackedView in = in_.view();
  const kernels::PackedView linear(*in.matrix, 0, f, 0, in.k());
  kernels_->mlp({.input = {.x = x.const_data_ptr<float>(),
                           .stride = x.stride(0),
                           .norm = row_norm ? &*row_norm : nullptr},
                 .m = x.size(0),
                 .activation = activation_.kind(),
                 .activated = gated() ? kernels::PackedView(*in.matrix, f, 2 * f, 0, in.k()) : in,
                 .linear = gated() ? &linear : nullptr,
                 .activated_bias = gated() && in_.bias() ? in_.bias() + f : in_.bias(),
                 .linear_bias = in_.bias(),
                 .out = out_.view(),
                 .output = output});
}

at::Tensor Mlp::forward(const at::Tensor& x) const {
  if (!kernels_) {
    return ByTorch(x);
  }
  at::Tensor y = at::empty({x.size(0), out_.outputs()}, x.options());  // [rows, d]
  Run(x, /*norm=*/nullptr, {.y = y.mutable_data_ptr<float>(), .stride = y.stride(0), .bias = out_.bias()});
  return y;
}

at::Tensor Mlp::Step(const at::Tensor& h, const ResidualConnection& connection) const {
  if (!kernels_ || connection.after()) {
    return connection.Add(h, forward(connection.Input(h)));
  }
  at::Tensor y = at::empty(h.sizes(), h.options());  // [rows, d]
  Run(h, connection.before(), connection.Output(y, h, out_.bias()));
  return y;
}

}  // namespace vffn
