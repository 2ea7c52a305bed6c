// Linear layers without bias.
#pragma once

#include <ATen/ATen.h>

#include <span>

#include "model/compute_context.h"

namespace vffn {

class Linear {
 public:
  /// `weight` is [out, in], float32, on the CPU.
  Linear(const at::Tensor& weight, const ComputeContext& context);

  /// x W^T: x is [rows, in] float32; returns [rows, out] float32. With `residual` [rows, out], that is added.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual = {}) const;

  /// log softmax(x W^T)[token] for every target (sorted by row), and whether the token is the most probable
  /// one.
  void LogSoftmax(const at::Tensor& x, std::span<const kernels::Target> targets, std::span<float> log_probs,
                  std::span<uint8_t> greedy) const;

 private:
  const kernels::Kernels* kernels_;
  kernels::PackedMatrix packed_;  // with kernels
  at::Tensor weight_;             // without
};

}  // namespace vffn
