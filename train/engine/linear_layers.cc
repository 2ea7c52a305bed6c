#include "train/engine/linear_layers.h"

namespace vffn {

at::Tensor LinearLayers::Forward(const std::string& name, const at::Tensor& x) {
  const std::string bias = name + ".bias";
  const at::Tensor weight = parameters_.cast(name + ".weight");
  Count(2.0 * static_cast<double>(x.size(0)) * static_cast<double>(weight.numel()));
  return parameters_.Has(bias) ? at::linear(x, weight, parameters_.cast(bias)) : at::linear(x, weight);
}

at::Tensor LinearLayers::Backward(const std::string& name, const at::Tensor& dy, const at::Tensor& x) {
  WeightGradient(parameters_.gradient(name + ".weight"), dy, x);
  const std::string bias = name + ".bias";
  if (parameters_.Has(bias)) {
    parameters_.gradient(bias).add_(dy.sum(0, /*keepdim=*/false, ops_.state_type()));
  }
  return InputGradient(name, dy);
}

at::Tensor LinearLayers::InputGradient(const std::string& name, const at::Tensor& dy) {
  return PlainProduct(dy, parameters_.cast(name + ".weight"));
}

void LinearLayers::WeightGradient(at::Tensor gradient, const at::Tensor& dy, const at::Tensor& x) {
  Count(2.0 * static_cast<double>(x.size(0)) * static_cast<double>(gradient.numel()));
  if (gradient.scalar_type() == dy.scalar_type()) {
    gradient.addmm_(dy.t(), x);
  } else {
    ops_.Accumulate(gradient, at::mm(dy.t(), x));
  }
}

at::Tensor LinearLayers::Product(const at::Tensor& a, const at::Tensor& b) {
  Count(2.0 * static_cast<double>(a.size(0)) * static_cast<double>(b.numel()));
  return at::linear(a, b);
}

at::Tensor LinearLayers::PlainProduct(const at::Tensor& a, const at::Tensor& b) {
  Count(2.0 * static_cast<double>(a.size(0)) * static_cast<double>(b.numel()));
  return at::mm(a, b);
}

}  // namespace vffn
