// Normalisation of the rows of a tensor.
#pragma once

#include <ATen/ATen.h>

#include "model/compute_context.h"
#include "model/config.h"

namespace vffn {

/// The parameters of a norm: float32, on the CPU.
struct NormParameters {
  at::Tensor weight;  ///< undefined: none
  at::Tensor bias;    ///< of the weight's shape; undefined: none
};

/// RMSNorm or LayerNorm (NormKind), in float32.
class Norm {
 public:
  /// Of kind, weight and epsilon of the model's norms.
  Norm(const ModelConfig& config, const NormParameters& parameters, const ComputeContext& context);

  /// Each row [d] normalised, times weight [d], plus bias [d]: [rows, d] to the same.
  at::Tensor forward(const at::Tensor& x) const;

  /// Normalises in place the first columns of each row of x [rows, columns], as `groups` groups of d columns
  /// each; weight and bias are [d], or [groups * d] if each group has its own. Rows are x.stride(0) elements
  /// apart.
  void ForwardGroups(at::Tensor x, int64_t groups, int64_t d) const;

  /// The same norm for kernels that normalise the rows they read. Its parameters are this norm's.
  kernels::RowNorm ForRows() const;

 private:
  at::Tensor Normalised(const at::Tensor& x) const;  // over the last dimension, with LibTorch's operators
  void Run(const at::Tensor& x, int64_t groups, int64_t d, at::Tensor out) const;  // with kernels

  const kernels::Kernels* kernels_;
  NormKind kind_;
  at::Tensor weight_, bias_;
  double epsilon_;
};

}  // namespace vffn
