// The matrix products of linear layers.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "train/engine/ops.h"
#include "train/engine/parameter_store.h"

namespace vffn {

/// The linear layers of one model: products with cast weights, gradients into the ParameterStore.
class LinearLayers {
 public:
  LinearLayers(const Ops& ops, ParameterStore& parameters) : ops_(ops), parameters_(parameters) {}

  /// x W^T (+ bias): [T, in] to [T, out]. `name` is that of the layer, "layers.0.qkv".
  at::Tensor Forward(const std::string& name, const at::Tensor& x);

  /// Adds the gradients of weight and bias; returns that of x.
  at::Tensor Backward(const std::string& name, const at::Tensor& dy, const at::Tensor& x);

  /// dy W alone.
  at::Tensor InputGradient(const std::string& name, const at::Tensor& dy);

  /// Adds dy^T x to a gradient [out, in].
  void WeightGradient(at::Tensor gradient, const at::Tensor& dy, const at::Tensor& x);

  /// a b^T: [m, k] and [n, k] to [m, n]; and a b: [m, k] and [k, n]. For weights that are no parameters.
  at::Tensor Product(const at::Tensor& a, const at::Tensor& b);
  at::Tensor PlainProduct(const at::Tensor& a, const at::Tensor& b);

  void Count(double flops) { flops_ += flops; }
  double flops() const { return flops_; }  ///< executed so far, 2 for each multiply-add

  const Ops& ops() const { return ops_; }
  ParameterStore& parameters() { return parameters_; }

 private:
  const Ops& ops_;
  ParameterStore& parameters_;
  double flops_ = 0;
};

}  // namespace vffn
