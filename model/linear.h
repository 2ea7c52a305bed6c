// Linear layers without bias.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <span>

#include "model/compute_context.h"

namespace vffn {

/// A half-open range of a layer's inputs or outputs.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
};

/// Copies share the weights. Every product's FLOPs are added to a cell of the work counter.
class Linear {
 public:
  /// `weight` is [out, in], float32, on the CPU (a trainable model's: on its device).
  Linear(const at::Tensor& weight, const ComputeContext& context, WorkCounter::Cell& flops);

  /// The layer that has these outputs and inputs of this one: a view, no weights are copied.
  Linear Slice(Range outputs, Range inputs, WorkCounter::Cell& flops) const;

  /// The same layer, its FLOPs added to another cell.
  Linear CountedBy(WorkCounter::Cell& flops) const;

  /// x W^T: x is [rows, in] float32; returns [rows, out] float32. With `residual` [rows, out], that is added.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual = {}) const;

  /// log softmax(x W^T)[token] for every target (sorted by row), and whether the token is the most probable
  /// one. Not of a slice.
  void LogSoftmax(const at::Tensor& x, std::span<const kernels::Target> targets, std::span<float> log_probs,
                  std::span<uint8_t> greedy) const;

  int64_t outputs() const { return outputs_.size(); }
  int64_t inputs() const { return inputs_.size(); }

 private:
  void Count(int64_t rows) const;

  const kernels::Kernels* kernels_;
  at::ScalarType type_;                                  // of the operands, without kernels
  std::shared_ptr<const kernels::PackedMatrix> packed_;  // with kernels
  at::Tensor weight_;                                    // without: [all outputs, all inputs]
  Range outputs_, inputs_;
  WorkCounter::Cell* flops_;
};

}  // namespace vffn
