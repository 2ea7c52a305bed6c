// RMSNorm.
#pragma once

#include <ATen/ATen.h>

#include "model/compute_context.h"

namespace vffn {

/// Root-mean-square normalisation with a learned scale.
class RmsNorm {
 public:
  /// `weight` is [d], float32, on the CPU.
  RmsNorm(const at::Tensor& weight, double epsilon, const ComputeContext& context);

  /// x * rsqrt(mean(x^2) + epsilon) * weight: [rows, d] float32 to the same.
  at::Tensor forward(const at::Tensor& x) const;

 private:
  const kernels::Kernels* kernels_;
  at::Tensor weight_;
  double epsilon_;
};

}  // namespace vffn
