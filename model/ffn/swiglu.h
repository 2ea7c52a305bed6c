// Norm and SwiGLU projections: what every FFN here is made of.
#pragma once

#include "model/linear.h"
#include "model/norm.h"

namespace vffn {

/// up * silu(gate), [rows, f], for up and gate [rows, f] with equal row strides.
at::Tensor Gate(const at::Tensor& up, const at::Tensor& gate, const kernels::Kernels* kernels);

/// [up | gate] = in(norm(x)); out(up * silu(gate)).
class SwiGlu {
 public:
  /// `in` is [2F, d], up rows first; `out` is [d, F].
  SwiGlu(RmsNorm norm, Linear in, Linear out, const ComputeContext& context);

  /// F(x) of Eq. 2, residual included: [rows, d] to [rows, d].
  at::Tensor forward(const at::Tensor& x) const;

  int64_t hidden_size() const { return out_.inputs(); }  ///< F
  const RmsNorm& norm() const { return norm_; }
  const Linear& in() const { return in_; }
  const Linear& out() const { return out_; }

 private:
  const kernels::Kernels* kernels_;
  RmsNorm norm_;
  Linear in_;
  Linear out_;
};

}  // namespace vffn
