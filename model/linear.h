// Linear layers.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <optional>

#include "model/compute_context.h"
#include "model/parameter.h"
#include "model/residual.h"

namespace vffn {

/// A half-open range of a layer's inputs or outputs.
struct Range {
  int64_t begin = 0;
  int64_t end = 0;

  int64_t size() const { return end - begin; }
};

/// The parameters of a linear layer.
struct LinearParameters {
  Parameter weight;  ///< [out, in]
  at::Tensor bias;   ///< [out] float32, on the CPU; undefined: none
};

/// y = x W^T + b. The bias stays float32 and is added once to the finished sum over the inputs, so the result
/// is the same to the last bit on every kernel set with FMA. Copies share the parameters. FLOPs of every
/// product are added to a cell of the work counter; the additions of the bias are not counted.
class Linear {
 public:
  /// `parts`: PackedMatrix::parts.
  Linear(const LinearParameters& parameters, const ComputeContext& context, WorkCounter::Cell& flops,
         int64_t parts = 1);

  /// The layer with these outputs and inputs of this one; a view, no weights are copied. The bias is sliced
  /// with the outputs. Throws Error if a layer with a bias is sliced along its inputs: the product is then a
  /// part of a sum, and nothing says which part of the bias belongs to it.
  Linear Slice(Range outputs, Range inputs, WorkCounter::Cell& flops) const;

  /// The same, with FLOPs added to this layer's cell.
  Linear Slice(Range outputs, Range inputs) const { return Slice(outputs, inputs, *flops_); }

  /// The same layer, with FLOPs added to another cell.
  Linear CountedBy(WorkCounter::Cell& flops) const;

  /// x is [rows, in] float32; returns [rows, out] float32. The rows of x are normalised first if there is a
  /// norm. Without kernels, x may also have the type of the operands.
  at::Tensor forward(const at::Tensor& x, const Norm* before = nullptr) const;

  /// The stream [rows, out] after this layer's output for x joins it.
  at::Tensor Join(const at::Tensor& x, const ResidualConnection& connection, const at::Tensor& stream) const;

  /// The same for values that only attention and other linear layers read: without kernels, in
  /// ComputeContext::inner_type.
  at::Tensor ForwardInner(const at::Tensor& x, const Norm* before = nullptr) const;

  /// x as this layer's operand, for several layers that read it: converted without kernels, x itself with
  /// them.
  at::Tensor Operand(const at::Tensor& x) const { return kernels_ ? x : x.to(type_); }

  int64_t outputs() const { return outputs_.size(); }
  int64_t inputs() const { return inputs_.size(); }

  /// For kernels that multiply by the layer's weights themselves.
  kernels::PackedView view() const {
    return {*packed_, outputs_.begin, outputs_.end, inputs_.begin, inputs_.end};
  }
  const float* bias() const {  ///< null: none
    return bias_.defined() ? bias_.const_data_ptr<float>() + outputs_.begin : nullptr;
  }

  /// Adds the FLOPs of a product with so many rows.
  void Count(int64_t rows) const;

 private:
  void Run(const at::Tensor& x, const Norm* before, const kernels::OutputArgs& output) const;  // with kernels
  at::Tensor Product(const at::Tensor& x, const Norm* before, at::ScalarType result) const;    // without

  const kernels::Kernels* kernels_;
  at::ScalarType type_, inner_type_;                     // without kernels: of the operands, of ForwardInner
  std::shared_ptr<const kernels::PackedMatrix> packed_;  // with kernels
  at::Tensor weight_;                                    // without: [all outputs, all inputs]
  at::Tensor bias_;                                      // [all outputs] float32; undefined: none
  Range outputs_, inputs_;
  WorkCounter::Cell* flops_;
};

}  // namespace vffn
