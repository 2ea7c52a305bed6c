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

Mlp::Mlp(Linear in, Linear out, ActivationFunction activation)
    : in_(std::move(in)), out_(std::move(out)), activation_(activation) {}

at::Tensor Mlp::forward(const at::Tensor& x) const {
  const at::Tensor hidden = in_.forward(x);  // [rows, 2F] or [rows, F]
  if (!gated()) {
    return out_.forward(activation_.forward(hidden));
  }
  const int64_t f = hidden_size();
  return out_.forward(activation_.forward(hidden.slice(1, f, 2 * f), hidden.slice(1, 0, f)));
}

}  // namespace vffn
